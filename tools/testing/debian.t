#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Debian 12 with gcc, libc6-dev and python3, driven over the console: what is read equals what the host reads, programs
work, the image stays clean. Runs with LONG=1 (makes its image, which takes the network and minutes) or with an image given:
DEBIAN_IMAGE=debian_fs tools/testing/debian.t. A bigger image (--include=... of WANTED below) is used for more."""
import hashlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

given = os.environ.get("DEBIAN_IMAGE")
if not LONG and not given:
    print("1..0 # SKIP with LONG=1, or DEBIAN_IMAGE=...")
    sys.exit(0)

t = Tap()
d = workdir()
image = os.path.join(d, "image")
if given:
    subprocess.run(["cp", "--sparse=always", given, image], check=True)
else:
    subprocess.run([os.path.join(SRC, "scripts/mkrootfs"), "--debian", "bookworm", "--include=gcc,libc6-dev,python3", "-o", image],
                   check=True, stdout=sys.stderr, env={**os.environ, "TMPDIR": d})

SETUP = ("bind 'set enable-bracketed-paste off' 2>/dev/null; export HOME=/root LC_ALL=C.UTF-8 PAGER=cat TERM=dumb; "
         "export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; mount -t proc proc /proc; mount -t tmpfs tmpfs /tmp; "
         "mount -t tmpfs tmpfs /run; mkdir -p /dev/pts /dev/shm; mount -t devpts devpts /dev/pts; mount -t tmpfs tmpfs /dev/shm; cd /tmp")
POWER_OFF = "sync; mount -o remount,ro /; echo o > /proc/sysrq-trigger; sleep 30"


def boot(*options):
    g = Guest("init=/bin/bash", *options, image=None, mem="1G", deadline=600)
    g.run(SETUP)
    return g


# ---- Reading. The guest's listings go to a second disk, the console being slow.
tree, out = os.path.join(d, "tree"), os.path.join(d, "out")
with open(out, "wb") as f:
    f.truncate(32 << 20)


def result():
    with open(out, "rb") as f:
        return f.read().rstrip(b"\0").decode(errors="surrogateescape").splitlines()


def to_disk(g, command):
    """Its output's lines as the host reads them from the second disk."""
    g.run(f"head -c 32M /dev/zero > /dev/ubdb; sync; ({command}) > /dev/ubdb; sync", deadline=1200)
    return result()


os.mkdir(tree)
subprocess.run(["debugfs", "-R", f"rdump / {tree}", image], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
sums, stats = {}, {}
for folder, folders, files in os.walk(tree):
    for name in files + folders:
        path = os.path.join(folder, name)
        st, short = os.lstat(path), path[len(tree):]
        if os.path.islink(path):
            stats[short] = f"l {os.readlink(path)}"
        elif os.path.isfile(path):
            stats[short] = f"f {st.st_mode & 0o777:o} {st.st_size}"
            with open(path, "rb") as f:
                sums[short] = hashlib.md5(f.read()).hexdigest()
        elif os.path.isdir(path):
            stats[short] = f"d {st.st_mode & 0o777:o}"
shutil.rmtree(tree, ignore_errors=True)
mounted = ("/proc", "/dev", "/tmp", "/run", "/sys")     # other file systems lie there
before = hashlib.md5(open(image, "rb").read()).hexdigest()
with boot(f"ubd0r={image}", f"ubd1={out}", "root=/dev/ubda") as g:
    lines = to_disk(g, "find / -xdev -type f -print0 | xargs -0 md5sum | sed 's/^[\\\\]*//'")
    theirs = {name: md5 for md5, _, name in (line.partition("  ") for line in lines)}
    ours = {name: md5 for name, md5 in sums.items() if not name.startswith(tuple(m + "/" for m in mounted))}
    wrong = sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))
    t.ok(len(ours) > 3000 and not wrong, "md5sum of every file is what the host reads", f"{len(ours)} files\n" + "\n".join(wrong[:20]))
    lines = to_disk(g, "find / -xdev -type f -printf '%p\\tf %m %s\\n' -o -type l -printf '%p\\tl %l\\n' -o -type d -printf '%p\\td %m\\n'")
    theirs = {name: re.sub(r"^([fd]) \d*?(\d{1,3})\b", r"\1 \2", what) for name, what in (line.split("\t", 1) for line in lines)}   # rdump drops set-id bits
    wrong = sorted(n for n in stats if not n.startswith(mounted) and theirs.get(n) != stats[n])
    t.ok(not wrong, "so are types, modes, sizes and links", "\n".join(f"{n}: {stats[n]}, guest: {theirs.get(n)}" for n in wrong[:20]))
    lines = to_disk(g, "ls -lR -I proc /; echo status $?")
    t.is_(lines[-1], "status 0", "ls -lR /")
    t.is_(g.halt("echo o > /proc/sysrq-trigger; sleep 30"), 0, "power off")
t.is_(hashlib.md5(open(image, "rb").read()).hexdigest(), before, "a disk given read only is the same afterwards")

# ---- Programs. Each: what it is called, the command, a pattern its output matches; the status must be 0.
PROGRAMS = [
    ("dpkg -l", "dpkg -l | grep -c ^ii", r"^\d{2,}$"),
    ("dpkg --verify", "dpkg --verify libc6 && dpkg --verify bash coreutils dpkg && echo whole", r"\Awhole$"),
    ("apt-get", "apt-get --version | head -n 1", r"^apt \d"),
    ("apt-get update without a network fails cleanly", "timeout 60 apt-get -o Acquire::Retries=0 update >/dev/null 2>&1; [ $? -lt 124 ]", ""),
    ("perl", "perl -e 'my $p = fork // die; exit 3 unless $p; waitpid $p, 0; print $? >> 8, \" \", join(\",\", sort { $a <=> $b } 10, 9, 8), \"\\n\"'",
     r"^3 8,9,10$"),
    ("python3: threads", "python3 -c 'import threading as t; r = []; q = [t.Thread(target=lambda i=i: r.append(i * i)) for i in range(50)]; "
     "[x.start() for x in q]; [x.join() for x in q]; print(sum(r))'", r"^40425$"),
    ("python3: subprocesses", "python3 -c 'import subprocess as s; print(sum(int(s.check_output([\"expr\", str(i), \"+\", \"1\"])) for i in range(30)))'",
     r"^465$"),
    ("python3: a pool of processes", "python3 -c 'import multiprocessing as m; p = m.Pool(3); print(sum(p.map(abs, range(1000)))); p.close(); p.join()'",
     r"^499500$"),
    ("python3: sqlite", "python3 -c 'import sqlite3; c = sqlite3.connect(\"/root/x.db\"); c.execute(\"create table t(a)\"); "
     "c.executemany(\"insert into t values(?)\", ((i,) for i in range(1000))); c.commit(); print(c.execute(\"select sum(a) from t\").fetchone())'; "
     "rm -f /root/x.db", r"499500"),
    ("tar, gzip, and back", "cd /root && tar cf u.tar -C /usr/share doc && gzip -k u.tar && gunzip -c u.tar.gz | cmp - u.tar && mkdir u && tar xf u.tar -C u && "
     "diff -r --no-dereference u/doc /usr/share/doc && echo same; rm -rf u u.tar u.tar.gz; cd /tmp", r"^same$"),
    ("sort of a large file", "seq 1000000 | sort -r > /root/s && sort -n /root/s | md5sum; seq 1000000 | md5sum; rm /root/s", r"^(\S+)  -\n\1  -$"),
    ("dd", "dd if=/dev/zero of=/root/z bs=1M count=300 2>/dev/null && cmp -n 300M /root/z /dev/zero && stat -c %s /root/z; rm /root/z", r"^314572800$"),
    ("gcc", "printf '#include <stdio.h>\\nint main(void) { puts(\"compiled\"); return 0; }\\n' > h.c && gcc -O2 -o h h.c && ./h", r"^compiled$"),
    ("a program as another user", "su -s /bin/sh nobody -c 'id -un; touch /root/x 2>&1; true'", r"^nobody\ntouch: .*Permission denied"),
    ("useradd, login records, passwd", "useradd -m joe && echo joe:secret | chpasswd && su - joe -c 'pwd; whoami' && userdel -r joe 2>/dev/null; id joe 2>&1 | grep -c 'no such'",
     r"^/home/joe\njoe\n1$"),
    ("ten thousand forks", "i=0; while [ $i -lt 10000 ]; do (:); i=$((i+1)); done; echo $i", r"^10000$"),
]
# Only with the packages that they are from.
WANTED = [
    ("git", "git init -q r && cd r && git config user.email a@b && git config user.name n && for i in 1 2 3 4 5; do echo $i > f; git add f; git commit -qm $i; done && "
     "git gc -q && git fsck 2>/dev/null && git log --oneline | wc -l; cd /tmp", r"^5$"),
    ("vim", "vim -es -u NONE -c 'call setline(1, [\"a\", \"b\"])' -c 'w! v' -c q; cat v", r"^a\nb$"),
    ("tmux", "tmux new-session -d -s y && tmux send-keys -t y 'echo in''side > /tmp/tm' Enter && for i in $(seq 100); do [ -s tm ] && break; sleep 0.1; done; cat tm; "
     "tmux kill-server", r"^inside$"),
    ("make", "mkdir m && cd m && printf 'all: a b\\na b:\\n\\t@sleep 0.1; touch $@\\n' > Makefile && make -j2 && ls; cd /tmp", r"^Makefile +a +b$|^Makefile\na\nb$"),
    ("rsync", "rsync -a /etc/ e/ && diff -r --no-dereference /etc e && echo same", r"^same$"),
    ("sqlite3", "sqlite3 /root/y.db 'create table t(a); insert into t values(1),(2); select sum(a) from t;'; rm /root/y.db", r"^3$"),
    ("valgrind", "printf 'int main(void) { return 0; }' > n.c && gcc -o n n.c && valgrind -q ./n && echo fine", r"^fine$"),
    ("ruby", "ruby -e 't = Thread.new { sleep 0.1; puts 5 }; t.join; puts `echo hi`'", r"^5\nhi$"),
    ("node", "node -e 'setTimeout(() => console.log(\"late\"), 50); require(\"child_process\").exec(\"echo x\", (e, o) => console.log(e, o))' | sort", r"late\n.*x|x.*\n?late"),
    ("java", "java -version 2>&1 | head -n 1", r"version"),
    ("xz", "xz -T2 -c /usr/bin/python3.11 | xz -dc | cmp - /usr/bin/python3.11 && echo same", r"^same$"),
    ("zstd", "zstd -q -T2 -c /usr/bin/python3.11 | zstd -dc | cmp - /usr/bin/python3.11 && echo same", r"^same$"),
    ("sudo", "sudo -u nobody id -un", r"^nobody$"),
    ("man", "man -P cat ls | head -n 1", r"^LS\(1\)"),
    ("ssh-keygen", "ssh-keygen -q -t ed25519 -N '' -f k && wc -l < k.pub; ssh localhost true 2>&1 | grep -c 'not supported'", r"^1\n1$"),
    ("lsof", "lsof -p $$ | grep -c /dev/console", r"^\d+$"),
    ("locale-gen", "localedef -i de_DE -f UTF-8 de_DE.UTF-8 && LC_ALL=de_DE.UTF-8 date -d 2024-03-01 +%B", r"^März$"),
]
with boot(f"ubd0={image}", "root=/dev/ubda", "rw") as g:
    for name, command, pattern in PROGRAMS:
        status, text = g.run2(command)
        t.ok(status == 0 and re.search(pattern, text, re.M), name, f"status {status}\n{text}")
    for name, command, pattern in WANTED:
        if g.run2(f"command -v {name} gcc >/dev/null && [ $(command -v {name} gcc | wc -l) = 2 ]")[0] == 0:
            status, text = g.run2(command)
            t.ok(status == 0 and re.search(pattern, text, re.M), name, f"status {status}\n{text}")
    t.is_(g.halt(POWER_OFF), 0, "power off")
t.ok(clean(image), "the image is clean", fsck(image)[1])
t.done()
