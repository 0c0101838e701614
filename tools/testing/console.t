#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The console: job control, window size, ^C in floods, system requests, end of input, channels, what is left of the host's terminal."""
import fcntl
import os
import pty
import signal
import struct
import subprocess
import sys
import termios
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
image = make_image(os.path.join(workdir(), "root_fs"))
shell = ["root=/dev/ubda", "rw", "init=/bin/sh"]


def resize(g, rows, cols):
    fcntl.ioctl(g.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))


def settle(g, seconds=0.4):
    """Everything that comes until it is quiet."""
    start = len(g.text)
    while True:
        before = len(g.text)
        g.read(seconds)
        if len(g.text) == before:
            break
    out, g.text = g.text[start:], b""
    return out.decode(errors="replace").replace("\r\n", "\n")


with Guest("sysrq=1", image=image) as g:
    t.like(g.run("tty"), "^/dev/(console|tty0)$", "tty names the terminal")
    resize(g, 41, 123)
    time.sleep(0.3)
    t.is_(g.run("stty size"), "41 123", "the window's size follows the host's")
    g.type("sh -c 'trap \"echo resi''zed; exit\" WINCH; sleep 5 & wait'\n")
    settle(g)
    resize(g, 42, 124)
    t.like(settle(g), "resized", "and SIGWINCH says so")
    g.run("stty echo")
    g.type("sleep 100\n")
    settle(g)
    g.type("\x1a")
    t.like(settle(g), r"Stopped +sleep 100", "^Z stops")
    t.like(g.run("jobs"), r"Stopped +sleep 100", "it is a stopped job")
    g.type("fg\n")
    settle(g)
    g.type("\x03")
    t.like(settle(g), r"\^C", "^C interrupts it in the foreground")
    t.ok("Stopped" not in g.run("jobs"), "and it is gone")
    g.type("yes\n")
    time.sleep(0.5)
    start = time.monotonic()
    g.type("\x03")
    g.expect(rb"\^C")
    t.ok(time.monotonic() - start < 3, "^C gets through a flood of output")
    settle(g)
    g.run("stty -echo")
    t.like(g.run("cat </dev/tty & sleep 0.3; jobs; kill %1; wait 2>/dev/null"), r"Stopped \(tty input\)", "a background reader is stopped")
    g.type("\x0fh")
    t.like(settle(g), r"sysrq: HELP :.*Sync\(s\)", "^O h: help")
    g.type("\x0fm")
    t.like(settle(g), r"Mem-Info: total:\d+kB", "^O m: memory")
    g.type("\x0ft")
    t.like(settle(g), r"task:sh +state:S", "^O t: tasks")
    g.type("\x0f\x0f\x15")
    settle(g)
    t.like(g.run("dmesg | grep Mem-Info"), "Mem-Info: total", "the log has it too")
    t.is_(g.run("dd if=/dev/zero bs=64k count=32 2>/dev/null | tr '\\000' x | wc -c"), "2097152", "the shell goes on")
    g.type("\x0fo")
    t.is_(g.wait(), 0, "^O o: power off")

with Guest(image=image) as g:
    g.type("\x0fh")
    t.ok("HELP" not in settle(g), "without sysrq= ^O is an ordinary character")
    g.type("\x15")
    settle(g)
    t.like(g.run("echo 8 > /proc/sysrq-trigger; cut -f1 /proc/sys/kernel/printk"), "^8$", "/proc/sysrq-trigger works for root")
    t.like(g.run("echo '<5>said by hand' > /dev/kmsg; dmesg | tail -1"), r"^\[ *\d+\.\d{6}\] said by hand$", "/dev/kmsg")
    t.is_(g.run("exec 3</dev/kmsg; head -n 1 <&3 | cut -d, -f1-2; exec 3<&-"), "6,0", "a record of /dev/kmsg")
    t.is_(g.run("echo 7 > /proc/exitcode; cat /proc/exitcode"), "7", "/proc/exitcode is written")
    t.is_(g.halt(), 7, "and is the kernel's exit status")


def piped(text, *options):
    p = subprocess.run([LINUX, f"ubd0={image}", *shell, *options], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                       timeout=60)
    return p.returncode, p.stdout.decode(errors="replace").replace("\r\n", "\n")


status, out = piped("echo one; sleep 0.3\necho t''wo\ncat; echo status $?\nfor cat\nno newline a''t the end")
t.like(out, "^two$", "piped commands run one after the other")
t.like(out, r"^for cat\nno newline a''t the end.*status 0", "a program reads the rest, an unfinished line and the end of file")
t.like(out, "Attempted to kill init", "then comes the end of file")
status, out = piped("")
t.like(out, "Attempted to kill init", "an empty input is an end of file")
p = subprocess.Popen([LINUX, f"ubd0={image}", *shell, "con0=null,fd:1"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
time.sleep(1.5)
t.is_(p.poll(), None, "con0=null,fd:1: input never comes, nor does its end")
p.terminate()
t.like(p.communicate(timeout=20)[0].decode(errors="replace"), "VFS: Mounted root", "and its output is there")

for option, words in (("con0=bogus", "no such channel"), ("con16=null", "no such console"), ("con0=fd:x", "number of a descriptor"),
                      ("con1=fd", "missing"), ("console=", "no such console"), ("loglevel=9", "not a level"), ("sysrq=x", "not a number")):
    p = subprocess.run([LINUX, option], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20)
    out = p.stdout.decode(errors="replace")
    t.ok(p.returncode != 0 and words in out and out.count("\n") == 1 and out.startswith("linux: "), f"{option} is refused in one line", out)

for how in ("TERM", "INT", "HUP", "power off"):
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    p = subprocess.Popen([LINUX, f"ubd0={image}", *shell], stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
    text = b""
    while b"# " not in text:
        text += os.read(master, 65536)
    raw = termios.tcgetattr(slave)[3]
    if how == "power off":
        os.write(master, b"poweroff -f\n")
    else:
        p.send_signal(getattr(signal, "SIG" + how))
    while p.poll() is None:
        if select.select([master], [], [], 0.2)[0]:
            os.read(master, 65536)
    t.ok(not raw & termios.ICANON and termios.tcgetattr(slave) == before, f"{how}: the host's terminal is as it was")
    os.close(master)
    os.close(slave)
t.done()
