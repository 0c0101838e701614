#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Damaged images: the kernel mounts, reads, changes and unmounts each, and lives. SEED= starts elsewhere; LONG=1 tries 1400."""
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

MAKES = ("ext4 -b 1024 -O ^metadata_csum,^64bit", "ext4 -b 4096 -O ^metadata_csum", "ext2 -b 1024", "ext3 -b 1024",
         "ext4 -b 2048 -O metadata_csum", "ext4 -b 1024 -O ^metadata_csum journal")
DISKS = "bcdefghijklmno"		# one boot tries so many

SCRIPT = """export PATH=/bin:/sbin:/usr/bin:/usr/sbin
mount -t tmpfs none /mnt; mkdir -p /mnt/m
for d in %s; do
	mount -t ext4 -o errors=continue /dev/ubd$d /mnt/m 2>/dev/null || continue
	echo MOUNTED
	ls -lR /mnt/m >/dev/null 2>&1
	for f in file1 file2 file3 holes a/b/again longlink; do head -c 4000000 /mnt/m/$f >/dev/null 2>&1; done
	dd if=/dev/zero of=/mnt/m/new bs=300000 count=1 2>/dev/null
	for k in 1 2 3 4 5 6 7 8 9; do
		touch /mnt/m/many/new_name_$k; mkdir /mnt/m/dir$k; mv /mnt/m/many/name_number_$k /mnt/m/dir$k/x
		ln /mnt/m/file1 /mnt/m/dir$k/y; ln -s x /mnt/m/dir$k/z; mv /mnt/m/dir$k /mnt/m/a/dir$k
	done 2>/dev/null
	dd if=/dev/zero of=/mnt/m/holes bs=4096 seek=100 count=50 conv=notrunc 2>/dev/null
	truncate -s 5000 /mnt/m/file3 2>/dev/null; fallocate -l 200000 /mnt/m/file3 2>/dev/null
	chown 5:5 /mnt/m/* 2>/dev/null; df /mnt/m >/dev/null 2>&1
	sync
	mount -o remount,ro /mnt/m 2>/dev/null && mount -o remount,rw /mnt/m 2>/dev/null
	rm -rf /mnt/m/many /mnt/m/file2 /mnt/m/holes /mnt/m/a 2>/dev/null
	umount /mnt/m || echo "STUCK ubd$d"
done
echo ALIVE
halt -f
"""


def make_tree(tree):
    """Small and large files, holes, many names, deep paths, links, attributes."""
    os.makedirs(os.path.join(tree, "a/b/c/d"))
    os.makedirs(os.path.join(tree, "many"))
    for i in range(400):
        open(os.path.join(tree, f"many/name_number_{i}"), "w").close()
    for k in (1, 2, 3):
        with open(os.path.join(tree, f"file{k}"), "w") as f:
            f.write("x" * (k * 70000))
    with open(os.path.join(tree, "holes"), "w") as f:
        for k in (5, 50, 200, 300, 400):
            f.seek(k * 4096)
            f.write("x")
    os.symlink("short", os.path.join(tree, "link"))
    os.symlink("0" * 80, os.path.join(tree, "longlink"))
    os.link(os.path.join(tree, "file1"), os.path.join(tree, "a/b/again"))


def make_disk(img, make, tree):
    kind, *flags = make.replace(" journal", "").split()
    with open(img, "w") as f:
        f.truncate(10 << 20)
    subprocess.run(["mke2fs", "-q", "-F", "-t", kind, *flags, "-d", tree, img], check=True)
    script = f"ea_set /file1 user.a {'v' * 60}\nea_set /file2 user.b {'w' * 600}\n"
    if make.endswith("journal"):		# a transaction to be replayed
        script += f"jo\njw -b 9000,9001,9002 {tree}/file1\njc\n"
    subprocess.run(["debugfs", "-w", "-f", "/dev/stdin", img], input=script, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return img


t = Tap()
d = workdir()
overlay, tree, fuzzer = (os.path.join(d, name) for name in ("overlay", "tree", "ext4fuzz"))
make_tree(tree)
os.makedirs(overlay)
with open(os.path.join(overlay, "script"), "w") as f:
    f.write(SCRIPT % " ".join(DISKS))
subprocess.run(["gcc", "-O1", "-w", "-o", fuzzer, os.path.join(SRC, "tools/testing/fuzz/ext4fuzz.c")], check=True)
root = make_image(os.path.join(d, "root_fs"), overlay)
bases = [make_disk(os.path.join(d, f"base{n}"), make, tree) for n, make in enumerate(MAKES)]
for base, make in zip(bases, MAKES):
    seen = subprocess.run(f"dumpe2fs -h {base}; debugfs -R 'ea_list /file1' {base}", shell=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
    t.ok("user.a" in seen and ("needs_recovery" in seen) == make.endswith("journal"), f"{make}: as it was wanted, before the damage", seen)
first = int(os.environ.get("SEED", "1"))
for start in range(first, first + len(DISKS) * (100 if LONG else 3), len(DISKS)):
    disks = []
    for seed, letter in enumerate(DISKS, start):
        img = shutil.copyfile(bases[seed % len(bases)], os.path.join(d, "disk" + letter))
        subprocess.run([fuzzer, img, str(seed)], check=True)
        disks.append(f"ubd{letter}={img}")
    try:
        status, text = once(f"ubd0r={root}", *disks, "root=/dev/ubda", "init=/bin/sh", "/script", "con0=null,fd:1", "mem=96M", deadline=120)
    except subprocess.TimeoutExpired as e:
        status, text = 124, (e.stdout or b"").decode(errors="replace")
    found = re.findall(r".*(?:BUG|WARN|STUCK|ERROR: |runtime error).*", text)
    t.ok(status == 0 and "ALIVE" in text and text.count("MOUNTED") > len(DISKS) // 4 and not found, f"seeds {start} to {start + len(DISKS) - 1}", f"status {status}; {found or text[-3000:]}")
t.done()
