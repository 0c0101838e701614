#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""The root file system: every way to name it, what is said when it cannot be, an initrd, mounts that come and go, name caches in little memory."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

UUID = "11111111-2222-3333-4444-555555555555"
t = Tap()
d = workdir()
os.mkdir(os.path.join(d, "elsewhere"))
os.chdir(os.path.join(d, "elsewhere"))  # no root_fs there, which would be a disk without being asked for
image = make_image(os.path.join(d, "root_fs"))
subprocess.run(["tune2fs", "-L", "myroot", "-U", UUID, image], check=True, stdout=subprocess.DEVNULL)

for root in ("/dev/ubda", "/dev/ubd0", "/dev/ubd/0", "98:0", "6200", "LABEL=myroot", "UUID=" + UUID, None):
    with Guest(f"ubd0r={image}", *([f"root={root}"] if root else [])) as g:
        t.like(g.run("dmesg"), r"VFS: Mounted root \(ext4 filesystem\) readonly on device 98:0", f"root={root}")
with Guest("rw", "rootflags=errors=remount-ro", "rootfstype=ext4", image=image) as g:
    t.like(g.run("dmesg"), r"VFS: Mounted root \(ext4 filesystem\) on device 98:0", "rw, rootflags, rootfstype")
    t.is_(g.halt(), 0, "halt")


def refused(name, pattern, *options):
    status, text = once(*options)
    t.ok(status == 1 and re.search(pattern, text, re.M), name, f"status {status}\n{text}")


refused("a disk that is not there: the others are named", r"^linux: root=/dev/ubdz: no such disk.*ubda", f"ubd0r={image}", "root=/dev/ubdz")
refused("a label that is not there", r"^linux: root=LABEL=no: no such disk", f"ubd0r={image}", "root=LABEL=no")
refused("no disk at all", r"^linux: root=98:0: no such disk; there are: none")
refused("an unknown file system type", r"^linux: root=98:0: ", f"ubd0r={image}", "rootfstype=nosuchfs")
refused("bad mount options", r"^linux: root=98:0: ", f"ubd0r={image}", "rootflags=nosuchoption")
refused("a delay that is no number", r"^linux: rootdelay=x: ", "rootdelay=x")

# An initrd: a program, a hard link, a link, a node, owners and modes, and no disk.
tree = os.path.join(d, "initrd")
for name in ("bin", "dev", "proc", "tmp"):
    os.makedirs(os.path.join(tree, name))
busybox = shutil.which("busybox")
shutil.copy(busybox, os.path.join(tree, "bin/busybox"))
os.link(os.path.join(tree, "bin/busybox"), os.path.join(tree, "bin/hard"))
os.symlink("busybox", os.path.join(tree, "bin/sh"))
with open(os.path.join(tree, "init"), "w") as f:
    f.write("#!/bin/sh\nexec /bin/busybox sh\n")
os.chmod(os.path.join(tree, "init"), 0o755)
with open(os.path.join(tree, "private"), "w") as f:
    f.write("x" * 100000)
os.chmod(os.path.join(tree, "private"), 0o640)
with open(os.path.join(d, "initrd.cpio"), "wb") as out:
    files = subprocess.run(["find", "."], cwd=tree, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run([busybox, "cpio", "-o", "-H", "newc"], cwd=tree, input=files, stdout=out, stderr=subprocess.DEVNULL, check=True)
with Guest(f"initrd={d}/initrd.cpio") as g:
    t.is_(g.run("busybox stat -c '%a %s' /private"), "640 100000", "initrd: mode and content")
    t.is_(g.run("busybox stat -c %h /bin/busybox"), "2", "initrd: a hard link")
    t.is_(g.run("busybox readlink /bin/sh"), "busybox", "initrd: a symbolic link")
    t.is_(g.run("busybox stat -c %F /dev/null"), "character special file", "devtmpfs is on /dev")
    g.run("busybox mount -t proc proc /proc")
    t.like(g.run("busybox cat /proc/mounts"), r"^rootfs / rootfs rw", "the root is rootfs")
refused("an initrd that is none", r"^linux: initrd=\S+: not such an archive", f"initrd={image}")

with Guest(image=image) as g:
    g.run("mkdir -p /a /b; mount -t tmpfs -o size=1m t /a; mount --bind /a /b")
    t.like(g.run("grep ' /a ' /proc/mounts"), r"^t /a tmpfs rw,relatime,size=1024k 0 0$", "/proc/mounts shows the options")
    t.is_(g.run("dd if=/dev/zero of=/a/f bs=64k 2>&1 | grep -c 'No space'; stat -c %s /b/f"), "1\n1048576", "size= is kept, and a bind mount sees it")
    t.is_(g.run("cd /a; umount /a 2>/dev/null; echo $?; cd /"), "1", "a mount in use is not unmounted")
    t.is_(g.run("umount /a; umount /b; ls /a /b | wc -l"), "3", "and both are, later")
    t.is_(g.run("exec 5>/held; mount -o remount,ro / 2>/dev/null && echo done; exec 5>&-"), "", "no read-only remount while a file is written")
    t.is_(g.run("sync; mount -o remount,ro / && touch /x 2>/dev/null; echo $?; mount -o remount,rw /"), "1", "and afterwards it is")
    t.is_(g.halt(), 0, "halt")
t.ok(clean(image), "the image is clean", fsck(image)[1])

with Guest(image=image, mem="32M") as g:
    g.run("i=0; while [ $i -lt 60 ]; do j=0; while [ $j -lt 500 ]; do [ -e /tmp/a-rather-long-name-that-is-not-there-$i-$j ]; j=$((j+1)); done; i=$((i+1)); done", 120)
    t.is_(g.run("echo alive; rm -f /tmp/none"), "alive", "thirty thousand missing names in 32 MiB")
    used = [int(x) for x in g.run("cat /proc/sys/fs/dentry-state").split()][:2]
    t.ok(used[1] < 40000, "the name cache gives way", used)
    t.is_(g.halt(), 0, "halt")
t.done()
