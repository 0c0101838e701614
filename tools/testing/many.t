#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Many boots in a row (a thousand with LONG=1) and ten guests at once: they work, and leave nothing on the host."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
image = make_image(os.path.join(d, "root_fs"))


times, wrong, shm = 1000 if LONG else 20, [], set(os.listdir("/dev/shm"))
for i in range(times):
    status, text = once(f"ubd0r={image}", "root=/dev/ubda", "init=/bin/sh", "mem=32M", "quiet", "--", "-c", "echo up; poweroff -f")
    kernel = re.search(r"tracing thread pid = (\d+)", text)
    if status != 0 or "up" not in text or (kernel and not gone(host_processes(int(kernel.group(1))))):
        wrong.append((i, status, text))
t.ok(not wrong, f"{times} boots in a row, no process left", wrong[:1])

guests = [Guest(image=shutil.copy(image, os.path.join(d, f"fs{i}")), mem="64M") for i in range(10)]
for i, g in enumerate(guests):
    g.type(f"for n in 1 2 3 4 5 6 7 8; do echo $n > /tmp/n$n; done; cat /tmp/n* | tr -d '\\n'; echo guest {i}\n")
for i, g in enumerate(guests):
    g.expect(f"12345678guest {i}".encode())
t.ok(True, "ten guests at once work")
with Guest(image=os.path.join(d, "fs0"), wait=False) as again:
    t.is_(again.wait(), 1, "the eleventh may not have an image that is in use")
pids = [p for g in guests for p in host_processes(g.pid)]
t.ok(all([g.halt() == 0 for g in guests]), "all halt")
t.ok(all(clean(os.path.join(d, f"fs{i}")) for i in range(10)), "all images are clean")
t.ok(len(pids) >= 20 and gone(pids), f"none of their {len(pids)} host processes is left")
t.is_(set(os.listdir("/dev/shm")) - shm, set(), "nor a memory file")
t.done()
