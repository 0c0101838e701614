#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Disks in host files: what is wrong with one is said in one line; flags, partitions, sizes, ioctls, discard, locks."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "fs"))
from guest import *

t = Tap()
b = Bench()


def refused(option, pattern, name):
    status, text = once(f"ubd0r={b.root}", option, "root=/dev/ubda", deadline=20)
    errors = [l for l in text.splitlines() if l.startswith("linux: ")]
    t.ok(status == 1 and len(errors) == 1 and re.search(pattern, errors[0]), name, f"status {status}\n{text[-1500:]}")


empty, cow, folder = b.path("empty"), b.path("cow"), b.path("folder")
open(empty, "w").close()
with open(cow, "wb") as f:
    f.write(b"OOOM" + b"\0\0\0\3" + b"\0" * 8192)
os.mkdir(folder)
refused(f"ubd1={b.path('none')}", "no such file; ", "a missing image")
refused(f"ubd1={folder}", "is a directory; ", "a directory")
refused(f"ubd1={empty}", "is empty; ", "an empty file")
refused("ubd1=/dev/null", "neither a file nor a block device", "a character device")
refused(f"ubd1={cow}", "copy-on-write", "a copy-on-write file")
refused(f"ubd1={cow},{b.root}", "copy-on-write", "a copy-on-write pair")
refused(f"ubd1={b.root}", "disk of this guest already", "the same file twice")
refused("ubd16=x", "only 16 disks", "a unit too many")
refused("ubd1x=x", "no such flag 'x'", "an unknown flag")
refused("ubd1", "which file", "no file")
refused("ubd=x", "which disk", "no unit")
refused("udb1=x", "slip of the fingers", "udb")
with Guest(image=b.root) as g:
    refused(f"ubd1={b.root}", "in use by process %d|disk of this guest" % g.pid, "the disk of another guest")
    t.is_(g.halt(), 0, "halt")

img = b.image("odd.img", "1M")
with open(img, "ab") as f:
    f.write(b"end")
status, text = b.run("""
cat /sys/block/ubdc/size 2>/dev/null; grep ubdc /proc/partitions; blockdev --getsz /dev/ubdc; blockdev --getsize64 /dev/ubdc; blockdev --getss /dev/ubdc
tail -c 512 /dev/ubdc | od -c | head -2
ls -l /dev/ubdc /dev/ubd2
echo new-content | dd of=/dev/ubdc bs=512 seek=3 conv=sync,notrunc 2>/dev/null; sync
dd if=/dev/zero of=/dev/ubdc bs=1M count=2 seek=1 2>&1 | tail -1; dd if=/dev/ubdc bs=1M of=/dev/null 2>&1 | tail -1
echo x > /dev/ubda && echo FAIL wrote to a read-only disk
""", f"ubd2={img}")
t.like(text, r"98 +32 +1024 ubdc", "/proc/partitions")
t.like(text, r"^2049\n1049088\n512", "the size is rounded up to sectors")
t.like(text, r"^0000000   e   n   d  \\0", "behind the end are zeros")
t.like(text, r"^brw.* 98, +32 .*/dev/ubdc", "the node")
t.like(text, r"ubd2 -> ubdc", "the old name")
t.ok(not trouble(text), "a read-only disk is that", "\n".join(trouble(text)))
with open(img, "rb") as f:
    f.seek(1536)
    t.is_(f.read(11), b"new-content", "what was written is in the host's file")

# A table made by hand: two primary ones, an extended one with two in it.
def entry(kind, start, n):
    return bytes([0, 0, 0, 0, kind, 0, 0, 0]) + start.to_bytes(4, "little") + n.to_bytes(4, "little")


def table(*entries):
    return b"\0" * 446 + b"".join(entries).ljust(64, b"\0") + b"\x55\xaa"


img = b.image("mbr.img", "8M")
with open(img, "r+b") as f:
    f.write(table(entry(0x83, 2048, 4096), entry(0x82, 6144, 1024), entry(5, 8192, 8192)))
    f.seek(8192 * 512)
    f.write(table(entry(0x83, 64, 1000), entry(5, 2048, 2048)))
    f.seek((8192 + 2048) * 512)
    f.write(table(entry(0x83, 64, 900)))
status, text = b.run("cat /proc/partitions; ls /dev/ubdc*; mke2fs /dev/ubdc1 >/dev/null 2>&1 || mkfs.ext2 /dev/ubdc1 >/dev/null; "
                     "mount -t ext2 /dev/ubdc1 /mnt/m && echo hi > /mnt/m/f && umount /mnt/m && echo MOUNTED; blockdev --rereadpt /dev/ubdc && echo REREAD",
                     f"ubd2={img}")
for line in (r"98 +33 +2048 ubdc1", r"98 +34 +512 ubdc2", r"98 +37 +500 ubdc5", r"98 +38 +450 ubdc6"):
    t.like(text, line, "partition: " + line)
t.like(text, r"^MOUNTED", "a file system on a partition")
t.like(text, r"^REREAD", "the table is read again")

# A disk that says it goes on for ever, and one that points at itself.
for name, data in (("endless", table(entry(5, 1, 16000))), ("too large", table(entry(0x83, 100, 0xffffffff)))):
    img = b.image("bad.img", "8M")
    with open(img, "r+b") as f:
        f.write(data)
        if name == "endless":
            for k in range(1, 200):
                f.seek(k * 512)
                f.write(table(entry(0x83, 1, 1), entry(5, 0, 16000)))
    status, text = b.run("cat /proc/partitions", f"ubd2={img}", deadline=30)
    t.ok(status == 0 and not trouble(text), f"a table that is {name}", text[-1000:])

img = b.image("trim.img", "8M", "-t", "ext4")
with open(img, "r+b") as f:
    f.seek(4 << 20)
    f.write(b"x" * (1 << 20))
before = os.stat(img).st_blocks
status, text = b.run("dd if=/dev/ubdc bs=1M skip=4 count=1 2>/dev/null | tr -d 'x' | wc -c; "
                     "blkdiscard -o 4194304 -l 1048576 /dev/ubdc 2>/dev/null || fallocate -p -o 4194304 -l 1048576 /dev/ubdc; "
                     "dd if=/dev/ubdc bs=1M skip=4 count=1 2>/dev/null | tr -d '\\000' | wc -c", f"ubd2={img}")
t.like(text, r"^0\n0$", "discarded sectors read as zeros")
t.ok(os.stat(img).st_blocks <= before - 2048, "and take no room on the host", f"{before} before, {os.stat(img).st_blocks} after")

img = b.image("fstrim.img", "64M", "-t", "ext4")
status, text = b.run("mount -t ext4 /dev/ubdc /mnt/m; cd /mnt/m; dd if=/dev/urandom of=gone bs=1M count=40 2>/dev/null; dd if=/dev/urandom of=kept bs=1M count=4 "
                     "2>/dev/null; md5sum kept > kept.sum; sync; rm gone; fstrim -v /mnt/m; md5sum -c kept.sum; cd /; umount /mnt/m", f"ubd2={img}")
t.ok("kept: OK" in text and not trouble(text), "fstrim", text[-800:])
t.ok(os.stat(img).st_blocks < 24 << 11, "gives room back to the host", os.stat(img).st_blocks)
t.ok(clean(img), "e2fsck", fsck(img)[1])

img = b.image("ro.img", "8M", "-t", "ext4")
sums = [subprocess.run(["md5sum", img], stdout=subprocess.PIPE, text=True).stdout]
status, text = b.run("mount -t ext4 /dev/ubdc /mnt/m 2>&1; mount -t ext4 -o ro /dev/ubdc /mnt/m; ls /mnt/m", f"ubd2r={img}")
sums.append(subprocess.run(["md5sum", img], stdout=subprocess.PIPE, text=True).stdout)
t.ok(sums[0] == sums[1] and "lost+found" in text, "flag r: nothing is written", text[-800:])
for flag in ("s", "t", "c", "d", "sct"):
    img = b.image("f.img", "8M", "-t", "ext4")
    status, text = b.run("mount -t ext4 /dev/ubdc /mnt/m && echo data > /mnt/m/f && sync && umount /mnt/m && echo FINE", f"ubd2{flag}={img}")
    t.ok("\nFINE" in text and clean(img), f"flag {flag}", text[-800:])
t.done()
