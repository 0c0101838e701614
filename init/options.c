/* SPDX-License-Identifier: GPL-2.0 */
/* The command line: records gathered by BOOT_OPTION, --help made from them, and what is left for init. */
#include <kernel/boot.h>
#include <kernel/init.h>
#include <kernel/ns.h>
#include <kernel/printk.h>
#include <lib/string.h>
#include <asm/os.h>

#define MAX_INIT_ARGS	64

char saved_command_line[4096];
u64 mem_bytes = 64 << 20;
bool kunit_wanted;
const char *kunit_name;
char *init_path;
const char *init_argv[MAX_INIT_ARGS + 2];
const char *init_envp[MAX_INIT_ARGS + 4] = { "HOME=/", "TERM=linux" };
static int nr_args = 1, nr_envs = 2;

extern const struct boot_option __start_boot_options[], __stop_boot_options[];
extern const char config_text[], config_text_end[];

int option_error(const char *fmt, ...)
{
	char text[512] = "linux: ";
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = 7 + vsnprintf(text + 7, sizeof(text) - 8, fmt, ap);
	va_end(ap);
	n = min(n, (int)sizeof(text) - 2);
	text[n++] = '\n';
	os_puts(text, (size_t)n);
	return -EINVAL;
}

static int mem_option(char *value)
{
	char *end;
	u64 n = memparse(value, &end);

	if (end == value || *end)
		return option_error("mem=%s: not a size; give one like mem=256M", value);
	if (n < 8 << 20)
		return option_error("mem=%s: too little to boot with; give 16M or more", value);
	if (n > os_host_memory())
		return option_error("mem=%s: more than the host has (%llu MiB); give less", value, os_host_memory() >> 20);
	mem_bytes = n & PAGE_MASK;
	return 0;
}
BOOT_OPTION("mem=", mem_option, "<size>", "memory of the guest, as in 256M or 1G (default 64M)");

static int init_option(char *value)
{
	init_path = value;
	nr_args = 1;		/* what stood before was for the default init */
	return 0;
}
BOOT_OPTION("init=", init_option, "<path>", "first program instead of /sbin/init");

static int ncpus_option(char *value)
{
	u64 n;

	if (kstrtou64(value, 10, &n) || !n)
		return option_error("ncpus=%s: a number from 1", value);
	if (n > 1)
		pr_warn("ncpus=%s: this kernel runs on one virtual CPU\n", value);
	return 0;
}
BOOT_OPTION("ncpus=", ncpus_option, "<n>", "virtual CPUs; 1 for the present");

static int kunit_option(char *value)
{
	kunit_wanted = true;
	return 0;
}
BOOT_OPTION("kunit", kunit_option, "", "run the kernel's unit tests (those whose names start with the next word) and exit");

static char umid[64];

static int umid_option(char *value)
{
	if (*umid)
		return option_error("umid=%s: given already, as %s", value, umid);
	if (!*value || strlen(value) >= sizeof(umid) || strchr(value, '/'))
		return option_error("umid=%s: a name of 1 to 63 characters without '/'", value);
	strscpy(umid, value, sizeof(umid));
	return 0;
}
BOOT_OPTION("umid=", umid_option, "<name>", "name of this guest");

static void print(const char *fmt, ...) __printf(1, 2);
static void print(const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	os_print_stdout(text, (size_t)min(n, (int)sizeof(text) - 1));
}

static const struct boot_option *next_by_name(const struct boot_option *after)
{
	const struct boot_option *best = NULL;

	for (const struct boot_option *o = __start_boot_options; o < __stop_boot_options; o++) {
		if (after && (strcmp(o->name, after->name) < 0 || (!strcmp(o->name, after->name) && o <= after)))
			continue;
		if (!best || strcmp(o->name, best->name) < 0)
			best = o;
	}
	return best;
}

static void help(void)
{
	print("User mode kernel %s: a Linux-compatible kernel that runs as ordinary processes\n\n", um_release);
	print("usage: ./linux [option...] [argument of init...]\n\n");
	for (const struct boot_option *o = next_by_name(NULL); o; o = next_by_name(o)) {
		char name[64];

		strscpy(name, o->name, sizeof(name));
		if (*name && name[strlen(name) - 1] == '#')
			name[strlen(name) - 1] = '\0';
		print("  %s%s\n        %s\n", name, o->args ? o->args : "", o->help);
	}
	print("  --help\n        this text\n  --version\n        the release\n  --showconfig\n        how this kernel was configured\n");
	print("\nOther words go to init: key=value into its environment, the rest as arguments.\n");
}

static void showconfig(void)
{
	os_print_stdout(config_text, (size_t)(config_text_end - config_text));
}

/* Does o take this word? Then the rest of it, else NULL. */
static char *matches(const struct boot_option *o, char *word)
{
	size_t n = strlen(o->name);
	char last = o->name[n - 1];

	if (last == '#')
		return strncmp(word, o->name, n - 1) ? NULL : word + n - 1;
	if (last == '=')
		return strncmp(word, o->name, n) ? NULL : word + n;
	return strcmp(word, o->name) ? NULL : word + n;
}

static int give_to_init(char *word)
{
	if (strchr(word, '=')) {
		size_t key = (size_t)(strchr(word, '=') - word) + 1;

		for (int i = 0; i < nr_envs; i++)
			if (!strncmp(init_envp[i], word, key)) {
				init_envp[i] = word;
				return 0;
			}
		if (nr_envs == MAX_INIT_ARGS + 2)
			return option_error("%s: too many words for init's environment (%d at most)", word, MAX_INIT_ARGS);
		init_envp[nr_envs++] = word;
		return 0;
	}
	if (nr_args == MAX_INIT_ARGS)
		return option_error("%s: too many arguments for init (%d at most)", word, MAX_INIT_ARGS);
	init_argv[nr_args++] = word;
	return 0;
}

static int parse_word(char *word)
{
	for (const struct boot_option *o = __start_boot_options; o < __stop_boot_options; o++) {
		char *rest = matches(o, word);
		int err = rest ? o->fn(rest) : -ENOENT;

		if (err != -ENOENT)
			return err;
	}
	return give_to_init(word);
}

static int join(int argc, char **argv)
{
	size_t len = 0;

	for (int i = 1; i < argc; i++) {
		size_t n = strlen(argv[i]);

		if (len + n + 2 > sizeof(saved_command_line))
			return option_error("the command line is longer than %d bytes; shorten it", (int)sizeof(saved_command_line));
		if (i > 1)
			saved_command_line[len++] = ' ';
		memcpy(saved_command_line + len, argv[i], n);
		len += n;
	}
	saved_command_line[len] = '\0';
	return 0;
}

int parse_options(int argc, char **argv)
{
	bool rest = false;
	int err = join(argc, argv);

	for (int i = 1; i < argc && !err; i++) {
		if (!rest && !strcmp(argv[i], "--help"))
			return help(), 1;
		if (!rest && !strcmp(argv[i], "--version"))
			return print("%s\n", um_release), 1;
		if (!rest && !strcmp(argv[i], "--showconfig"))
			return showconfig(), 1;
		if (!rest && !strcmp(argv[i], "--"))
			rest = true;
		else if (kunit_wanted && !kunit_name && !strchr(argv[i], '='))
			kunit_name = argv[i];
		else
			err = rest ? give_to_init(argv[i]) : parse_word(argv[i]);
	}
	return err;
}
