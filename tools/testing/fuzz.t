#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Random system calls from several processes for a while (much longer with LONG=1): the kernel lives, the image stays clean."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
os.makedirs(overlay)
subprocess.run(["gcc", "-O1", "-w", "-static", "-o", os.path.join(overlay, "sysfuzz"), os.path.join(SRC, "tools/testing/fuzz/sysfuzz.c")], check=True)
image = make_image(os.path.join(d, "root_fs"), overlay, size="256M")
seconds, seeds = (60, range(1, 21)) if LONG else (6, [int(os.environ.get("SEED", "1")), 7])
for seed in seeds:
    try:
        with Guest("loglevel=3", image=image, mem="256M", deadline=seconds + 60) as g:
            g.type(f"cd /tmp; /sysfuzz {seconds} {seed} 4; echo do''ne\n")	# one line: the fuzzer reads what was typed ahead
            g.expect(rb"survived[\s\S]*done\r?\n")
            t.ok(True, f"seed {seed}: {seconds} seconds of random system calls")
            t.is_(g.halt(), 0, "halt")
    except Dead as e:
        t.ok(False, f"seed {seed}", e)
    t.ok(clean(image), "the image is clean", fsck(image)[1])
t.done()
