#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Nothing leaks: after every differential program ran again, tasks, slabs, free pages and host processes are where they were."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
bin_ = os.path.join(overlay, "diff")
subprocess.run(["make", "-s", "-C", os.path.join(SRC, "tools/testing/diff"), f"OUT={bin_}", "-j2"], check=True, stdout=subprocess.DEVNULL)
programs = sorted(os.listdir(bin_))
subprocess.run(["gcc", "-O1", "-w", "-static", "-pthread", "-o", os.path.join(overlay, "hog"), os.path.join(SRC, "tools/testing/guest/hog.c")], check=True)
image = make_image(os.path.join(d, "root_fs"), overlay, size="256M")


def counts(g):
    """Active objects by cache, free memory in KiB; with caches dropped."""
    g.run("sleep 3; sync; echo 3 >/proc/sys/vm/drop_caches; sleep 0.3; echo 3 >/proc/sys/vm/drop_caches")
    slabs = {m.group(1): int(m.group(2)) for m in re.finditer(r"^(\S+) +(\d+) +\d+ +\d+", g.run("cat /proc/slabinfo"), re.M)}
    free = int(re.search(r"MemFree: +(\d+)", g.run("cat /proc/meminfo")).group(1))
    return slabs, free, len(host_processes(g.pid))


with Guest(image=image, mem="256M", deadline=180) as g:
    g.run("mount -t tmpfs tmpfs /mnt; mkdir -p /tmp/w; cd /tmp/w")

    def round_of_all():
        for p in programs:
            g.run(f"sh -c 'setsid /diff/{p} </dev/null >/mnt/out 2>&1; true'; rm -f /mnt/out", 180)
        g.run("tac /proc/mounts | while read what where rest; do case $where in /tmp/*) umount -l $where;; esac; done")   # what programs left behind

    round_of_all()          # caches and pools fill up
    before, free, procs = counts(g)
    round_of_all()
    after, free2, procs2 = counts(g)
    before["buf"] = before.get("buf", 0) + 64          # a cache as well: bitmaps and tables of ext4 that were read meanwhile
    before["host_proc"] = max(before.get("host_proc", 0), 24)     # the pool's, as with the processes themselves
    before["host_thread"] = max(before.get("host_thread", 0), 16 * 8)
    grown = {n: (before.get(n, 0), c) for n, c in after.items() if c > before.get(n, 0) + max(3, before.get(n, 0) // 50)}
    t.ok(not grown, "no cache of objects has grown", grown)
    t.ok(free2 > free - 512, "free memory is back", f"{free} KiB before, {free2} KiB after")
    t.ok(procs2 <= max(procs, 24), "host processes are back in the pool", f"{procs}, then {procs2}")
    g.run("for n in 1 2 3 4; do /hog crowd & done; wait")
    threads = sum(len(os.listdir(f"/proc/{p}/task")) for p in host_processes(g.pid))
    t.ok(threads < 250, "nor does it keep the host's threads of processes that had many", threads)
    t.is_(g.halt(), 0, "halt")
    if "CONFIG_DEBUG_LEAKS=y" in once("--showconfig")[1]:
        t.like(g.text.decode(errors="replace"), r"leaks: none", "at halt nothing is left that boot did not make")
t.done()
