#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""/sys: every device is found by all its names, disks tell what ioctls tell, partitions come and go, nothing can be made there."""
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
disk = os.path.join(d, "disk")
with open(disk, "wb") as f:
    parts = [bytes([0, 0, 0, 0, 0x83, 0, 0, 0]) + struct.pack("<II", start, size) for start, size in ((2048, 4096), (8192, 2048))]
    f.write(b"\0" * 446 + b"".join(parts).ljust(64, b"\0") + b"\x55\xaa")
    f.truncate(8 << 20)

with Guest(f"ubd1={disk},,A42", image=make_image(os.path.join(d, "root"))) as g:
    g.run("mount | grep -q '^sysfs' || { mkdir -p /sys; mount -t sysfs sysfs /sys; }")
    t.is_(g.run("for l in /sys/class/*/* /sys/dev/*/* /sys/block/*; do [ -f $l/dev ] && [ -d $l/subsystem/ ] || echo bad $l; done"), "",
          "each link leads to a device, and on to its class")
    t.is_(g.run("for l in /sys/class/*/*; do n=/dev/${l##*/}; d=$(cat $l/dev); "
                "[ $(stat -c %t:%T $n) = $(printf %x:%x ${d%:*} ${d#*:}) ] || echo bad $l; done"), "", "each has its node in /dev")
    t.is_(g.run("cd /sys/class/tty/console; pwd -P; cat uevent; cd /"),
          "/sys/devices/virtual/tty/console\nMAJOR=5\nMINOR=1\nDEVNAME=console\nDEVMODE=0600", "a terminal")
    t.is_(g.run("readlink /sys/dev/block/98:17"), "../../devices/platform/uml-blkdev.1/block/ubdb/ubdb1", "links are relative")
    t.is_(g.run("cd /sys/block/ubdb; cat size ro serial queue/logical_block_size ubdb2/start ubdb2/size ubdb2/partition; cd /"),
          "16384\n0\nA42\n512\n8192\n2048\n2", "a disk and its partitions")
    t.is_(g.run("cd /sys/devices/system/cpu; cat online possible cpu0/topology/core_cpus_list cpu0/topology/core_cpus; cd /"), "0\n0\n0\n1", "the CPU")

    t.is_(g.run("grep 183 /proc/misc; head -c 5000 /dev/hwrng | wc -c; head -c 99 /dev/hwrng | cmp -s - /dev/zero || echo random; echo x >/dev/hwrng"),
          "183 hwrng\n5000\nrandom\n-/bin/sh: can't create /dev/hwrng: Invalid argument", "the host's random numbers")
    t.is_(g.run("blockdev --setra 64 /dev/ubdb; cat /sys/block/ubdb/queue/read_ahead_kb; echo 16 >/sys/block/ubdb/queue/read_ahead_kb\n"
                "blockdev --getra /dev/ubdb1; echo much >/sys/block/ubdb/queue/read_ahead_kb"),
          "32\n32\nsh: write error: Invalid argument", "the read-ahead can be set in both ways")
    t.is_(g.run("mkdir /sys/x; touch /sys/x; rmdir /sys/class; mv /sys/class /sys/x; ln -s a /sys/x; rm /sys/block/ubda; sh -c 'echo 1 >/sys/block/ubda/size'"),
          "mkdir: can't create directory '/sys/x': Operation not permitted\ntouch: /sys/x: Permission denied\n"
          "rmdir: '/sys/class': Operation not permitted\nmv: can't rename '/sys/class': Operation not permitted\n"
          "ln: /sys/x: Operation not permitted\nrm: can't remove '/sys/block/ubda': Operation not permitted\n"
          "sh: can't create /sys/block/ubda/size: Permission denied", "nothing is made or removed by hand")
    t.is_(g.run("chmod 400 /sys/block/ubda/size; sync; echo 3 >/proc/sys/vm/drop_caches; stat -c %a /sys/block/ubda/size"), "400",
          "a mode stays as it was set")

    # A table without partitions, and the old one again.
    g.run("cd /sys/block/ubdb/ubdb1; exec 3<size; dd if=/dev/ubdb of=/tmp/table count=1; dd if=/dev/zero of=/dev/ubdb count=1; blockdev --rereadpt /dev/ubdb")
    t.is_(g.run("cat <&3; cat size; exec 3<&-; cd /"), "cat: read error: No such device\ncat: can't open 'size': No such file or directory",
          "who has a file of a removed one open is told")
    t.is_(g.run("ls -d /sys/block/ubdb/ubdb* /sys/class/block/ubdb?* /sys/dev/block/98:1[78] /dev/ubdb? 2>/dev/null"), "", "it is gone everywhere")
    g.run("dd if=/tmp/table of=/dev/ubdb; blockdev --rereadpt /dev/ubdb")
    t.is_(g.run("cat /sys/class/block/ubdb2/start /sys/dev/block/98:17/start"), "8192\n2048", "and back")
    t.is_(g.run("umount /sys; ls /sys; mount -t sysfs sysfs /sys; cat /sys/block/ubdb/size"), "16384", "unmounted and mounted again")
    t.is_(g.halt(), 0, "it halts")
t.done()
