#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Mounts of proc with options: who sees whose processes, and each mount for itself. Times of processes; the load; /dev/fd."""
import os
import re
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
user, member, root = "user", "member", "root"
with Guest(image=make_image(os.path.join(workdir(), "root"))) as g:
    def others(m, who):
        """What a user sees of process 1 and of itself on mount m: in the listing, and by name."""
        return g.run(f"su {who} -c 'ls {m} | grep -x -e 1 -e self; ls {m}/1 | grep -x cmdline; ls {m}/self/ | grep -x cmdline' 2>&1")

    g.run("echo user:x:1000:1000::/: >>/etc/passwd; echo member:x:1001:1001::/: >>/etc/passwd; echo staff:x:50:member >>/etc/group")
    seen, own = "1\nself\ncmdline\ncmdline", "self\n{}\ncmdline"
    for n, (options, as_user) in enumerate((
            ("hidepid=0", seen),
            ("hidepid=1", "1\n" + own.format("ls: can't open '/p1/1': Operation not permitted")),
            ("hidepid=invisible", own.format("ls: can't open '/p2/1': No such file or directory")),
            ("hidepid=4", own.format("ls: /p3/1: No such file or directory")),
            ("hidepid=2,gid=50", own.format("ls: can't open '/p4/1': No such file or directory")))):
        g.run(f"mkdir /p{n}; mount -t proc -o {options} proc /p{n}")
        t.is_(others(f"/p{n}", user), as_user, f"{options}: a user")
        t.is_(others(f"/p{n}", root), seen, f"{options}: root")
    t.is_(others("/p4", member), seen, "gid=: who belongs to the group sees all")
    t.is_(others("/proc", user), seen, "the other mounts are as they were")
    t.is_(g.run("grep ' /p' /proc/mounts | grep -v ' /proc ' | cut -d' ' -f4 | cut -d, -f3-"),
          "hidepid=noaccess\nhidepid=invisible\nhidepid=ptraceable\ngid=50,hidepid=invisible", "/proc/mounts shows them")
    g.run("mount -o remount,hidepid=2 /p0; mkdir /s; mount -t proc -o subset=pid proc /s")
    t.is_(others("/p0", user), own.format("ls: can't open '/p0/1': No such file or directory"), "remounted")
    t.is_(g.run("ls /s | grep -v '^[0-9]'; cat /s/meminfo; cat /s/1/comm"), "self\nthread-self\ncat: can't open '/s/meminfo': No such file or directory\ninit",
          "subset=pid")
    t.is_(g.run("for o in hidepid=3 hidepid=5 hidepid gid=x subset=all colour=red; do mount -t proc -o $o proc /mnt && echo $o; done 2>&1 | grep -vc Invalid"),
          "0", "wrong ones are refused")
    # A loop of calls that do next to nothing is the kernel's time, entering and leaving it included; a loop without calls is
    # not. What a busy host takes away in between is not told from a guest that computes, hence the margins.
    g.run("cat >/mine <<'E'\nwhile [ $((i += 1)) -lt 300000 ]; do :; done\nE")
    times = {who: [float(s) for s in re.findall(r"(?:user|sys)\s+\d+m\s*([\d.]+)s", g.run(f"time {what} 2>&1"))] for who, what in
             (("kernel", "dd if=/dev/zero of=/dev/null bs=1 count=100000"), ("user", "sh /mine"))}
    t.ok(8 * times["kernel"][1] > times["kernel"][0], f"calls are system time: {times['kernel']}")
    t.ok(times["user"][0] > 2 * times["user"][1], f"computing is user time: {times['user']}")
    t.is_(g.run("echo x | cat /dev/fd/0 /dev/stdin; echo y >/dev/stdout; ls /dev/fd/ | head -1"), "x\ny\n0", "/dev/fd and /dev/std*")
    t.is_(g.run("mount -o remount,max=1 /dev/pts; grep -o max=1 /proc/mounts; exec 5<>/dev/ptmx; (exec 6<>/dev/ptmx) 2>&1; exec 5>&-; exec 5<>/dev/ptmx && ls /dev/pts; exec 5>&-"),
          "max=1\n-/bin/sh: can't create /dev/ptmx: No space left on device\n0     ptmx", "devpts: max=")
    t.is_(g.halt(), 0, "it halts")
# One that runs by itself for two periods of five seconds: 1 - exp(-10/60). Who reads it is a second one, but only just now.
with Guest(image=make_image(os.path.join(workdir(), "root"))) as g:
    load = float(g.run("while :; do :; done & sleep 11; cut -d' ' -f1 /proc/loadavg; kill $!").split()[0])
    t.ok(0.05 < load < 0.25, f"load: {load}")
t.done()
