#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Differential tests: each program of diff/ runs on the host and in the guest, and must print the same."""
import difflib
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import coverage
from um import *

t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
bin_ = os.path.join(overlay, "diff")
here = os.path.join(SRC, "tools/testing/diff")
only = os.environ.get("DIFF", "").split()
subprocess.run(["make", "-s", "-C", here, f"OUT={bin_}", "-j2"], check=True, stdout=subprocess.DEVNULL)
programs = sorted(p for p in os.listdir(bin_) if not only or p in only)


def on_host(program):
    run = os.path.join(d, "host")
    os.makedirs(run, exist_ok=True)
    r = subprocess.run([os.path.join(bin_, program)], cwd=run, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       timeout=120, start_new_session=True)
    return f"exit {r.returncode}\n" + r.stdout.decode(errors="replace")


def in_guest(g, program, folder):
    """Through a file, so that nothing else on the console gets in between."""
    g.run(f"mkdir -p {folder}/w; cd {folder}/w; {as_us} -c 'setsid /diff/{program} </dev/null >/mnt/out 2>&1; echo $? >/mnt/status'; cd /", 120)
    text = g.run("cat /mnt/out", 60)
    return f"exit {g.run('cat /mnt/status')}\n" + text + ("\n" if text else "")


image = make_image(os.path.join(d, "root_fs"), overlay, size="256M")
# The same user in the guest as on the host.
as_us = "sh" if os.getuid() == 0 else "su us"
options = [o for o in os.environ.get("OPTIONS", "").split() if o]
trace = os.path.join(d, "calls")
boots = 0
g = None
for program in programs:
    if g is None:
        boots += 1
        g = Guest(*options, f"trace={trace}.{boots}", image=image, mem="256M", deadline=120)
        g.run("mount -t tmpfs tmpfs /mnt; mkdir -m 1777 /tmp/w")
        g.run(f"echo us:x:{os.getuid()}:{os.getgid()}::/:/bin/sh >> /etc/passwd; echo us:x:{os.getgid()}: >> /etc/group")
    try:
        want = on_host(program)
        got = in_guest(g, program, "/tmp")
        t.ok(got == want, program, "\n".join(difflib.unified_diff(want.splitlines(), got.splitlines(), "host", "guest", lineterm="", n=2)))
    except (Dead, subprocess.TimeoutExpired) as e:
        t.ok(False, program, e)
        g.kill()
        g = None
if g is not None:
    t.is_(g.halt(), 0, "halt")
    t.ok(clean(image), "the image is clean", fsck(image)[1])
# Ordinary users do not reach what only root may do, so only root's run can be complete.
subprocess.run(f"cat {trace}.* > {trace}", shell=True)
if "COVERAGE" in os.environ:
    shutil.copy(trace, os.environ["COVERAGE"])
if not only and os.getuid() == 0:
    t.is_("\n".join(coverage.problems(trace)), "", "every call implemented is reached, with success and each documented error")
t.done()
