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
    ("a refusal and flags", r'openat\(AT_FDCWD, "/nonexistent", O_RDWR\|O_CREAT\|O_EXCL\|O_DIRECTORY\|O_CLOEXEC, 0640\) = -1 EINVAL \(O_CREAT with O_DIRECTORY\)$'),
    ("what stat says", r'newfstatat\(AT_FDCWD, "/etc/passwd", 0x\w+, 0\) = 0 /\* mode 0100644, size \d+ \*/$'),
    ("two descriptors", r"pipe2?\(0x\w+(, O_RDONLY)?\) = 0 /\* \[3, 4\] \*/$"),
    ("bytes written", r'write\(4, "a \\"quoted\\"\\n\\11byte\\377", 17\) = 17$'),
    ("bytes read", r'read\(3, 0x\w+, 64\) = 17 /\* "a \\"quoted\\"\\n\\11byte\\377" \*/$'),
    ("a whence", r"lseek\(3, 0, SEEK_END\) = -1 ESPIPE \(a stream, without positions\)$"),
    ("an address", r"mmap\(NULL, 4096, PROT_READ\|PROT_WRITE, MAP_PRIVATE\|MAP_ANONYMOUS, -1, 0\) = 0x[0-9a-f]+$"),
    ("a time", r"clock_nanosleep\(CLOCK_REALTIME, 0, \{0 s, 20000000 ns\}, NULL\) = 0$"),
    ("a long path", r'unlink\("x{100}"\.\.\.\) = -1 ENAMETOOLONG \(a name is longer than 255 bytes\)$'),
    ("a bad pointer", r"unlink\(0x10\) = -1 EFAULT \(0x10 cannot be read\)$"),
    ("a signal taken", r"tgkill\(\d+, \d+, SIGUSR1\) = 0\n--- SIGUSR1 \{code -6, pid \d+\} ip 0x\w+ ---\nrt_sigreturn\(\) \.\.\.\n"),
    ("flags of clone", r"clone\(CLONE_CHILD_CLEARTID\|CLONE_CHILD_SETTID\|SIGCHLD, .*\) = \d+$"),
    ("the end", r"exit_group\(7\) \.\.\.\n\+\+\+ exited with 7 \+\+\+\s*\Z"),
]:
    t.like(mine, "(?m)^" + want if not want.endswith("Z") else want, name)
t.like(text, r"(?m)^\d+ pause\(\) = \? ERESTARTNOHAND\n\d+ --- SIGUSR1 \{code 0, pid \d+\} ip 0x\w+ ---$", "a call that a signal interrupts")
t.like(text, r"(?m)^\d+ \+\+\+ killed by SIGTERM \+\+\+$", "killed")
t.ok('"/etc/passwd", O_RDONLY' not in mine.partition("exit_group")[2] and "cat" not in text, "others are not traced")

# ---- Reasons.
WHY = [
    ("mount -t nonsense none /m", r'mount: \d+ mount\("none", "/m", "nonsense", .*\) = -1 ENODEV \(no file system type nonsense in this kernel\)'),
    ("umount /m", r"umount2\(.* = -1 EINVAL \(/m is not a mount that can go\)"),
    ("cat /etc/passwd/x", r"openat\(.* = -1 ENOTDIR \(/etc/passwd is not a directory\)"),
    ("ls /nowhere/x", r"newfstatat\(.* = -1 ENOENT \(no nowhere in /\)"),
    ("ln -s l /tmp/l; cat /tmp/l", r"ELOOP \(symbolic links are too many\)"),
    ("echo '#!/no/such' > /tmp/s; chmod +x /tmp/s; /tmp/s", r'execve\("/tmp/s", .* = -1 ENOENT \(its interpreter /no/such\)'),
    ("cp /linux.i386 /tmp/i; chmod +x /tmp/i; /tmp/i", r'execve\("/tmp/i", .* = -1 ENOEXEC \(not a 64-bit little-endian ELF file\)'),
    ("ln /m /n", r"EPERM \(a directory\)"),
    ("mv /m /m/x", r"EINVAL \(a directory cannot move into itself\)"),
    ("echo x > /bin/busybox", r"ETXTBSY \(a program that runs\)"),
    ("nc -l -p 80", r"EAFNOSUPPORT \(address family 2 is not in this kernel\)"),
    ("su joe -c 'cat /root/x'", r"EACCES \(no search permission in /root, mode 0700 of 0:0, for user 1000\)"),
    ("su joe -c 'echo > /etc/passwd'", r"EACCES \(no permission to write, mode 0644 of 0:0, for user 1000\)"),
    ("su joe -c 'kill -9 1'", r"kill\(1, SIGKILL\) = -1 EPERM \(process 1 is user 0's\)"),
    ("su joe -c 'chown joe /etc/passwd'", r"EPERM \(CAP_CHOWN is missing\)"),
    ("su joe -c 'ulimit -n 5; exec 3</dev/null 4</dev/null 5</dev/null'", r"E\w+ \(RLIMIT_NOFILE is 5\)"),
]
with open(os.path.join(overlay, "linux.i386"), "wb") as f:
    f.write(b"\x7fELF\x01\x01\x01" + bytes(100))
image = make_image(os.path.join(d, "root_fs2"), overlay)
with Guest("trace=why", "loglevel=4", image=image) as g:
    g.run("echo joe:x:1000:1000:joe:/:/bin/sh >> /etc/passwd; chmod 700 /root; mkdir /m")
    for command, want in WHY:
        g.run("dmesg -c >/dev/null; cd /; " + command + " 2>/dev/null")
        t.like(g.run("dmesg"), want, "why: " + command)
    t.is_(g.halt(), 0, "halt")
with Guest("trace=why:cat", "loglevel=4", image=image) as g:
    g.run("dmesg -c >/dev/null; ls /none; cat /nothing")
    text = g.run("dmesg")
    t.ok("no nothing in /" in text and "no none in /" not in text, "why: of one program", text)
    t.is_(g.halt(), 0, "halt")
t.done()
