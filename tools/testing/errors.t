#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What is wrong with the command line or the host is said in one line, with status 1, and nothing is changed."""
import hashlib
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
image = make_image(os.path.join(d, "root_fs"))


def refused(name, pattern, *options):
    status, text = once(*options)
    lines = [x for x in text.splitlines() if x.strip()]
    t.ok(status == 1 and len(lines) == 1 and re.search(pattern, lines[0]), name, f"status {status}\n{text}")


open(os.path.join(d, "empty"), "w").close()
refused("a missing image", r"^linux: ubd0=\S+/none: no such file", f"ubd0={d}/none")
refused("a folder", r"^linux: ubd0=\S+: .*(folder|directory)", f"ubd0={d}")
refused("an empty file", r"^linux: ubd0=\S+/empty: .*empty", f"ubd0={d}/empty")
refused("no unit number", r"^linux: ubd", "ubdzz9=x")
refused("a unit twice", r"^linux: ubd0=.*already", f"ubd0={image}", f"ubd0={image}")
refused("a bad flag", r"^linux: ubd0x=.*flag", f"ubd0x={image}")
refused("mem too small", r"^linux: mem=4k:", "mem=4k")
refused("mem too large", r"^linux: mem=9000G:", "mem=9000G")
refused("mem is no number", r"^linux: mem=lots:", "mem=lots")
refused("a bad console", r"^linux: con0?=", "con0=fd:zz")
refused("a console on a descriptor that is not open", r"^linux: con1=fd:77.*open", "con1=fd:77", f"ubd0={image}")
refused("a bad trace file", r"^linux: trace=", "trace=/nonexistent/file")
refused("an unknown host call to fail", r"^linux: fail=", "fail=nothing:3")

with Guest(image=image) as g:
    status, text = once(f"ubd0={image}", "root=/dev/ubda")
    t.ok(status == 1 and re.search(r"^linux: ubd0=.*(in use|locked)", text, re.M), "an image in use by another guest", f"{status}\n{text}")
    t.is_(g.halt(), 0, "which goes on undisturbed")

before = hashlib.sha256(open(image, "rb").read()).hexdigest()
status, text = once(f"ubd0r={image}", "root=/dev/ubda", "init=/no/such/init")
t.ok(status == 1 and re.search(r"^linux: init=/no/such/init: ", text, re.M), "no init", f"{status}\n{text}")
t.is_(hashlib.sha256(open(image, "rb").read()).hexdigest(), before, "a read-only image is not changed")
with open(os.path.join(d, "junk"), "wb") as f:
    f.write(os.urandom(1 << 20))
status, text = once(f"ubd0={d}/junk", "root=/dev/ubda")
t.ok(status == 1 and re.search(r"^linux: root=/dev/ubda: ", text, re.M), "garbage instead of a file system", f"{status}\n{text}")
status, text = once(f"ubd0r={image}", "cut=ubdz:1")
t.ok(status == 1 and re.search(r"^linux: cut=ubdz:1: no such disk", text, re.M), "no disk to be cut off", f"{status}\n{text}")
status, text = once("--help")
t.ok(status == 0 and "(null)" not in text and "ubd<n>" in text and "mem=" in text and "root=" in text, "--help", text)
status, text = once("--version")
t.ok(status == 0 and re.fullmatch(r"\d+\.\d+\.\d+\S*\n", text), "--version", text)
status, text = once("--showconfig")
t.ok(status == 0 and "CONFIG_UM=y" in text, "--showconfig", text)
t.done()
