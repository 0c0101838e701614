# SPDX-License-Identifier: GPL-2.0
"""What the tests of disks and file systems share: scripts in the guest without a console dialogue, images, helper programs."""
import os
import subprocess

from um import *

HEAD = "export PATH=/bin:/sbin:/usr/bin:/usr/sbin\nmount -t proc proc /proc 2>/dev/null\nmount -t tmpfs none /mnt\nmkdir /mnt/m /mnt/tools\n"


class Bench:
    """A busybox root (read only) and a disk with the programs of tools/testing/fs."""

    def __init__(self):
        self.dir = workdir()
        self.root = make_image(os.path.join(self.dir, "root_fs"))
        tools = os.path.join(self.dir, "tools")
        os.makedirs(tools)
        for name in ("files", "dirs", "durable"):
            subprocess.run(["gcc", "-O1", "-static", "-o", os.path.join(tools, name), os.path.join(SRC, f"tools/testing/fs/{name}.c")], check=True)
        self.tools = self.image("tools.img", "16M", "-t", "ext4", "-d", tools)

    def path(self, name):
        return os.path.join(self.dir, name)

    def image(self, name, size, *mkfs):
        path = self.path(name)
        if os.path.exists(path):
            os.unlink(path)
        with open(path, "wb") as f:
            f.truncate(int(size[:-1]) << {"K": 10, "M": 20, "G": 30}[size[-1]])
        if mkfs:
            subprocess.run(["mke2fs", "-q", "-F", *mkfs, path], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return path

    def run(self, script, *options, mem="128M", deadline=120):
        """Runs a shell script as init: (status, console). ubdc is the caller's, ubdd the tools (mounted on /mnt/tools)."""
        text = (HEAD + "mount -t ext4 -o ro /dev/ubdd /mnt/tools\n" + script + "\necho SCRIPT-ENDED\nhalt -f\n").encode()
        path = self.path("script")
        with open(path, "wb") as f:
            f.write(text + b"\n" * (-len(text) % 512))
        status, text = once(f"ubd0r={self.root}", f"ubd1r={path}", f"ubd3r={self.tools}", "root=/dev/ubda", "init=/bin/sh", "con0=null,fd:1", "con=null",
                    f"mem={mem}", *options, "/dev/ubdb", deadline=deadline)
        return status, text.replace("\r\n", "\n")


def trouble(text):
    """Lines that must not be on any console."""
    return [l for l in text.splitlines() if re.search(r"FAIL|BUG|WARN|damaged|panic|ERROR|runtime error|STUCK", l)]
