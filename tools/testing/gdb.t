#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The gdb commands show a running guest. Skipped where gdb is not installed."""
import os
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

if not shutil.which("gdb"):
    print("1..0 # SKIP gdb is not installed")
    sys.exit(0)
t = Tap()
image = make_image(os.path.join(workdir(), "root_fs"))
with Guest(image=image) as g:
    g.run("sleep 1000 &")
    cmd = ["gdb", "-batch", "-x", os.path.join(SRC, "scripts/gdb/um.py"), "-p", str(g.pid)]
    for c in ("um-ps", "um-bt 1", "um-vma 1", "um-dmesg"):
        cmd += ["-ex", f"printf \"@{c}\\n\"", "-ex", c]
    out = subprocess.run(cmd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    part = {p.split("\n", 1)[0]: p for p in out.split("@um-")[1:]}
    t.like(part.get("ps", out), r"^ +1 +1 +\d+ interruptible +init$", "um-ps shows init")
    t.like(part.get("ps", out), r" sleep$", "and sleep")
    t.like(part.get("bt 1", out), r"run_guest|serve_syscall", "um-bt 1")
    t.like(part.get("vma 1", out), r"r-xp .* busybox$", "um-vma 1")
    t.like(part.get("dmesg", out), r"Linux version", "um-dmesg")
    t.is_(g.run("echo alive"), "alive", "the guest goes on")
    t.is_(g.halt(), 0, "and halts")
r = subprocess.run(["gdb", "-batch", "-ex", "run", "--args", LINUX, f"ubd0r={image}", "root=/dev/ubda", "init=/bin/sh"], text=True,
                   input="sleep 1; echo hel''lo; halt -f\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
t.ok("received signal" not in r.stdout and "hello" in r.stdout and "exited normally" in r.stdout, "it runs under gdb like any other program", r.stdout)
t.done()
