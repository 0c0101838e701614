#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Damaged images, fourteen a boot: the kernel mounts, reads, changes and unmounts each, and must stay alive.
#   ext4.sh KERNEL ROOT_FS WORKDIR ROUNDS [FIRST_SEED]
# ROOT_FS is one of scripts/mkrootfs --busybox. A kernel built with SANITIZE=address,undefined finds most.
set -eu
kernel=$1 root=$2 work=$3 rounds=$4 seed=${5:-1}
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/sbin:/usr/sbin
mkdir -p "$work"
cc -O1 -w -o "$work/ext4fuzz" "$here/ext4fuzz.c"

# What the images hold: small and large files, holes, many names, deep paths, links, attributes.
if [ ! -d "$work/tree" ]; then
	t=$work/tree
	mkdir -p "$t/many" "$t/a/b/c/d"
	i=0; while [ $i -lt 400 ]; do : >"$t/many/name_number_$i"; i=$((i + 1)); done
	for k in 1 2 3; do head -c $((k * 70000)) /dev/zero | tr '\0' 'x' >"$t/file$k"; done
	for k in 5 50 200 300 400 ; do printf x | dd of="$t/holes" bs=4096 seek=$k conv=notrunc 2>/dev/null; done
	ln -s short "$t/link"; ln -s "$(printf '%080d' 0)" "$t/longlink"; ln "$t/file1" "$t/a/b/again"
fi
n=0
for opt in "-t ext4 -b 1024 -O ^metadata_csum,^64bit" "-t ext4 -b 4096 -O ^metadata_csum" "-t ext2 -b 1024" "-t ext3 -b 1024" "-t ext4 -b 2048 -O metadata_csum"; do
	[ -f "$work/base$n" ] || { truncate -s 6M "$work/base$n"; mke2fs -q -F $opt -d "$work/tree" "$work/base$n"; }
	n=$((n + 1))
done

cat >"$work/script" <<'S'
export PATH=/bin:/sbin:/usr/bin:/usr/sbin
mount -t tmpfs none /mnt; mkdir -p /mnt/m
for d in c d e f g h i j k l m n o p; do
	mount -t ext4 -o errors=continue /dev/ubd$d /mnt/m 2>/dev/null || continue
	ls -lR /mnt/m >/dev/null 2>&1
	for f in file1 file2 file3 holes a/b/again longlink; do head -c 4000000 /mnt/m/$f >/dev/null 2>&1; done
	dd if=/dev/zero of=/mnt/m/new bs=300000 count=1 2>/dev/null
	for k in 1 2 3 4 5 6 7 8 9; do touch /mnt/m/many/new_name_$k; mkdir /mnt/m/dir$k; mv /mnt/m/many/name_number_$k /mnt/m/dir$k/x; done 2>/dev/null
	dd if=/dev/zero of=/mnt/m/holes bs=4096 seek=100 count=50 conv=notrunc 2>/dev/null
	truncate -s 5000 /mnt/m/file3 2>/dev/null
	sync
	rm -rf /mnt/m/many /mnt/m/file2 /mnt/m/holes /mnt/m/a 2>/dev/null
	umount /mnt/m || echo "STUCK ubd$d"
done
echo ALIVE
halt -f
S
head -c $((4096 - $(wc -c <"$work/script") % 4096)) /dev/zero | tr '\0' '\n' >>"$work/script"

while [ "$rounds" -gt 0 ]; do
	disks= k=2 first=$seed
	while [ $k -le 15 ]; do
		cp --sparse=always "$work/base$((seed % n))" "$work/disk$k"
		"$work/ext4fuzz" "$work/disk$k" "$seed"
		disks="$disks ubd$k=$work/disk$k"
		k=$((k + 1)) seed=$((seed + 1))
	done
	if ! timeout 120 "$kernel" ubd0r="$root" ubd1r="$work/script" $disks root=/dev/ubda init=/bin/sh con0=null,fd:1 con=null \
		mem=96M /dev/ubdb </dev/null >"$work/out" 2>&1 || ! grep -q ALIVE "$work/out" || grep -q 'BUG\|WARN\|STUCK\|ERROR: \|runtime error' "$work/out"; then
		cp "$work/out" "$work/failed.$first"
		echo "not ok - seeds $first to $((seed - 1)): see $work/failed.$first"
	else
		echo "ok - seeds $first to $((seed - 1))"
	fi
	rounds=$((rounds - 1))
done
