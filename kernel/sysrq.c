// SPDX-License-Identifier: GPL-2.0
/* System requests: the keys, and who may press them. */
#include <kernel/init.h>
#include <kernel/printk.h>
#include <kernel/reboot.h>
#include <kernel/sched.h>
#include <kernel/sysrq.h>
#include <drivers/tty.h>
#include <fs/mount.h>
#include <fs/proc.h>
#include <lib/string.h>
#include <mm/mm.h>
#include <asm/os.h>

extern const struct sysrq_key __start_sysrq_keys[], __stop_sysrq_keys[];
int sysrq_enabled;

static bool sysrq_allowed(u8 class)
{
	return sysrq_enabled == 1 || (sysrq_enabled & class);
}

static const struct sysrq_key *find_key(char key)
{
	const struct sysrq_key *k;

	for (k = __start_sysrq_keys; k < __stop_sysrq_keys; k++)
		if (k->key == key || (k->key == '0' && key >= '0' && key <= '9'))
			return k;
	return NULL;
}

static void help(char key, struct tty *tty)
{
	const struct sysrq_key *k;
	char text[512];
	size_t n = 0;

	for (k = __start_sysrq_keys; k < __stop_sysrq_keys; k++)
		n += (size_t)scnprintf(text + n, sizeof(text) - n, " %s(%c)", k->help, k->key);
	pr_info("sysrq: HELP :%s\n", text);
}

/* Keys that sleep run in a kernel thread, one after the other. */
static char later_key;
static void run_later(struct work *w)
{
	const struct sysrq_key *k = find_key(later_key);

	if (k)
		k->fn(later_key, NULL);
}
static struct work later = { .fn = run_later };

void sysrq_do(char key, struct tty *tty)
{
	const struct sysrq_key *k = find_key(key);
	int level = console_loglevel;

	console_loglevel = max(level, LOG_DEBUG);
	if (!k) {
		help(key, tty);
	} else {
		pr_info("sysrq: %s\n", k->help);
		if (k->sleeps) {
			later_key = key;
			work_queue(&later);
		} else {
			k->fn(key, tty);
		}
	}
	if (!k || k->key != '0')
		console_loglevel = level;
}

void sysrq_key(char key, struct tty *tty)
{
	const struct sysrq_key *k = find_key(key);

	if (!k || sysrq_allowed(k->class))
		sysrq_do(key, tty);
	else
		pr_info("sysrq: this request is disabled (sysrq=%d)\n", sysrq_enabled);
}

/* --- dumps --- */

static char state_letter(const struct task *t)
{
	static const char letters[] = {
		[TASK_RUNNING] = 'R', [TASK_INTERRUPTIBLE] = 'S', [TASK_KILLABLE] = 'D', [TASK_UNINTERRUPTIBLE] = 'D',
		[TASK_STOPPED] = 'T', [TASK_TRACED] = 't', [TASK_ZOMBIE] = 'Z', [TASK_DEAD] = 'X',
	};

	return letters[t->state];
}

static void dump_stack_of(const struct task *t)
{
	unsigned long pc[24];
	char name[96];
	int i, n = task_backtrace(t, pc, ARRAY_SIZE(pc));

	for (i = 0; i < n; i++)
		pr_info(" %s\n", os_symbol(pc[i], name, sizeof(name)) ? name : "?");
}

static void dump_task(const struct task *t)
{
	char calls[96];
	size_t n = 0;
	int i;

	calls[0] = 0;
	for (i = 0; !is_kthread(t) && i < (int)ARRAY_SIZE(t->last_calls); i++)
		n += (size_t)scnprintf(calls + n, sizeof(calls) - n, " %u",
				       t->last_calls[(t->last_call_pos + i) % ARRAY_SIZE(t->last_calls)]);
	pr_info("task:%-15s state:%c pid:%-5d tgid:%-5d ppid:%-5d flags:0x%04x ip:%llx calls:%s\n", t->comm, state_letter(t),
		task_pid_nr(t), task_tgid_nr(t), process_ppid(t->process), t->flags,
		is_kthread(t) ? 0ULL : (unsigned long long)t->thread.regs.rip, calls);
	dump_stack_of(t);
}

void dump_all_tasks(void)
{
	struct task *t;

	for_each_task(t)
		dump_task(t);
}

static void show_tasks(char key, struct tty *tty)
{
	dump_all_tasks();
}

static void show_blocked(char key, struct tty *tty)
{
	struct task *t;

	for_each_task(t)
		if (t->state == TASK_UNINTERRUPTIBLE || t->state == TASK_KILLABLE)
			dump_task(t);
}

void dump_memory(void)
{
	struct mem_counts c;

	mem_counts(&c);
	pr_info("Mem-Info: total:%lukB free:%lukB anon:%lukB cached:%lukB buffers:%lukB shmem:%lukB\n", total_pages() * 4,
		c.free * 4, c.anon * 4, c.cached * 4, c.buffers * 4, c.shmem * 4);
	pr_info("Mem-Info: dirty:%lukB writeback:%lukB mapped:%lukB slab:%lukB heap:%lukB pagetables:%lukB\n", c.dirty * 4,
		c.writeback * 4, c.mapped * 4, c.slab * 4, c.kernel_heap * 4, c.pagetables * 4);
}

static void show_memory(char key, struct tty *tty)
{
	dump_memory();
}

static void sysrq_backtrace(char key, struct tty *tty)
{
	pr_info("CPU: 0 PID: %d Comm: %s\n", current->pid ? task_pid_nr(current) : 0, current->comm);	/* idle has no pid */
	dump_stack_of(current);
}

/* --- actions --- */

static void set_level(char key, struct tty *tty)
{
	console_loglevel = key - '0';
}

static void sync_all(char key, struct tty *tty)
{
	struct super_block *sb;

	list_for_each_entry(sb, &super_blocks, node)
		if (!sb_rdonly(sb))
			sync_filesystem(sb);
	pr_info("Emergency Sync complete\n");
}

static void remount_all(char key, struct tty *tty)
{
	umount_all();
	pr_info("Emergency Remount complete\n");
}

static void reboot(char key, struct tty *tty)
{
	kernel_restart();
}

static void power_off(char key, struct tty *tty)
{
	kernel_power_off();
}

static void kill_console(char key, struct tty *tty)
{
	pr_info("sysrq: SAK: %d processes killed\n", tty_kill_session(tty ?: tty_find(console_driver, console_index)));
}

static void oom(char key, struct tty *tty)
{
	out_of_memory();
}

static void signal_all(int sig)
{
	struct task *t;
	siginfo_t info;

	siginfo_kernel(&info, sig, SI_KERNEL);
	for_each_task(t)
		if (t == t->process->leader && !is_kthread(t) && t->process != init_process)
			send_signal_process(sig, &info, t->process);
}

static void term_all(char key, struct tty *tty) { signal_all(SIGTERM); }
static void kill_all(char key, struct tty *tty) { signal_all(SIGKILL); }

SYSRQ_KEY('0', SYSRQ_LOG, false, "loglevel", set_level);
SYSRQ_KEY('b', SYSRQ_BOOT, false, "reBoot", reboot);
SYSRQ_KEY('e', SYSRQ_SIGNAL, false, "tErminate-all-tasks", term_all);
SYSRQ_KEY('f', SYSRQ_SIGNAL, true, "oom-kill-Full", oom);
SYSRQ_KEY('h', SYSRQ_LOG, false, "Help", help);
SYSRQ_KEY('i', SYSRQ_SIGNAL, false, "kIll-all-tasks", kill_all);
SYSRQ_KEY('k', SYSRQ_KEYBOARD, false, "saK", kill_console);
SYSRQ_KEY('l', SYSRQ_DUMP, false, "backtrace", sysrq_backtrace);
SYSRQ_KEY('m', SYSRQ_DUMP, false, "show-Memory", show_memory);
SYSRQ_KEY('o', SYSRQ_BOOT, false, "powerOff", power_off);
SYSRQ_KEY('s', SYSRQ_SYNC, true, "Sync", sync_all);
SYSRQ_KEY('t', SYSRQ_DUMP, false, "show-Tasks", show_tasks);
SYSRQ_KEY('u', SYSRQ_REMOUNT, true, "Unmount", remount_all);
SYSRQ_KEY('w', SYSRQ_DUMP, false, "show-blocked-tasks", show_blocked);

/* --- who may --- */

static int sysrq_option(char *value)
{
	if (kstrtoint(value, 0, &sysrq_enabled) || sysrq_enabled < 0)
		return option_error("sysrq=%s: not a number; use 0 (none), 1 (all) or a sum of classes", value);
	return 0;
}
BOOT_OPTION("sysrq=", sysrq_option, "<mask>", "let ^O and a key on a console make system requests: 1 all, 0 none");
PROC_SYSCTL_INT("kernel/sysrq", 0644, &sysrq_enabled, 0, 511);

static ssize_t trigger_write(char *text, size_t n, void *arg)
{
	if (n && *text != '\n')
		sysrq_do(*text, NULL);
	return (ssize_t)n;
}
PROC_FILE_RW("sysrq-trigger", 0200, NULL, trigger_write, NULL);
