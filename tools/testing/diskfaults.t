#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The n-th host call on a disk fails, or the n-th allocation: the guest gets an error, never a crash, and e2fsck repairs the image."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "fs"))
from guest import *

t = Tap()
b = Bench()
LOAD = """
cd /mnt; mount -t ext4 /dev/ubdc /mnt/m; cd /mnt/m; mkdir a; cd a; cp /bin/busybox .; /mnt/tools/dirs 300; ls -lR . >/dev/null; sync; rm -rf d
/mnt/tools/files 1 60; cd /; umount /mnt/m; mount -t ext4 /dev/ubdc /mnt/m; md5sum /mnt/m/a/busybox; umount /mnt/m
"""


def survives(fail):
    img = b.image("t.img", "24M", "-t", "ext4")
    status, text = b.run(LOAD, f"ubd2={img}", f"fail={fail}", deadline=60)
    bad = [l for l in text.splitlines() if re.search(r"BUG|WARN|AddressSanitizer|runtime error|panic", l)]
    # A page of its program that cannot be read ends init, and that ends the guest: not the kernel's fault.
    if any("Attempted to kill init" in l or "No working init" in l or "Unable to mount root" in l for l in bad):
        bad = [l for l in bad if "panic" not in l]
    elif "SCRIPT-ENDED" not in text and not re.search(r"^linux: ", text, re.M):
        bad.append("did not end:\n" + text[-1500:])
    fsck(img, "-fy")
    if not clean(img):
        bad.append("not repaired: " + fsck(img)[1])
    return [f"fail={fail}: {l}" for l in bad]


numbers = list(range(1, 400, 3)) if LONG else [1, 2, 4, 7, 12, 20, 33, 54, 87, 140, 240, 400]
for call in ("preadv", "pwritev", "fsync", "pwritev:{}:28"):	# 28: the host's disk is full
    bad = []
    for n in numbers:
        bad += survives(call.format(n) if "{" in call else f"{call}:{n}")
    t.ok(not bad, "failing " + call.replace(":{}:28", " with ENOSPC"), "\n".join(bad))
bad = []
for n in range(1, 6000, 13) if LONG else (50, 200, 400, 800, 1000, 1300, 1600, 1900, 2300, 2700, 3200, 4000, 5000, 7000, 9000):
    bad += survives(f"alloc:{n}")
t.ok(not bad, "failing allocations", "\n".join(bad))
t.done()
