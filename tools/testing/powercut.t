#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The power is cut after the n-th write of a disk: e2fsck -fy repairs it, and what had been synced before is there."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "fs"))
from guest import *

t = Tap()
b = Bench()
STEPS = 24
VERSIONS = {}


def content(k):
    if k not in VERSIONS:
        VERSIONS[k] = bytes((k * 7 + i * 13 + (i >> 9)) & 255 for i in range(1 + k * 7919 % 150000))
    return VERSIONS[k]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def lost(text, root):
    """What was promised before the cut and is not there."""
    promised, moved, grown, replaced, safe, off, bad = {}, {}, set(), False, False, False, []
    pieces, holes = [], {}
    for line in text.splitlines():
        w = line.split()
        off |= "power cut" in line
        if line.startswith("M "):
            moved[w[1]] = w[2]
        elif line.startswith("A "):
            grown.add(w[1])
        elif line.startswith("T "):
            holes[w[1]] = (int(w[2]), 1 << 40)
        elif line.startswith("H "):
            holes[w[1]] = (int(w[2]), int(w[2]) + int(w[3]))
        elif line.startswith("P ") and not off:
            pieces.append(w[2])
        elif line.startswith("S ") and not off:
            promised[w[2]] = int(w[1])
            safe |= replaced
        elif line.startswith("R ") and not off:
            replaced = True
    for name, k in promised.items():
        found = [p for p in (name, moved.get(name, name)) if os.path.exists(os.path.join(root, p))]
        data = read(os.path.join(root, found[0])) if found else b""
        if not found or not (data == content(k) or name in grown and data.startswith(content(k))):
            bad.append(f"{name}: {len(data)} of {len(content(k))} bytes" if found else f"{name}: gone")
    for name in pieces:
        path = os.path.join(root, name)
        data, hole = read(path) if os.path.exists(path) else b"", holes.get(name, (0, 0))
        for i in range(12):
            at = i * 8192
            if (at + 4096 <= hole[0] or at >= hole[1]) and data[at:at + 4096] != content(18)[i:i + 4096]:
                bad.append(f"{name}: piece {i}, {len(data)} bytes")
    target = os.path.join(root, "target")
    if safe and not (os.path.exists(target) and read(target) in [content(k) for k in range(0, STEPS, 3)]):
        bad.append("target: no version of it")
    return bad, len(promised) + len(pieces)


def cut(fs, make, n):
    img = b.image("t.img", "48M", *make.split())
    status, text = b.run(f"mount -t {fs} /dev/ubdc /mnt/m || echo FAIL; cd /mnt/m; /mnt/tools/durable {STEPS}; cd /; umount /mnt/m",
                         f"ubd2={img}", f"cut=ubdc:{n}")
    fsck(img, "-fy")
    out = b.path("out")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    subprocess.run(["debugfs", "-R", f"rdump / {out}", img], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    bad, promised = lost(text, out)
    if not clean(img):
        bad.append("e2fsck -fy did not repair it: " + fsck(img)[1])
    return bad, promised, "power cut" in text


for fs, make in [("ext4", "-t ext4 -b 4096"), ("ext4", "-t ext4 -b 1024"), ("ext3", "-t ext3 -b 4096"), ("ext2", "-t ext2 -b 1024")]:
    n, step, seen, most, bad = 3, 7 if LONG else 61, 0, 0, []
    while True:
        trouble_now, promised, was_cut = cut(fs, make, n)
        bad += [f"cut after {n} writes: {x}" for x in trouble_now]
        most = max(most, promised)
        seen += 1
        if not was_cut:
            break
        n += step
    t.ok(not bad and most > STEPS, f"{make}: {seen} cuts, up to {most} files synced", "\n".join(bad))
t.done()
