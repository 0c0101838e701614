#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The kernel runs inside itself: our ptrace(2), memfds, shared mappings, signals and terminals are good enough for a kernel."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
inner = make_image(os.path.join(d, "inner"))
libs = re.findall(r"(/\S+\.so\S*)", subprocess.run(["ldd", LINUX], check=True, stdout=subprocess.PIPE, text=True).stdout)
for f in libs:
    to = overlay + f
    os.makedirs(os.path.dirname(to), exist_ok=True)
    shutil.copy(f, to)
shutil.copy(LINUX, os.path.join(overlay, "linux"))
with Guest(f"ubd1={inner}", image=make_image(os.path.join(d, "outer"), overlay), mem="256M", deadline=180) as g:
    g.run("mkdir -p /dev/shm; mount -t tmpfs tmpfs /dev/shm; mount -t tmpfs tmpfs /mnt; cd /mnt")
    t.like(g.run("/linux --version"), r"^\d+\.\d+\.\d+", "it starts")
    g.type("/linux ubd0=/dev/ubdb root=/dev/ubda mem=64M umid=inner; echo inner $?\n")
    g.expect(rb"Welcome[^$]*# (\x1b\[6n)?$")
    g.type("ls /linux; echo $$ $(sh -c 'echo one | cat; kill -9 $$; echo never')\n")
    g.expect(rb"/linux: No such file")
    g.expect(rb"\d+ one\r\n")
    t.ok(True, "a shell, pipes and signals in the inner guest")
    g.type("echo kept >/kept; halt\n")
    m = g.expect(rb"inner (\d+)\r\n")
    t.is_(m.group(1), b"0", "it halts")
    g.run("while ps | grep -q '[l]inux'; do usleep 100000; done")	# orphans: init reaps them when it gets to it
    t.ok(True, "no process of it is left")
    t.is_(g.halt(), 0, "so does the outer one")
t.ok(clean(inner), "its image is clean", fsck(inner)[1])
t.done()
