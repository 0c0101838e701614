#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Fifty cycles (five in the short run) of boot, write, halt: the image is clean each time and holds what was written.
Then the kernel is killed at random moments of a write-heavy load: no process is left, e2fsck -fy repairs the image, and no
file that had been fsynced is lost.
"""
import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
rounds = 50 if LONG else 4
random.seed(int(os.environ.get("SEED", "1")))
image = make_image(os.path.join(d, "root_fs"))

bad = []
for i in range(rounds):
    with Guest(image=image) as g:
        g.run(f"echo cycle {i} > /cycle.{i}; cp -r /etc /copy.{i}; rm -rf /copy.{i - 1}; dd if=/dev/urandom of=/data bs=100k count=20 2>/dev/null; "
              "md5sum /data > /data.sum")
        if g.halt() != 0 or not clean(image):
            bad.append((i, fsck(image)[1]))
t.ok(not bad, f"{rounds} cycles of boot, write, halt leave a clean image", bad[:1])
with Guest("ro", image=image) as g:
    t.is_(g.run("ls /cycle.* | wc -l"), str(rounds), "all that was written is there")
    t.is_(g.run("md5sum -c /data.sum"), "/data: OK", "and right")
    g.halt()

# A name appears on the console only after fsync of the file has returned: so it must survive what comes next.
LOAD = ("n=0; mkdir -p /w; while :; do n=$((n+1)); dd if=/dev/urandom of=/w/f$n bs=9k count=$((n % 7 + 1)) conv=fsync 2>/dev/null; "
        "echo \"synced $n $(md5sum </w/f$n | cut -c1-32)\"; echo $n > /w/loose$n; [ $n -gt 40 ] && rm -f /w/loose$((n-20)); done")
lost, broken, left = [], [], []
for i in range(rounds):
    with Guest(image=image) as g:
        g.run("rm -rf /w; sync")
        g.type(LOAD + "\n")
        end = time.monotonic() + random.uniform(0.3, 2.5)
        while time.monotonic() < end:
            g.read(0.05)
        guests = host_processes(g.pid)
        os.kill(g.pid, 9)
        g.wait()
        synced = dict(re.findall(r"synced (\d+) ([0-9a-f]{32})\r?\n", g.text.decode(errors="replace")))
    if not gone(guests):
        left.append(i)
    status, text = fsck(image, "-fy")
    if status > 1 or not clean(image):
        broken.append((i, status, text))
    subprocess.run(["debugfs", "-R", f"rdump /w {d}", image], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for n, want in synced.items():
        path = os.path.join(d, "w", f"f{n}")
        got = subprocess.run(["md5sum", path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout[:32]
        if got != want:
            lost.append(f"round {i}: f{n} of {len(synced)}: {got}, not {want}")
    subprocess.run(["rm", "-rf", os.path.join(d, "w")])
t.ok(not left, f"{rounds} kills: no host process is left", left)
t.ok(not broken, "e2fsck -fy repairs the image", broken[:1])
t.ok(not lost, "no synced file is lost", "\n".join(lost[:10]))
t.done()
