#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Boots the busybox image, uses it as one would, halts; the image stays clean and nothing is left on the host."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
image = make_image(os.path.join(workdir(), "root_fs"))

with Guest(image=image) as g:
    boot = g.text.decode(errors="replace") + g.run("dmesg")
    for line in (r"tracing thread pid = \d+", r"Linux version \S+ ", r"Kernel command line: ", r"Calibrating delay loop\.\.\. \d+\.\d\d BogoMIPS",
                 r"Memory: \d+k available", r"VFS: Mounted root \(ext4 filesystem\)"):
        t.like(boot, line, f"the log says {line}")
    t.is_(g.run("uname -s -m"), "Linux x86_64", "uname")
    t.is_(g.run("echo a b c | wc -w"), "3", "a pipe")
    t.is_(g.run("for i in 3 1 2; do echo $i; done | sort | tr '\\n' ' '").strip(), "1 2 3", "a longer pipe")
    t.like(g.run("ps"), r"^ *1 .*init", "ps shows init")
    t.like(g.run("mount"), r" on / type ext4 \(rw", "mount shows the root")
    t.like(g.run("df /"), r"^\S+ +\d+ +\d+ +\d+ +\d+% /$", "df")
    t.like(g.run("free"), r"^Mem: +\d{6}", "free")
    t.like(g.run("top -b -n1"), r"PID +PPID +USER", "top")
    t.is_(g.run2("false")[0], 1, "an exit status")
    t.is_(g.run("dd if=/dev/zero of=/tmp/z bs=64k count=100 2>/dev/null; md5sum < /tmp/z"), g.run("head -c 6553600 /dev/zero | md5sum"),
          "what was written is read back")
    t.is_(g.run("mkdir /tmp/d; cd /tmp/d; i=0; while [ $i -lt 300 ]; do echo $i > f$i; i=$((i+1)); done; cd /; tar cf /tmp/t.tar -C /tmp d; "
                "tar tf /tmp/t.tar | wc -l; rm -r /tmp/d"), "301", "tar of many files")
    t.is_(g.run("i=0; while [ $i -lt 200 ]; do /bin/true; i=$((i+1)); done; echo $i"), "200", "many forks")
    rss = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{g.pid}/status").read()).group(1))
    if "b-san" not in LINUX and not os.environ.get("SANITIZED"):
        t.ok(rss < 32 * 1024, "less than 32 MiB resident", f"{rss} KiB")
    g.run("sync; sleep 1")

    def switches():
        return sum(int(n) for n in re.findall(r"ctxt_switches:\s+(\d+)", open(f"/proc/{g.pid}/status").read()))
    time.sleep(7)
    count = switches()
    time.sleep(2)
    t.is_(switches() - count, 0, "an idle guest causes no wake-ups at all")
    guests = host_processes(g.pid)
    names = " ".join(open(f"/proc/{p}/cmdline").read().replace("\0", " ").strip() for p in guests)
    t.like(names, r"\./linux \[(sh|init)\]", "the host's ps names guest processes")
    t.like(open(f"/proc/{g.pid}/cmdline").read(), r"^\./linux \[\(tracing thread\)\]", "and the kernel")
    t.is_(g.halt(), 0, "halt ends with status 0")
    t.ok(gone(guests), "no host process is left")
t.ok(clean(image), "the image is clean", fsck(image)[1])

with Guest(image=image) as g:
    # Not at the prompt: with echo off, busybox's shell takes a SIGCHLD that interrupts its reading for an end of file.
    g.type("sh -c 'sleep 1000 & until [ \"$(cat /proc/$!/comm)\" = sleep ]; do :; done; echo star''ted; wait $!; echo $? en''ded; [ -d /proc/$! ] || echo go''ne'\n")
    g.expect(b"started")
    victim = [p for p in host_processes(g.pid) if b"[sleep]" in open(f"/proc/{p}/cmdline", "rb").read()]
    t.is_(len(victim), 1, "it is found among the host's processes")
    os.kill(victim[0], 9)
    g.expect(rb"137 ended\r\ngone")
    t.ok(True, "killed from the host, it alone ends")
    t.is_(g.run("echo alive"), "alive", "and all else goes on")
    guests = host_processes(g.pid)
    os.kill(g.pid, 9)
    g.wait()
    t.ok(gone(guests), "killing the kernel leaves no process behind")

# A shell as init must not see the child die that called reboot(2): it would go on, end, and that is a panic. Nothing is lost.
status, text = once(f"ubd0={image}", "root=/dev/ubda", "rw", "init=/bin/sh", "con0=null,fd:1", "--", "-c", "echo unsynced >/f; poweroff -f -n; echo went''on; exit 1")
t.ok(status == 0 and "wenton" not in text and "panic" not in text, "init does not go on after reboot(2)", text[-800:])
text = subprocess.run(["debugfs", "-R", "cat /f", image], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
t.ok(text == "unsynced\n" and clean(image), "what was not synced is on the disk all the same", text)
t.done()
