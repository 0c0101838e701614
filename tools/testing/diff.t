#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Differential tests: each program of diff/ runs on the host and in the guest, and must print the same."""
import difflib
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import coverage
from um import *

status = open("/proc/self/status").read()
if not re.search(r"^Seccomp:\s*0$", status, re.M):
    print("1..0 # SKIP system calls are filtered here (seccomp), as in a container: no host to compare with")
    sys.exit()
t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
bin_ = os.path.join(overlay, "diff")
here = os.path.join(SRC, "tools/testing/diff")
only = os.environ.get("DIFF", "").split()
subprocess.run(["make", "-s", "-C", here, f"OUT={bin_}", "-j2"], check=True, stdout=subprocess.DEVNULL)
programs = sorted(p for p in os.listdir(bin_) if not only or p in only)


# Those about files run on both of the guest's file systems that have an equal on the host.
ON_TMPFS = set("""acl attr copy dir_rules fcntl fd_errors fd_kinds fds getdents inotify inotify_more locks locks_more mount
    mount_errors names names_race nofile open openat2 path_errors path_refused pipe rename rw rw_edges stat xattr xattr_errors""".split())


def host_folder(kinds, candidates):
    """Where the host has such a file system that anybody may write to and execute from; or None."""
    for folder in candidates:
        r = subprocess.run(["stat", "-f", "-c", "%T", folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if r.stdout.strip() in kinds and os.access(folder, os.W_OK) and not os.statvfs(folder).f_flag & os.ST_NOEXEC:
            return folder
    return None


CAP_SYS_RESOURCE = 24       # the one that no program needs


def who():
    """The user and group of the programs, and how to become them: ourselves, but an ordinary one where root lacks capabilities."""
    last = int(open("/proc/sys/kernel/cap_last_cap").read())
    may = int(re.search(r"CapEff:\s*(\w+)", status).group(1), 16)
    if os.getuid() or may | 1 << CAP_SYS_RESOURCE == (2 << last) - 1:
        return os.getuid(), os.getgid(), {}
    print("# root lacks capabilities here, as in a container: the programs run as an ordinary user")
    os.chmod(d, 0o755)
    return 1000, 1000, {"user": 1000, "group": 1000, "extra_groups": []}


def on_host(program, folder):
    r = subprocess.run([os.path.join(bin_, program)], cwd="/", env=dict(os.environ, TMPDIR=folder), stdin=subprocess.DEVNULL,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, start_new_session=True, **becoming)
    return f"exit {r.returncode}\n" + r.stdout.decode(errors="replace")


def in_guest(g, program, folder):
    """Through a file, so that nothing else on the console gets in between."""
    g.run(f"cd /; TMPDIR={folder} {as_us} -c 'setsid /diff/{program} </dev/null >/mnt/out 2>&1; echo $? >/mnt/status'", 120)
    text = g.run("cat /mnt/out", 60)
    return f"exit {g.run('cat /mnt/status')}\n" + text + ("\n" if text else "")


image = make_image(os.path.join(d, "root_fs"), overlay, size="256M")
# The same user in the guest as on the host.
uid, gid, becoming = who()
as_us = "sh" if uid == 0 else "su us"
options = [o for o in os.environ.get("OPTIONS", "").split() if o]
trace = os.path.join(d, "calls")
boots = 0
g = None
ext4 = (host_folder(["ext2/ext3"], [tempfile.gettempdir(), "/var/tmp", "/tmp"]), "/tmp/w")
tmpfs = (host_folder(["tmpfs"], ["/dev/shm", "/tmp"]), "/mnt/w")
about_files = [p for p in programs if p in ON_TMPFS]
runs = [(p, ext4[0] or tempfile.gettempdir(), ext4[1]) for p in programs if ext4[0] or p not in about_files]
runs += [(p, *tmpfs) for p in about_files if tmpfs[0]]
some_left_out = not ext4[0] and not tmpfs[0]
if some_left_out:
    print("# the host has neither ext2, ext3, ext4 nor tmpfs to compare with; not run:", *about_files)
for program, host, guest in sorted(runs):
    if g is None:
        boots += 1
        g = Guest(*options, f"trace={trace}.{boots}", image=image, mem="256M", deadline=120)
        g.run("mount -t tmpfs tmpfs /mnt; chmod 1777 /mnt; mkdir -m 1777 /mnt/w /tmp/w")
        g.run(f"echo us:x:{uid}:{gid}::/:/bin/sh >> /etc/passwd; echo us:x:{gid}: >> /etc/group")
    try:
        want = on_host(program, host)
        got = in_guest(g, program, guest)
        t.ok(got == want, program + (" on tmpfs" if guest == tmpfs[1] else ""), "\n".join(difflib.unified_diff(want.splitlines(), got.splitlines(), "host", "guest", lineterm="", n=2)))
    except (Dead, subprocess.TimeoutExpired) as e:
        t.ok(False, program, e)
        g.kill()
        g = None
if g is not None:
    t.is_(g.halt(), 0, "halt")
    t.ok(clean(image), "the image is clean", fsck(image)[1])
# Ordinary users do not reach what only root may do, so only root's run of all programs can be complete.
subprocess.run(f"cat {trace}.* > {trace}", shell=True)
if "COVERAGE" in os.environ:
    shutil.copy(trace, os.environ["COVERAGE"])
if not only and uid == 0 and not some_left_out:
    t.is_("\n".join(coverage.problems(trace)), "", "every call implemented is reached, with success and each documented error")
t.done()
