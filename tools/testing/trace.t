#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""trace=: a log of system calls on the host, with names and contents of arguments, signals and ends; trace=why."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
overlay, log = os.path.join(d, "overlay"), os.path.join(d, "calls.log")
os.makedirs(overlay)
SOURCE = r"""
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
static void handler(int sig) {}
int main(void)
{
	struct timespec ts = { 0, 20000000 };
	struct stat st;
	char buf[64], path[300];
	int p[2];
	sigset_t set;

	open("/nonexistent", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_DIRECTORY, 0640);
	stat("/etc/passwd", &st);
	pipe(p);
	write(p[1], "a \"quoted\"\n\tbyte\377", 17);
	read(p[0], buf, sizeof(buf));
	lseek(p[0], 0, SEEK_END);
	mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	nanosleep(&ts, NULL);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = 0;
	unlink(path);
	unlink((char *)16);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR2);
	sigpending(&set);
	signal(SIGUSR1, handler);
	raise(SIGUSR1);
	if (!fork()) {
		sigaddset(&set, SIGTERM);
		pause();
	}
	usleep(100000);
	kill(0, SIGUSR1);
	if (!fork())
		raise(SIGTERM);
	while (wait(NULL) > 0)
		;
	return 7;
}
"""
with open(os.path.join(d, "calls.c"), "w") as f:
    f.write(SOURCE)
subprocess.run(["gcc", "-w", "-static", "-o", os.path.join(overlay, "calls"), os.path.join(d, "calls.c")], check=True)
image = make_image(os.path.join(d, "root_fs"), overlay)
with open(log, "w") as f:
    f.write("of an older run\n" * 100000)
with Guest(f"trace={log}:calls", image=image) as g:
    g.run("/calls; cat /etc/passwd")
    t.is_(g.halt(), 0, "halt")
with open(log) as f:
    text = f.read()
pid = text.partition(" ")[0]        # the first process of that name
mine = "\n".join(l.partition(" ")[2] for l in text.splitlines() if l.startswith(pid + " "))
t.ok("of an older run" not in text, "the file is emptied first")
for name, want in [
    ("a refusal and flags", r'openat\(AT_FDCWD, "/nonexistent", O_RDWR\|O_CREAT\|O_EXCL\|O_DIRECTORY\|O_CLOEXEC, 0640\) = -1 E[A-Z]+$'),
    ("what stat says", r'newfstatat\(AT_FDCWD, "/etc/passwd", 0x\w+, 0\) = 0 /\* mode 0100644, size \d+ \*/$'),
    ("two descriptors", r"pipe2?\(0x\w+(, O_RDONLY)?\) = 0 /\* \[3, 4\] \*/$"),
    ("bytes written", r'write\(4, "a \\"quoted\\"\\n\\11byte\\377", 17\) = 17$'),
    ("bytes read", r'read\(3, 0x\w+, 64\) = 17 /\* "a \\"quoted\\"\\n\\11byte\\377" \*/$'),
    ("a whence", r"lseek\(3, 0, SEEK_END\) = -1 ESPIPE$"),
    ("an address", r"mmap\(NULL, 4096, PROT_READ\|PROT_WRITE, MAP_PRIVATE\|MAP_ANONYMOUS, -1, 0\) = 0x[0-9a-f]+$"),
    ("a time", r"clock_nanosleep\(CLOCK_REALTIME, 0, \{0 s, 20000000 ns\}, NULL\) = 0$"),
    ("a long path", r'unlink\("x{100}"\.\.\.\) = -1 ENAMETOOLONG$'),
    ("a bad pointer", r"unlink\(0x10\) = -1 EFAULT$"),
    ("a signal taken", r"tgkill\(\d+, \d+, SIGUSR1\) = 0\n--- SIGUSR1 ---\nrt_sigreturn\(\) \.\.\.\n"),
    ("flags of clone", r"clone\(CLONE_CHILD_CLEARTID\|CLONE_CHILD_SETTID\|SIGCHLD, .*\) = \d+$"),
    ("the end", r"exit_group\(7\) \.\.\.\n\+\+\+ exited with 7 \+\+\+\s*\Z"),
]:
    t.like(mine, "(?m)^" + want if not want.endswith("Z") else want, name)
t.like(text, r"(?m)^\d+ pause\(\) = \? ERESTARTNOHAND\n\d+ --- SIGUSR1 ---$", "a call that a signal interrupts")
t.like(text, r"(?m)^\d+ \+\+\+ killed by SIGTERM \+\+\+$", "killed")
t.ok('"/etc/passwd", O_RDONLY' not in mine.partition("exit_group")[2] and "cat" not in text, "others are not traced")
with Guest("trace=why", image=image) as g:
    g.run("mkdir -p /m; mount -t nonsense none /m")
    t.like(g.run("dmesg | grep 'mount\\['"), r"mount\[\d+\]: mount: .*nonsense", "trace=why: a reason in words")
    t.is_(g.halt(), 0, "halt")
t.done()
