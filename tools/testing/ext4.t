#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ext2, ext3 and ext4 of many makes: files and directories are changed at random, compared, compared again after a new mount, and e2fsck finds nothing."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "fs"))
from guest import *

t = Tap()
b = Bench()
MAKES = [
    ("ext4", "-t ext4 -b 4096"), ("ext4", "-t ext4 -b 1024"), ("ext4", "-t ext4 -b 2048 -I 128"),
    ("ext4", "-t ext4 -O ^metadata_csum,uninit_bg,^64bit"), ("ext4", "-t ext4 -O metadata_csum_seed,orphan_file -b 4096"),
    ("ext4", "-t ext4 -O ^flex_bg,meta_bg,^resize_inode -b 1024"), ("ext4", "-t ext4 -O ^has_journal,^extent,^64bit"),
    ("ext3", "-t ext3 -b 4096"), ("ext2", "-t ext2 -b 1024"), ("ext2", "-t ext2 -b 4096 -O ^dir_index"),
]
seeds, count, names, size = (range(1, 9), 3000, 20000, "256M") if LONG else (range(1, 4), 1200, 2500, "96M")
LOAD = """
mount -t {fs} /dev/ubdc /mnt/m || echo FAIL mount
cd /mnt/m
{extents}
for s in {seeds}; do mkdir s$s; cd s$s; /mnt/tools/files $s {count}; cd ..; done
/mnt/tools/dirs {names}; mkdir x; cd x; /mnt/tools/dirs {few} remove; cd ..
ln -s {long} longlink; ln -s short shortlink; mkfifo fifo; mknod node b 300 70000; chown 70000:80000 fifo
cd /; umount /mnt/m || echo FAIL umount
mount -t {fs} /dev/ubdc /mnt/m; cd /mnt/m
for s in {seeds}; do cd s$s; /mnt/tools/files $s {count} verify; cd ..; done
[ "$(readlink longlink)" = {long} ] || echo FAIL longlink
[ "$(readlink shortlink)" = short ] || echo FAIL shortlink
ls -ln fifo node
cd /; umount /mnt/m || echo FAIL umount
"""
for fs, make in MAKES:
    img = b.image("t.img", size, *make.split())
    extents = "" if fs == "ext4" and "^extent" not in make else "export NO_EXTENTS=1"
    status, text = b.run(LOAD.format(fs=fs, seeds=" ".join(map(str, seeds)), count=count, names=names, few=names // 2, extents=extents, long="l" * 90),
                         f"ubd2={img}", deadline=600)
    right = len(re.findall(r"^right", text, re.M))
    t.ok(status == 0 and right == 2 * len(seeds) + 2 and not trouble(text), make, "\n".join(trouble(text)) or text[-1500:])
    t.like(text, r"^prw.* 70000 +80000 ", make + ": owners beyond 16 bits")
    t.like(text, r"^brw.* 300, *70000 ", make + ": device numbers beyond 8 bits")
    t.ok(clean(img), make + ": e2fsck", fsck(img)[1])

status, text = b.run("mount -t ext4 /dev/ubdc /mnt/m || echo FAIL; cd /mnt/m; export NO_EXTENTS=; "
                     "for s in 1 2 3; do mkdir s$s; (cd s$s; /mnt/tools/files $s 800) & done; wait; cd /; umount /mnt/m",
                     f"ubd2={b.image('t.img', '96M', '-t', 'ext4')}", mem="64M", deadline=600)
t.ok(len(re.findall(r"^right", text, re.M)) == 3 and not trouble(text), "three at once in little memory", "\n".join(trouble(text)) or text[-1500:])
t.ok(clean(b.path("t.img")), "e2fsck", fsck(b.path("t.img"))[1])

status, text = b.run("""
mount -t ext4 /dev/ubdc /mnt/m || echo FAIL mount
cd /mnt/m
dd if=/dev/zero of=big bs=64k 2>/dev/null && echo FAIL it is not full
: > small && echo x > small 2>/dev/null && echo FAIL there was room
mkdir d; df /mnt/m | tail -1
rm big; echo again > small; cat small; mkdir -p d
i=0; while touch d/file_with_a_rather_long_name_$i 2>/dev/null; do i=$((i+1)); done; [ $i -gt 1000 ] || echo FAIL only $i inodes
rm -r d; mkdir d
cd /; umount /mnt/m
""", f"ubd2={b.image('t.img', '16M', '-t', 'ext4')}")
t.ok(not trouble(text) and "\nagain" in text, "a full disk", "\n".join(trouble(text)) or text[-1500:])
t.ok(clean(b.path("t.img")), "e2fsck", fsck(b.path("t.img"))[1])

with open(b.path("many"), "w") as f:
    f.write("x")
img = b.image("t.img", "16M", "-t", "ext4")
for command in (f"write {b.path('many')} many", "set_inode_field many links_count 64999"):
    subprocess.run(["debugfs", "-w", "-R", command, img], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
status, text = b.run("""
mount -t ext4 /dev/ubdc /mnt/m || echo FAIL mount
cd /mnt/m; ln many last || echo FAIL the 65000th link; ln many over && echo FAIL one more
rm last; ln many again || echo FAIL after a removal; stat -c %h many
cd /; umount /mnt/m
""", f"ubd2={img}")
t.ok("Too many links" in text and "\n65000" in text and not trouble(text), "a file has 65000 links and not one more", "\n".join(trouble(text)) or text[-1500:])

REFUSED = [("-t ext4 -O bigalloc", "bigalloc"), ("-t ext4 -O inline_data", "inline_data"), ("-t ext4 -O encrypt", "encrypt"),
           ("-t ext4 -O ea_inode", "ea_inode"), ("-t ext4 -O mmp", "mmp"), ("-t ext4 -O large_dir", "large_dir")]
for make, word in REFUSED:
    status, text = b.run("mount -t ext4 /dev/ubdc /mnt/m && echo FAIL mounted", f"ubd2={b.image('t.img', '32M', *make.split())}")
    t.ok(re.search(r"not mounted: feature " + word, text) and not trouble(text), f"{word} is refused with its reason", text[-800:])
status, text = b.run("mount -t ext4 /dev/ubdc /mnt/m; ls /mnt/m; touch /mnt/m/x 2>/dev/null && echo FAIL writable",	# mount(8) tries ro by itself
                     f"ubd2={b.image('t.img', '32M', '-t', 'ext4', '-O', 'quota')}")
t.ok("lost+found" in text and not trouble(text), "an unknown ro_compat feature allows reading", text[-800:])
t.done()
