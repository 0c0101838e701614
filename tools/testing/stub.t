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
for name in ("stubjump", "stubspin", "stubleak"):
    subprocess.run(["gcc", "-O1", "-w", "-static", "-o", os.path.join(overlay, name), os.path.join(SRC, f"tools/testing/guest/{name}.c")], check=True)
with open(os.path.join(d, "v.c"), "w") as f:
    f.write("#include <stdlib.h>\n#include <time.h>\nint main(void) { long (*vtime)(long *) = (void *)0xffffffffff600400; "
            "volatile char *p = malloc(1 << 20); p[70000] = 1; return labs(vtime(0) - time(0)) > 2; }\n")
subprocess.run(["gcc", "-O1", "-w", "-static", "-o", os.path.join(overlay, "vtime"), os.path.join(d, "v.c")], check=True)
with Guest(image=make_image(os.path.join(d, "root_fs"), overlay), mem="512M") as g:
    # Two pages below the top of what the host gives a process; the instruction's place: disassemble the stub.
    page = next(int(m.group(1), 16) for p in host_processes(g.pid) for m in
                re.finditer(r"^([0-9a-f]+)-\S+ r-xs .*memfd:um-stub-data", open(f"/proc/{p}/maps").read(), re.M))
    code = open(os.path.join(OBJ, "arch/um/stub/stub.elf"), "rb").read()[4096:8192]
    where = hex(page + code.index(b"\x0f\x05"))
    t.is_(g.run(f"/stubjump {where}"), "trap, the guest's pid", "a jump to the stub's system call: it is intercepted")
    results = g.run(f"for i in 1 2 3 4 5 6 7 8 9 10; do /stubjump {where} x; done").split("\n")
    t.is_(sorted(set(results)), ["trap, the guest's pid"], "after a flush, too")
    t.is_(len(results), 10, "every time")
    g.run(f"/stubspin {page:x}")
    t.is_(g.run("sleep 1; echo alive"), "alive", "guest code that goes round in the stub for ever is interrupted")
    g.run("killall -9 stubspin")
    limit = int(open("/proc/sys/vm/max_map_count").read())
    if limit <= 70000:      # with a higher one the kernel's own comes first
        t.is_(g.run(f"/stubleak {page:x} {limit + 500}"), "0 secrets seen", "what is left of a batch that failed is not for guests to see")
    vsyscall = subprocess.run([os.path.join(overlay, "vtime")]).returncode
    t.is_(g.run2("/vtime")[0] if vsyscall == 0 else vsyscall, vsyscall, "the vsyscall page, as on the host")
    t.is_(g.halt(), 0, "halt")
t.done()
