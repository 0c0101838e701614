#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""
Fault injection: the n-th allocation, host call or disk write of a fixed piece of work fails, for growing n (every n with
LONG=1) until it has come to nothing. The kernel neither crashes nor hangs, and e2fsck -fy repairs its disk.
FAIL="alloc:17 preadv:3" runs just these, FAIL="alloc" one kind; POINTS=n: so many of each host call; STEP=n: even steps.
"""
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

WORK = r"""
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
exec </dev/null
mount -t proc proc /proc
mount -o remount,rw /
echo WORK-STARTS
cat /proc/um/hostcalls
mkdir -p /tmp/d /mnt
for i in 1 2 3 4 5 6; do echo $i | cat | sort >/tmp/d/f$i; done
ln /tmp/d/f1 /tmp/d/hard; ln -s f2 /tmp/d/soft; mv /tmp/d/f3 /tmp/d/moved
dd if=/dev/zero of=/tmp/big bs=4k count=96 2>/dev/null
cat /tmp/d/* | md5sum </tmp/big
sync
mount -t tmpfs none /mnt
cp -r /tmp/d /mnt/; cp /tmp/big /mnt/big; ls -lR /mnt >/dev/null; rm -rf /mnt/d; umount /mnt
mkfifo /tmp/p; (echo through >/tmp/p &); read -t 2 x <>/tmp/p
syslogd -O /tmp/log; logger hello; logger again; killall syslogd
find /proc/1 /proc/self /proc/sys /sys -type f 2>/dev/null | wc -l
cat /proc/meminfo /proc/mounts /proc/slabinfo /proc/self/maps >/dev/null
ps >/dev/null; (exec sleep 0.02) & wait
rm -rf /tmp/d /tmp/big
sync
echo WORK-ENDS
cat /proc/um/hostcalls
cat /proc/um/fail
"""
INITTAB = "::sysinit:/bin/sh /work\n::once:/bin/sh -c 'sync; halt -f'\n::respawn:/bin/sh -c 'sleep 1; sync; halt -f'\n"
# What programs say of a call that failed ("read error: Bad address") is not among it.
BAD = re.compile(r"\b(?i:bug)\b|(?i:panic)|ERROR: |: runtime error: |STUCK|Sanitizer|(?i:unlikely)|WARNING")
# busybox's init says so, and sleeps for ever: these are its last words.
GAVE_UP = re.compile(r"^init: can't [^\n]*\s*\Z", re.M)

t = Tap()
dir_ = workdir()
overlay = os.path.join(dir_, "overlay")
# What init runs when the fault keeps the inittab from it.
RCS = "#!/bin/sh\n/bin/sync; /sbin/halt -f\n"
for name, text in ("work", WORK), ("etc/inittab", INITTAB), ("etc/init.d/rcS", RCS):
    os.makedirs(os.path.dirname(os.path.join(overlay, name)), exist_ok=True)
    with open(os.path.join(overlay, name), "w") as f:
        f.write(text)
    os.chmod(os.path.join(overlay, name), 0o755)
fresh = make_image(os.path.join(dir_, "fresh"), overlay, size="16M")
image = os.path.join(dir_, "root_fs")
STEP = int(os.environ.get("STEP", "0"))
DEADLINE = 60 if os.environ.get("SANITIZED") else 20


def boot(*options):
    """(status or None, console) of one run on a fresh image."""
    subprocess.run(["cp", "--sparse=always", fresh, image], check=True)
    try:
        return once(f"ubd0={image}", "root=/dev/ubda", "con0=null,fd:1", "con=null", "init=/sbin/init", "mem=64M", *options, deadline=DEADLINE)
    except subprocess.TimeoutExpired as e:
        return None, (e.stdout or b"").decode(errors="replace")


def verdict(option):
    """(what is wrong or "", whether the fault had come)."""
    status, text = boot(option)
    wrong = []
    early = "WORK-STARTS" not in text       # boot may end, saying what it lacks
    text = re.sub(r"Kernel panic - not syncing: (Attempted to kill init|init )" if not early else
                  r"Kernel panic - not syncing: (Attempted to kill init|init |cannot |no memory )", "EXCUSED", text)
    excused = "EXCUSED" in text
    if status is None and not GAVE_UP.search(text):
        wrong.append("hangs")
    elif BAD.search(text):
        wrong.append("says: " + next(l for l in text.splitlines() if BAD.search(l)))
    elif status not in (None, 0, 1) and not excused:
        wrong.append(f"ends with status {status}")
    fsck(image, "-fy")
    if not clean(image):
        wrong.append("e2fsck -fy did not repair the disk: " + fsck(image)[1])
    waits = "hostcall waits" if "alloc:" not in option else "alloc waits"
    if option.startswith("cut="):
        waits = "WORK-ENDS" if "power cut" not in text else "power was cut"
    came = waits not in text
    if wrong:
        with open(os.environ.get("FAIL_LOG", "/dev/null"), "a") as f:
            f.write(f"=== {option}: {wrong}\n{text}\n")
        wrong.append("\n".join(text.splitlines()[-25:]))
    return "\n".join(wrong), came


def counts(text):
    return {m[1]: int(m[2]) for m in re.finditer(r"^(\w+) +(\d+)\r?$", text, re.M)}


def sweep(name, option, first, last, step):
    """Faults from first on, in growing steps, until one does not come (or after last)."""
    n, runs, bad = first, 0, []
    while n <= last:
        wrong, came = verdict(f"{option}:{n}")
        runs += 1
        if wrong:
            bad.append(f"{option}:{n}: {wrong}")
        if not came:
            break
        n += 1 if LONG else STEP or max(1, step(n - first))
    t.ok(not bad, f"{name}: {runs} faults", "\n".join(bad))


status, text = boot()
t.ok(status == 0 and "WORK-ENDS" in text and not BAD.search(text), "without any fault", text)
before, after = (counts(x) for x in (text.split("WORK-STARTS")[-1].split("WORK-ENDS")[0], text.split("WORK-ENDS")[-1]))
wanted = os.environ.get("FAIL", "").split()
for w in filter(lambda w: ":" in w, wanted):
    wrong, came = verdict(("" if w.startswith("cut=") else "fail=") + w)
    t.ok(not wrong, f"{w}{'' if came else ' (does not come)'}", wrong)
if not wanted or "alloc" in wanted:
    sweep("alloc", "fail=alloc", 1, 10**9, lambda d: d + 2 if d < 500 else d // 2)
if not wanted or "cut" in wanted:
    sweep("cut", "cut=ubda", 1, 10**9, lambda d: d + 5)
POINTS = int(os.environ.get("POINTS", "2"))
for call in sorted(after):
    if wanted and call not in wanted and "hostcalls" not in wanted:
        continue
    at_boot, n = before.get(call, 0), after[call] - before.get(call, 0)
    if LONG or wanted or at_boot < 6:
        sweep(f"{call} at boot", f"fail={call}", 1, at_boot, lambda d: d + 1)
    if n:
        sweep(f"{call} at work", f"fail={call}", at_boot + 1 + n // (5 * POINTS), after[call], lambda d: n // POINTS)
t.done()
