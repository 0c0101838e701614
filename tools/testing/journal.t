#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Journals with transactions in them, made by debugfs, are replayed as e2fsck replays them."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "fs"))
from guest import *

t = Tap()
b = Bench()
BLOCK = 1024


def debugfs(img, *commands):
    script = b.path("commands")
    with open(script, "w") as f:
        f.write("\n".join(commands) + "\n")
    return subprocess.run(["debugfs", "-w", "-f", script, img], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def text_of(img):
    """The first letter of each block of /a."""
    data = subprocess.run(["debugfs", "-R", "cat a", img], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return data[::BLOCK].decode(errors="replace")


def letters(name, text):
    with open(b.path(name), "w") as f:
        f.write("".join(c * BLOCK for c in text))
    return b.path(name)


# The magic of journal blocks at the start of data has to be escaped there.
with open(b.path("magic"), "wb") as f:
    f.write(b"\xc0\x3b\x39\x98" + b"M" * (BLOCK - 4))

WRITES = {
    "plain": ["jw -b {0},{1} {XY}", "jw -b {2} {Z}"],
    "written twice": ["jw -b {0},{1},{2} {XYZ}", "jw -b {1} {Z}"],
    "revoked": ["jw -b {0},{1} {XY}", "jw -b {2} {Z}", "jw -r {0}"],
    "revoked, then written again": ["jw -b {0} {Z}", "jw -r {0}", "jw -b {0},{1} {XY}"],
    "escaped": ["jw -b {0} {magic}"],
    "not committed": ["jw -b {0} {Z}", "jw -c -b {1} {Z}"],
}
for make in ("-O metadata_csum,64bit", "-O ^metadata_csum,^64bit", "-O ^metadata_csum,64bit"):
    for kind in ("jo", "jo -c", "jo -v 2"):
        for what, writes in WRITES.items():
            img = b.image("j.img", "16M", "-t", "ext4", "-b", str(BLOCK), *make.split())
            debugfs(img, f"write {letters('abc', 'abc')} a")
            blocks = subprocess.run(["debugfs", "-R", "blocks a", img], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.split()
            files = {"XY": letters("XY", "XY"), "Z": letters("Z", "Z"), "XYZ": letters("XYZ", "XYZ"), "magic": b.path("magic")}
            debugfs(img, kind, *[w.format(*blocks, **files) for w in writes], "jc")
            other = b.path("oracle.img")
            shutil.copy(img, other)
            fsck(other, "-fy")
            status, text = b.run("mount -t ext4 /dev/ubdc /mnt/m || echo FAIL; umount /mnt/m", f"ubd2={img}")
            name = f"{make}, {kind}: {what}"
            same = text_of(img) == text_of(other)
            t.ok(same and not trouble(text) and clean(img), name, f"{text_of(img)!r}, e2fsck: {text_of(other)!r}\n" + "\n".join(trouble(text)) + fsck(img)[1])
t.done()
