#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Guests that run out of memory in every way there is: the biggest process goes, with a line in the log; all else lives on."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
os.makedirs(overlay)
subprocess.run(["gcc", "-O1", "-w", "-static", "-pthread", "-o", os.path.join(overlay, "hog"), os.path.join(SRC, "tools/testing/guest/hog.c")], check=True)
image = make_image(os.path.join(d, "root_fs"), overlay)
# How, and what must be in the log or on the console: killed, or told that there is no more.
WAYS = [("touch", "killed process"), ("mlock", "killed process|full"), ("shared", "killed process"), ("tables", "killed process|full"),
        ("maps", "killed process|full"), ("forks", "killed process|full"), ("threads", "killed process|full"), ("pipes", "killed process|full"),
        ("sockets", "killed process|full"), ("epolls", "killed process|full"), ("timers", "killed process"), ("odds", "killed process"), ("names", "killed process|full"),
        ("leaderless", "killed process"), ("xattrs", "full: No space")]
BY_SIZE = ("touch", "mlock", "shared", "tables", "forks", "leaderless")
only = os.environ.get("WAYS", "").split()
sizes = ["16M", "24M", "64M"] if LONG else ["24M"]
if os.environ.get("SANITIZED"):
    sizes = [s for s in sizes if s != "16M"]

for mem in sizes:
    for how, want in WAYS:
        if only and how not in only:
            continue
        try:
            with Guest("loglevel=4", image=image, mem=mem, deadline=120) as g:
                g.run("mount -t tmpfs none /tmp; cd /tmp")
                # In one line: at its prompt the shell takes the SIGCHLD of a killed child for an end of file.
                said = g.run(f"/hog {how} {'stay' if how in BY_SIZE else 'first'} > /tmp/said 2>&1 & usleep 100000; while [ -d /proc/$! ] && ! grep -q full /tmp/said; do usleep 100000; done; cat /tmp/said; dmesg | grep -i 'out of memory'")
                t.like(said, want, f"{mem}, {how}: {want}")
                if how == "forks":
                    t.is_(re.findall(r"(?m)^.*\]: out of memory", said), [], f"{mem}, {how}: who is killed dies at once, so nobody fails for want of memory")
                t.like(g.run("{ killall -9 hog; wait; usleep 300000; } 2>/dev/null; echo alive | cat"), "^alive$", f"{mem}, {how}: the shell answers")
                t.ok(int(re.search(r"MemFree: +(\d+)", g.run("rm -rf /tmp/*; grep MemFree /proc/meminfo")).group(1)) > 2048, f"{mem}, {how}: and there is memory again")
                t.is_(g.halt(), 0, f"{mem}, {how}: halt")
        except Dead as e:
            t.ok(False, f"{mem}, {how}", e)
        t.ok(clean(image), f"{mem}, {how}: the image is clean", fsck(image)[1])
    with Guest("loglevel=4", image=image, mem=mem, deadline=120) as g:
        g.run("mount -t tmpfs none /tmp")
        t.like(g.run("/hog file /tmp/big"), "errno 28", f"{mem}: a tmpfs is full before memory is")
        t.is_(g.run("rm /tmp/big; mount -o remount,size=100% /tmp; echo alive | cat"), "alive", f"{mem}: the shell answers")
        t.like(g.run("/hog file /tmp/big"), "errno 28", f"{mem}: and so is one that may have all memory")
        t.is_(g.run("rm /tmp/big; echo alive | cat"), "alive", f"{mem}: the shell answers")
        t.like(g.run("dd if=/dev/zero of=/big bs=1M count=30 2>&1; md5sum < /big; rm /big"), "281ed1d5ae50e8419f9b978aab16de83", f"{mem}: the page cache gives way")
        t.is_(g.run("dmesg | grep -c 'out of memory'"), "0", f"{mem}: and nobody is killed for it")
        t.is_(g.halt(), 0, f"{mem}: halt")
with Guest("loglevel=4", image=image, mem="64M", deadline=120) as g:
    t.like(g.run("timeout -s KILL 100 /hog copies 2>&1"), "^12 of 12 lived$", "64M: what is copied on a guess does not take the memory that is needed")
    t.is_(g.run("dmesg | grep -c 'out of memory'"), "0", "64M: nobody is killed for it")
    t.is_(g.halt(), 0, "64M: halt")
t.done()
