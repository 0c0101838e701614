#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
A host that is unkind: no ptrace, limits that are reached, a full disk, signals to the kernel, a terminal that is closed, host
processes that are stopped or killed. One clear line and status 1 at the start; later an error for the guest, never a crash.
"""
import fcntl
import os
import pty
import resource
import signal
import struct
import subprocess
import sys
import termios

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
image = make_image(os.path.join(d, "root_fs"))
sanitized = bool(os.environ.get("SANITIZED"))
args = [f"ubd0r={image}", "root=/dev/ubda", "init=/bin/sh", "con0=null,fd:1", "mem=32M"]
script = ["--", "-c", "echo RUNS; poweroff -f"]


def start(before, *options):
    """(status, output) of a kernel started after before() ran in its process."""
    r = subprocess.run([LINUX, *args, *options], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, preexec_fn=before)
    text = r.stdout.decode(errors="replace").replace("\r\n", "\n")
    look_for_leaks(text)
    return r.returncode, text


def refused(name, before, pattern, *options):
    status, text = start(before, *options, *script)
    said = [l for l in text.splitlines() if l.startswith("linux: ")]
    t.ok(status == 1 and len(said) == 1 and re.search(pattern, said[0]) and "RUNS" not in text, name, f"status {status}\n{text[-1500:]}")


# --- what the host may forbid: a small program installs the filter, since ours must be inherited by exec
wrapper = os.path.join(d, "deny")
with open(wrapper + ".c", "w") as f:
    f.write(r"""
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>
int main(int argc, char **argv)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, atoi(argv[1]), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (atoi(argv[2]) & SECCOMP_RET_DATA)),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = { 4, code };
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog))
		return 99;
	execv(argv[3], argv + 3);
	return 98;
}
""")
subprocess.run(["gcc", "-O1", "-w", "-o", wrapper, wrapper + ".c"], check=True)
for name, nr, err, pattern in (("ptrace", 101, 1, r"ptrace"), ("memfd_create", 319, 1, r"linux: "), ("vfork and clone", 58, 11, r"linux: "), ("timer_create", 222, 11, r"linux: ")):
    r = subprocess.run([wrapper, str(nr), str(err), LINUX, *args, *script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    text = r.stdout.decode(errors="replace")
    said = [l for l in text.splitlines() if l.startswith("linux: ")]
    t.ok(r.returncode == 1 and len(said) == 1 and re.search(pattern, said[0]), f"a host that forbids {name}", f"status {r.returncode}\n{text[-1500:]}")

# Without seccomp(2) guests are intercepted all the same, by one stop more where mappings changed.
r = subprocess.run([wrapper, "317", "38", LINUX, f"ubd0r={image}", "root=/dev/ubda", "init=/bin/sh", "mem=64M"], text=True,
                   input="echo first $(sh -c 'echo $PPID'); halt -f\n", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
t.ok(r.returncode == 0 and "first 1\n" in r.stdout.replace("\r", ""), "a host without seccomp", f"status {r.returncode}\n{r.stdout[-1500:]}")

# --- limits
if not sanitized:       # AddressSanitizer wants terabytes of addresses
    refused("no address space", lambda: resource.setrlimit(resource.RLIMIT_AS, (60 << 20, 60 << 20)), r"linux: ")
refused("files may not be large enough for memory", lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20)), r"linux: ")
refused("few descriptors", lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8)), r"linux: ")

# --- limits that are reached while running
def shell(before, *options, img=image, by=()):
    """A guest whose shell obeys lines on its standard input; the host's output of all comes at the end."""
    return subprocess.Popen([*by, LINUX, f"ubd0={img}", "root=/dev/ubda", "rw", "init=/bin/sh", "mem=64M", *options], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=before, start_new_session=True)


def talk(p, text):
    out = p.communicate(text.encode(), timeout=120)[0].decode(errors="replace").replace("\r\n", "\n")
    look_for_leaks(out)
    return p.returncode, out


many = "i=0; while [ $i -lt 60 ]; do sleep 3 & i=$((i+1)); done 2>/dev/null; wait; echo ali''ve; poweroff -f\n"
status, text = talk(shell(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))), many)
t.ok(status == 0 and "\nalive" in text, "few descriptors while running", text[-1500:])
if os.getuid():         # root has no limit of processes
    status, text = talk(shell(lambda: resource.setrlimit(resource.RLIMIT_NPROC, (60, 60))), many)
    t.ok((status == 0 and "\nalive" in text) or (status == 1 and "linux: " in text), "few host processes while running", text[-1500:])

# A disk whose file may not grow as far as it should: the guest gets errors, says so, and what it was told is safe is there.
# The file system is in a partition so far behind that memory files, which are limited too, are not hit.
START, SIZE, LIMIT = 72 << 20, 24 << 20, 82 << 20
disk, part = os.path.join(d, "disk"), os.path.join(d, "part")
FULL = ("mount -t proc proc /proc; mount -t ext4 /dev/ubdb1 /mnt; n=0; while [ $n -lt 30 ]; do n=$((n+1)); "
        "dd if=/dev/urandom of=/mnt/f$n bs=500k count=1 conv=fsync 2>/dev/null && echo synced $n $(md5sum < /mnt/f$n); done; "
        "dmesg | grep -c 'ubdb: .* failed on the host'; umount /mnt; echo ali''ve; poweroff -f\n")
with open(part, "wb") as f:
    f.truncate(SIZE)
subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-b", "1024", part], check=True, stdout=subprocess.DEVNULL)
with open(disk, "wb") as f, open(part, "rb") as g:
    f.write(b"\0" * 446 + bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + struct.pack("<II", START >> 9, SIZE >> 9) + b"\0" * 48 + b"\x55\xaa")
    f.seek(START)
    f.write(g.read().rstrip(b"\0"))
    f.truncate(START + SIZE)
status, text = talk(shell(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT)), f"ubd1={disk}"), FULL)
t.ok(status == 0 and "\nalive" in text, "a full host disk: the guest goes on", f"status {status}\n{text[-1500:]}")
t.like(text, r"^[1-9]\d*\n(.*\n)*alive", "and its log tells of the errors")
with open(disk, "rb") as f, open(part, "wb") as g:
    f.seek(START)
    g.write(f.read(SIZE))
fsck(part, "-fy")
synced, lost = re.findall(r"^synced (\d+) ([0-9a-f]{32})", text, re.M), []
for n, want in synced:
    data = subprocess.run(["debugfs", "-R", f"cat /f{n}", part], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    if subprocess.run(["md5sum"], input=data, stdout=subprocess.PIPE).stdout[:32].decode() != want:
        lost.append(n)
t.ok(0 < len(synced) < 30 and not lost and clean(part), "what was fsynced is there", f"{len(synced)} synced, lost {lost}\n{text[-1500:]}")

# --- signals to the kernel
def boot_script(**how):
    p = shell(None, **how)
    p.stdin.write(b"echo rea''dy $((40+2)); echo kept > /kept; sync; echo sy''nced\n")
    p.stdin.flush()
    text = b""
    while b"synced" not in text:
        piece = os.read(p.stdout.fileno(), 65536)
        if not piece:
            break
        text += piece
    return p, host_processes(p.pid)


# Containers do not let one write to another's memory so simply, nor ask for stacks that are not at random places.
for nr, name in (("311", "process_vm_writev"), ("135", "personality")):
    p, guests = boot_script(by=(wrapper, nr, "1"))
    titles = [open(f"/proc/{pid}/cmdline").read().rstrip("\0") for pid in guests]
    t.ok("./linux [sh]" in titles and not [x for x in titles if not re.fullmatch(r"\./linux \[.*\]", x) and set(x) != {"x"}],
         f"a host that forbids {name}: its ps names guests all the same", titles)
    p.stdin.write(b"(exit 3) | cat; halt -f\n")
    p.communicate(timeout=60)
    t.is_(p.returncode, 0, "and the guest halts")


for sig in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    p, guests = boot_script()
    p.stdin.write(b"echo not synced > /unsynced\n")
    p.stdin.flush()
    p.send_signal(sig)
    status, text = talk(p, "")
    t.ok(status == 1 and "panic" not in text and gone(guests) and clean(image), f"{sig.name}: it ends, all is on the disk, nobody is left", f"status {status}\n{text[-1000:]}")

# Input without end must not keep the kernel from all else.
for name, script, sig in (("guests run", "sleep 0.3; poweroff -f", None), ("signals are heard", "sleep 1000", signal.SIGTERM)):
    p = subprocess.Popen([LINUX, f"ubd0r={image}", "root=/dev/ubda", "init=/bin/sh", "mem=64M", "--", "-c", script],
                         stdin=open("/dev/zero"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if sig:
            while not host_processes(p.pid):
                time.sleep(0.05)
            p.send_signal(sig)
        status = p.wait(60)
    except subprocess.TimeoutExpired:
        p.kill()
        status = f"hangs: killed, {p.wait()}"
    t.is_(status, 1 if sig else 0, f"under input without end {name}")

p, guests = boot_script()
p.send_signal(signal.SIGQUIT)
status, text = talk(p, "echo ali''ve; poweroff -f\n")
t.ok(status == 0 and "task:sh " in text and "\nalive" in text, "SIGQUIT: tasks are dumped and it goes on", f"status {status}\n{text[-1000:]}")

# All come at once when it goes on; while a guest computes, on the small stack of a task's.
p, guests = boot_script()
p.stdin.write(b"while :; do :; done &\n")
p.stdin.flush()
time.sleep(0.2)
p.send_signal(signal.SIGSTOP)
while open(f"/proc/{p.pid}/stat").read().rsplit(")", 1)[1].split()[0] != "T":
    time.sleep(0.01)
for sig in signal.SIGALRM, signal.SIGIO, signal.SIGWINCH, signal.SIGURG, signal.SIGCHLD:
    p.send_signal(sig)
p.send_signal(signal.SIGCONT)
status, text = talk(p, "sleep 0.1; ls / | wc -l; echo ali''ve; poweroff -f\n")
t.ok(status == 0 and "\nalive" in text, "SIGSTOP, five signals, SIGCONT: it goes on", f"status {status}\n{text[-1000:]}")

p, guests = boot_script()
for g in guests:
    os.kill(g, signal.SIGSTOP)
    os.kill(g, signal.SIGCONT)
    os.kill(g, signal.SIGUSR1)
    os.kill(g, signal.SIGTRAP)
status, text = talk(p, "ls / | wc -l; echo ali''ve; poweroff -f\n")
t.ok(status == 0 and "\nalive" in text, "signals to guests' host processes do nothing", f"status {status}\n{text[-1000:]}")

p, guests = boot_script()
p.kill()        # the tracing thread is the kernel
p.communicate(timeout=60)
t.ok(gone(guests), "SIGKILL: nobody is left")
fsck(image, "-fy")

# --- the terminal that it runs on is closed
pid, fd = pty.fork()
if pid == 0:
    try:
        os.execv(LINUX, [LINUX, f"ubd0={image}", "root=/dev/ubda", "rw", "init=/bin/sh", "mem=32M"])
    finally:
        os._exit(127)
text = b""
while b"# " not in text:
    text += os.read(fd, 65536)
guests = host_processes(pid)
os.close(fd)
end = time.monotonic() + 60
while time.monotonic() < end:
    ended, status = os.waitpid(pid, os.WNOHANG)
    if ended:
        break
    time.sleep(0.05)
else:
    os.kill(pid, signal.SIGKILL)
t.ok(ended and os.waitstatus_to_exitcode(status) == 1 and gone(guests) and clean(image), "its terminal is closed: it ends in order", fsck(image)[1])
t.done()
