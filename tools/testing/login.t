#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""init with an inittab: gettys on two terminals, logins, respawn of what ends or is killed."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
os.makedirs(os.path.join(overlay, "etc"))
with open(os.path.join(overlay, "etc/inittab"), "w") as f:
    f.write("::sysinit:/etc/init.d/rcS\ntty0::respawn:/sbin/getty 38400 tty0 linux\ntty1::respawn:/sbin/getty 38400 tty1 linux\n"
            "::respawn:/bin/sh -c 'echo again >>/tmp/respawned; exec sleep 1000'\n::shutdown:/bin/umount -a -r 2>/dev/null\n")
image = make_image(os.path.join(d, "root_fs"), overlay)
master, slave = pty.openpty()
os.set_inheritable(slave, True)


class Terminal(Guest):
    """The second console of a running guest."""

    def __init__(self, fd, deadline=60):
        self.fd, self.deadline, self.text, self.status = fd, deadline, b"", 0


def log_in(term):
    term.expect(rb"login: $")
    term.type("root\n")
    term.expect(rb"[#$] (\x1b\[6n)?$")
    term.run("stty -echo; PS1=''")


def last(text):
    """login's message to the log may come first: nobody takes it, so it is shown on the console."""
    return text.split("\n")[-1]


with Guest(f"con1=fd:{slave}", image=image, wait=False) as g:
    two = Terminal(master)
    log_in(g)
    log_in(two)
    t.is_((last(g.run("tty")), two.run("tty")), ("/dev/tty0", "/dev/tty1"), "a login on each terminal")
    t.is_(two.run("id -un; echo $HOME; echo yes >/dev/tty"), "root\n/root\nyes", "of root, with the terminal as its own")
    two.type("exit\n")
    log_in(two)
    t.is_(two.run("tty"), "/dev/tty1", "after exit the next login")
    pid = two.run("echo $$")
    g.run(f"kill -9 {pid}")
    log_in(two)
    t.ok(two.run("echo $$") != pid, "and when the shell is killed")
    g.run("kill $(pidof sleep)")
    for _ in range(50):     # init waits a second before it starts something again
        lines = g.run("wc -l </tmp/respawned").split()
        if "2" in lines:
            break
        time.sleep(0.2)
    t.ok("2" in lines, "init starts again what has ended", lines)
    two.type("sleep 100\n")
    for _ in range(100):    # ^C is for it from when it runs
        if "yes" in g.run("pgrep -fx 'sleep 100' >/dev/null && echo yes").split():
            break
        time.sleep(0.1)
    two.type("\x03")
    for _ in range(50):     # the shell forgets what is typed before it notices
        two.type("echo inter''rupted\n")
        two.read(0.2)
        if b"interrupted" in two.text:
            break
    t.ok(b"interrupted" in two.text, "^C on the second terminal", two.text)
    two.type("halt\n")
    t.is_(g.wait(), 0, "halt, from there")
t.ok(clean(image), "the image is clean", fsck(image)[1])
t.done()
