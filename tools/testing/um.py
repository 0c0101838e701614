# SPDX-License-Identifier: GPL-2.0
"""The harness of boot tests: boots a guest on a pseudo terminal, types commands, looks at what comes back; prints TAP.

    t = Tap()
    with Guest(image="root_fs") as g:
        t.is_(g.run("echo hello"), "hello", "the shell answers")
        t.ok(g.halt() == 0, "halts")
    t.done()
"""
import atexit
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

OBJ = os.path.abspath(os.environ.get("O", "."))
LINUX = os.environ.get("LINUX", os.path.join(OBJ, "linux"))
SRC = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LONG = bool(os.environ.get("LONG"))
os.environ["PATH"] += ":/usr/sbin:/sbin"
os.umask(0o022)     # what goes into images is for everybody to read, whatever the caller's own files are
# Sanitizers write their reports to files, wherever the kernel's output goes: Tap.done() looks for them.
REPORTS = tempfile.mkdtemp(prefix="umreport.")
os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + f":log_path={REPORTS}/report"
os.environ["UBSAN_OPTIONS"] = os.environ.get("UBSAN_OPTIONS", "") + f":print_stacktrace=1:log_path={REPORTS}/report"


def take_reports():
    """(name, text) of each report that came since the last call."""
    for name in sorted(os.listdir(REPORTS)):
        path = os.path.join(REPORTS, name)
        with open(path, errors="replace") as f:
            yield name, f.read()
        os.unlink(path)


@atexit.register
def forget_reports():
    """At the end of a test, whatever ended it."""
    for name, text in take_reports():
        print(f"# {name}\n{text[:3000]}", file=sys.stderr)
    shutil.rmtree(REPORTS, ignore_errors=True)


LEAKS = []      # what kernels with CONFIG_DEBUG_LEAKS said at halt


def look_for_leaks(text):
    LEAKS.extend(re.findall(r"leaks: (?!none|not counted).*", text))


class Tap:
    """Counts and prints; done() ends the test with the right status."""

    def __init__(self):
        self.n = self.bad = 0

    def ok(self, good, name, detail=""):
        self.n += 1
        if not good:
            self.bad += 1
        print(f"{'ok' if good else 'not ok'} {self.n} - {name}")
        sys.stdout.flush()
        if not good:    # on stderr, which prove shows
            print("\n".join("# " + line for line in [f"not ok {self.n} - {name}", *str(detail).splitlines()[-40:]]), file=sys.stderr, flush=True)
        return good

    def is_(self, got, want, name):
        return self.ok(got == want, name, f"got:  {got!r}\nwant: {want!r}")

    def like(self, got, pattern, name):
        return self.ok(re.search(pattern, got, re.M) is not None, name, f"no match of {pattern!r} in:\n{got}")

    def done(self):
        for name, text in take_reports():
            self.ok(False, f"no sanitizer has anything to report ({name})", text[:3000])
        if LEAKS:
            self.ok(False, "nothing leaks", "\n".join(LEAKS))
        print(f"1..{self.n}")
        sys.exit(1 if self.bad else 0)


class Dead(Exception):
    """The kernel ended, or a deadline passed, while a command was expected to answer."""


class Guest:
    """One running ./linux. Commands go to a shell on its console; every wait has a deadline."""

    def __init__(self, *options, image=None, mem="128M", wait=True, deadline=60, prompt=True, env=None):
        argv = [LINUX, f"mem={mem}"]
        if image:
            argv += [f"ubd0={image}", "root=/dev/ubda"]
        argv += options
        self.deadline = deadline
        self.text = b""
        self.status = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "dumb"
            if env:
                os.environ.update(env)
            try:
                os.execv(LINUX, argv)
            finally:
                os._exit(127)   # what the parent is to clean up is not ours
        if wait:
            self.expect(rb"[#$] (\x1b\[6n)?$")
            self.run("stty -echo 2>/dev/null; PS1=''; export PS1")
        self.n = 0

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kill()

    def read(self, timeout):
        """Whatever comes within timeout is appended to self.text; False at the end of the guest."""
        ready, _, _ = select.select([self.fd], [], [], timeout)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.text += data
        return bool(data)

    def expect(self, pattern, deadline=None):
        """Reads until pattern (bytes) matches; returns the match and drops the text up to it."""
        end = time.monotonic() + (deadline or self.deadline)
        while True:
            m = re.search(pattern, self.text)
            if m:
                self.text = self.text[m.end():]
                return m
            if time.monotonic() > end:
                raise Dead(f"no {pattern!r} in time; the console says:\n{self.text[-2000:].decode(errors='replace')}")
            if not self.read(0.5):
                m = re.search(pattern, self.text)
                if m:
                    return m
                raise Dead(f"the kernel ended; its last words:\n{self.text[-3000:].decode(errors='replace')}")

    def type(self, text):
        os.write(self.fd, text.encode())

    def run2(self, command, deadline=None):
        """Runs a command in the shell: (status, output)."""
        self.type(f"{command}\necho @@$?@''@\n")
        m = re.compile(rb"@@(\d+)@@")
        end = time.monotonic() + (deadline or self.deadline)
        while not m.search(self.text):
            if time.monotonic() > end:
                raise Dead(f"{command}: no answer in time; so far:\n{self.text[-3000:].decode(errors='replace')}")
            if not self.read(0.5):
                raise Dead(f"{command}: the kernel ended:\n{self.text[-3000:].decode(errors='replace')}")
        hit = m.search(self.text)
        out, self.text = self.text[:hit.start()], self.text[hit.end():]
        out = out.decode(errors="replace").replace("\r\n", "\n").replace("\x1b[6n", "")
        return int(hit.group(1)), out.strip("\n")

    def run(self, command, deadline=None):
        """Its output alone."""
        return self.run2(command, deadline)[1]

    def wait(self, deadline=None):
        """The exit status of the kernel (128 + n for a signal)."""
        end = time.monotonic() + (deadline or self.deadline)
        while self.status is None:
            self.read(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                while self.read(0):
                    if not select.select([self.fd], [], [], 0)[0]:
                        break
                self.status = os.waitstatus_to_exitcode(status)
                if self.status < 0:
                    self.status = 128 - self.status
                os.close(self.fd)
                look_for_leaks(self.text.decode(errors="replace"))
            elif time.monotonic() > end:
                raise Dead(f"does not end; the console says:\n{self.text[-2000:].decode(errors='replace')}")
        return self.status

    def halt(self, command="halt"):
        if self.status is None:
            self.type(command + "\n")
        return self.wait()

    def kill(self):
        if self.status is None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.wait()


def workdir():
    """A folder that vanishes with the test."""
    d = tempfile.mkdtemp(prefix="umtest.")
    atexit.register(shutil.rmtree, d, ignore_errors=True)
    return d


def make_image(path, overlay=None, size="64M", kind="ext4"):
    """A busybox root_fs; overlay: a folder whose content is added."""
    cmd = [os.path.join(SRC, "scripts/mkrootfs"), "--busybox", "-o", path, "--force", "--size", size, "--type", kind]
    if overlay:
        cmd += ["--overlay", overlay]
    subprocess.run(cmd, check=True, stdout=subprocess.DEVNULL)
    return path


def fsck(image, *flags):
    """(status, text) of e2fsck."""
    r = subprocess.run(["e2fsck", *(flags or ("-fn",)), image], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return r.returncode, r.stdout


def clean(image):
    return fsck(image)[0] == 0


def once(*options, deadline=60, stdin=subprocess.DEVNULL):
    """Runs ./linux to its end without a terminal: (status, stdout and stderr)."""
    r = subprocess.run([LINUX, *options], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=deadline)
    look_for_leaks(r.stdout.decode(errors="replace"))
    return r.returncode, r.stdout.decode(errors="replace")


def host_processes(kernel_pid):
    """Pids of host processes whose parent is this kernel (its guests)."""
    found = []
    for p in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{p}/stat") as f:
                ppid = int(f.read().rsplit(")", 1)[1].split()[1])
            if ppid == kernel_pid:
                found.append(int(p))
        except (OSError, ValueError):
            pass
    return found


def gone(pids, within=5):
    """True when none of pids is alive any more (zombies count as gone)."""
    end = time.monotonic() + within
    while True:
        alive = []
        for p in pids:
            try:
                with open(f"/proc/{p}/stat") as f:
                    if f.read().rsplit(")", 1)[1].split()[0] != "Z":
                        alive.append(p)
            except OSError:
                pass
        if not alive:
            return True
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
