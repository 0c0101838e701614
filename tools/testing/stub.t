#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Guest code that jumps into the stub gets nothing from the host by it; the vsyscall page works."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from um import *

t = Tap()
d = workdir()
overlay = os.path.join(d, "overlay")
os.makedirs(overlay)
subprocess.run(["gcc", "-O1", "-w", "-static", "-o", os.path.join(overlay, "stubjump"), os.path.join(SRC, "tools/testing/guest/stubjump.c")], check=True)
with open(os.path.join(d, "v.c"), "w") as f:
    f.write("#include <stdlib.h>\n#include <time.h>\nint main(void) { long (*vtime)(long *) = (void *)0xffffffffff600400; "
            "volatile char *p = malloc(1 << 20); p[70000] = 1; return labs(vtime(0) - time(0)) > 2; }\n")
subprocess.run(["gcc", "-O1", "-w", "-static", "-o", os.path.join(overlay, "vtime"), os.path.join(d, "v.c")], check=True)
with Guest(image=make_image(os.path.join(d, "root_fs"), overlay)) as g:
    # Two pages below the top of what the host gives a process; the instruction's place: disassemble the stub.
    page = next(int(m.group(1), 16) for p in host_processes(g.pid) for m in
                re.finditer(r"^([0-9a-f]+)-\S+ r-xs .*memfd:um-stub-data", open(f"/proc/{p}/maps").read(), re.M))
    code = open(os.path.join(OBJ, "arch/um/stub/stub.elf"), "rb").read()[4096:8192]
    where = hex(page + code.index(b"\x0f\x05"))
    t.is_(g.run(f"/stubjump {where}"), "trap, the guest's pid", "a jump to the stub's system call: it is intercepted")
    # Any stop between the flush and the jump (a tick) makes it the case above; nothing else may come of it.
    results = g.run(f"for i in 1 2 3 4 5 6 7 8 9 10; do /stubjump {where} x; done").split("\n")
    t.is_(sorted(set(results) - {"trap, the guest's pid"}), ["signal 11"], "after a flush: refused, or intercepted")
    t.is_(len(results), 10, "every time")
    vsyscall = subprocess.run([os.path.join(overlay, "vtime")]).returncode
    t.is_(g.run2("/vtime")[0] if vsyscall == 0 else vsyscall, vsyscall, "the vsyscall page, as on the host")
    t.is_(g.halt(), 0, "halt")
t.done()
