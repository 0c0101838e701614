# SPDX-License-Identifier: GPL-2.0
"""gdb commands for a running or crashed ./linux: gdb -x scripts/gdb/um.py -p PID. They read the kernel's own structures."""
import gdb


def val(expr):
    return gdb.parse_and_eval(expr)


def each(head, type_name, member):
    """The entries of a struct list_head."""
    t = gdb.lookup_type(type_name)
    off = next(f.bitpos // 8 for f in t.fields() if f.name == member)
    node = head["next"]
    while node != head.address:
        yield gdb.Value(int(node) - off).cast(t.pointer()).dereference()
        node = node["next"]


def tasks():
    return each(val("all_tasks"), "struct task", "all_node")


def find(arg):
    pid = int(arg or 0)
    for t in tasks():
        if int(t["pid"]["nr"]) == pid:
            return t
    raise gdb.GdbError(f"no task {arg}; um-ps lists them")


def text(array):
    return array.string(errors="replace").split("\0")[0]


def running():
    return int(val("cpus[0].running"))


class Ps(gdb.Command):
    """um-ps: all tasks of the guest, with host process and state."""

    def __init__(self):
        super().__init__("um-ps", gdb.COMMAND_STATUS)

    def invoke(self, arg, tty):
        print(f"{'PID':>6} {'TGID':>6} {'HOST':>7} {'STATE':22} COMMAND")
        for t in tasks():
            ht = t["thread"]["ht"]
            host = int(ht.dereference()["g"]["tid"]) if int(ht) else "-"
            state = "running" if int(t.address) == running() else str(t["state"]).replace("TASK_", "").lower()
            print(f"{int(t['pid']['nr']):6} {int(t['process']['tgid']['nr']):6} {host!s:>7} {state:22} {text(t['comm'])}")


class Bt(gdb.Command):
    """um-bt PID: where a task is in the kernel."""

    def __init__(self):
        super().__init__("um-bt", gdb.COMMAND_STACK)

    def invoke(self, arg, tty):
        t = find(arg)
        if int(t.address) == running():
            gdb.execute("bt")
            return
        long = gdb.lookup_type("long").pointer()
        sp = int(t["thread"]["ksp"])
        word = lambda a: int(gdb.Value(a).cast(long).dereference())
        fp, pc = word(sp + 40), word(sp + 48)  # behind r15 r14 r13 r12 rbx: rbp and the return address
        for n in range(64):
            sal = gdb.find_pc_line(pc - 1)
            block = gdb.block_for_pc(pc - 1)
            while block and not block.function:
                block = block.superblock
            print(f"#{n:<3} {pc:#x} {block.function if block else '?'} {sal.symtab.filename + ':' + str(sal.line) if sal.symtab else ''}")
            if not fp:
                break
            fp, pc = word(fp), word(fp + 8)
            if not pc:
                break


class Vma(gdb.Command):
    """um-vma PID: the memory map of a task."""

    def __init__(self):
        super().__init__("um-vma", gdb.COMMAND_DATA)

    def walk(self, node):
        if int(node):
            yield from self.walk(node["left"])
            yield node
            yield from self.walk(node["right"])

    def invoke(self, arg, tty):
        mm = find(arg)["mm"]
        if not int(mm):
            raise gdb.GdbError("a kernel thread has no memory map")
        t = gdb.lookup_type("struct vma")
        off = next(f.bitpos // 8 for f in t.fields() if f.name == "node")
        for node in self.walk(mm["vmas"]["node"]):
            v = gdb.Value(int(node) - off).cast(t.pointer()).dereference()
            flags = int(v["flags"])
            rights = "".join(c if flags >> i & 1 else "-" for i, c in enumerate("rwx")) + ("s" if flags & 8 else "p")
            name = text(v["file"]["path"]["dentry"]["name"]["name"]) if int(v["file"]) else ""
            print(f"{int(v['start']):012x}-{int(v['end']):012x} {rights} {int(v['pgoff']):8x} {name}")


class Dmesg(gdb.Command):
    """um-dmesg: the kernel log."""

    def __init__(self):
        super().__init__("um-dmesg", gdb.COMMAND_DATA)

    def invoke(self, arg, tty):
        first, end = int(val("first_seq")), int(val("next_seq"))
        descs, ring = val("log_descs"), val("log_text")
        records, size = descs.type.range()[1] + 1, ring.type.range()[1] + 1
        memory = gdb.selected_inferior().read_memory(int(ring.address), size).tobytes()
        for seq in range(first, end):
            d = descs[seq % records]
            at, n, ns = int(d["start"]) % size, int(d["len"]), int(d["time_ns"])
            print(f"[{ns // 10**9:5}.{ns % 10**9 // 1000:06}] {memory[at:at + n].decode(errors='replace').rstrip()}")


Ps()
Bt()
Vma()
Dmesg()
