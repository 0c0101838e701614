#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the differential tests reach of the system calls: which succeeded, which errors were seen.

diff.t boots its guest with trace= to a file and asks here what is missing; by hand:

    tools/testing/coverage.py               runs all of diff.t, prints a table: call, good calls, errors seen, errors never seen
    tools/testing/coverage.py calls.log     the same of a trace kept by COVERAGE=calls.log O=. tools/testing/diff.t

diff/errors says which errors each call documents, diff/untested which of them no program reaches. See their headers.
"""
import os
import re
import subprocess
import sys
import tempfile

SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DIFF = os.path.join(SRC, "tools/testing/diff")
OK = "success"


def implemented():
    """The names of kernel/syscalls.def that are not ABSENT, in its order."""
    with open(os.path.join(SRC, "kernel/syscalls.def")) as f:
        rows = re.findall(r"^SYSCALL\(\w+, (\w+), \w+, \w+, (\w+)", f.read(), re.M)
    return [name for name, state in rows if state != "ABSENT"]


def lines(name):
    with open(os.path.join(DIFF, name)) as f:
        for line in f:
            line = line.split("#")[0].strip()
            if line:
                yield line


def documented():
    """{call: [errno names]} of diff/errors; success stands for itself."""
    return {call.strip(): [OK, *what.split()] for call, _, what in (line.partition(":") for line in lines("errors"))}


def untested():
    """{(call, what): reason} of diff/untested; the reason is empty for what is still to be written."""
    out = {}
    for line in lines("untested"):
        call, what, *reason = line.split(None, 2)
        out[call, what] = reason[0] if reason else ""
    return out


CALL = re.compile(r"(\d+) (?:<\.\.\. (\w+) resumed>|(\w+)\((.*))\)(?: = (?:(?:-1|\?) (E\w+)|(-?\w+))| \.\.\.)")
STARTS_CHILD = {"fork", "vfork", "clone", "clone3"}
NEVER_RETURNS = {"exit", "exit_group", "rt_sigreturn"}
def seen(trace):
    """{call: {"success" or errno name: times}} of what the programs of /diff and their children called."""
    parsed = []
    ours = {}                       # pid -> line from which on it is a test program
    with open(trace, errors="replace") as f:
        for n, line in enumerate(f):
            m = CALL.match(line)
            if not m:
                continue
            pid, resumed, call, args, err, ret = m.groups()
            call, args = call or resumed, args or ""
            parsed.append((n, pid, call, ret, err))
            if call == "execve" and args.startswith('"/diff/'):
                ours.setdefault(pid, n)
    # A child may speak before its parent's fork is shown, so families first.
    for n, pid, call, ret, err in parsed:
        if call in STARTS_CHILD and ret and ret != "0" and ours.get(pid, n + 1) <= n:
            ours[ret] = min(ours.get(ret, n), 0)
    out = {}
    for n, pid, call, ret, err in parsed:
        if ours.get(pid, n + 1) > n or (ret is None and not err and call not in NEVER_RETURNS):
            continue
        # Restarts end as EINTR where the handler does not restart, which is decided after the trace: interrupted.c sees it.
        what = "EINTR" if err and err.startswith("ERESTART") else err or OK
        times = out.setdefault(call, {})
        times[what] = times.get(what, 0) + 1
    return out


def problems(trace):
    """What diff.t complains about: each a line of text. Empty: all that is documented was seen, or is known not to be."""
    got, want, known, bad = seen(trace), documented(), untested(), []
    for call in implemented():
        if call not in want:
            bad.append(f"{call}: say in diff/errors which errors it documents")
    for call, whats in want.items():
        for what in whats:
            was_seen = what in got.get(call, {})
            if was_seen and known.get((call, what)) == "":
                bad.append(f"{call}: {what} is reached now: delete its line of diff/untested")
            if not was_seen and (call, what) not in known and ("*", what) not in known:
                bad.append(f"{call}: no program of diff/ reaches {what}")
    for call, what in known:
        if call != "*" and what not in want.get(call, []):
            bad.append(f"diff/untested: {call} {what}: diff/errors does not name it")
    return bad


def table(trace):
    got, want, known = seen(trace), documented(), untested()
    for call in implemented():
        times = got.get(call, {})
        missing = [w for w in want.get(call, []) if w not in times and not known.get((call, w)) and not known.get(("*", w))]
        errors = sorted(w for w in times if w != OK)
        print(f"{call:24} {times.get(OK, 0):7}  {' '.join(errors)}" + (f"   MISSING {' '.join(missing)}" if missing else ""))
    never = [c for c in implemented() if c not in got]
    print("never called: " + (" ".join(never) or "none"))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        table(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory(prefix="umtest.") as d:
            log = os.path.join(d, "calls.log")
            subprocess.run([os.path.join(SRC, "tools/testing/diff.t")], env=dict(os.environ, COVERAGE=log), stdout=subprocess.DEVNULL)
            table(log)
