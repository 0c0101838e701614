/* SPDX-License-Identifier: GPL-2.0 */
/* Files that begin with "#!": their first line names the program that runs them, and at most one argument for it. */
#include <fs/namei.h>
#include <kernel/exec.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include <mm/slab.h>

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Cuts the line into interpreter and argument (NULL: none). False: there is no interpreter. */
static bool parse_line(char *line, char **interp, char **arg)
{
	char *end = line + strlen(line), *p;

	p = strchr(line, '\n');
	if (p)
		end = p;
	else if (strlen(line) >= sizeof_field(struct exec, head) - 3 && !strchr(line, ' ') && !strchr(line, '\t'))
		return false;		/* the interpreter's name was cut off */
	while (end > line && blank(end[-1]))
		end--;
	*end = '\0';
	while (blank(*line))
		line++;
	if (!*line)
		return false;
	*interp = line;
	while (*line && !blank(*line))
		line++;
	*arg = NULL;
	if (*line) {
		*line++ = '\0';
		while (blank(*line))
			line++;
		*arg = *line ? line : NULL;
	}
	return true;
}

static int load_script(struct exec *x)
{
	char line[sizeof(x->head)], *interp, *arg, *name;
	struct file *f;
	int err;

	if (x->head[0] != '#' || x->head[1] != '!')
		return -ENOEXEC;
	if (x->no_path)
		return why(-ENOENT, "a script by a descriptor that exec closes: its interpreter could not open it");
	if (++x->depth > 5)
		return why(-ELOOP, "more than five scripts, each the interpreter of the other");
	memcpy(line, x->head + 2, sizeof(line) - 2);
	line[sizeof(line) - 3] = '\0';
	if (!parse_line(line, &interp, &arg))
		return why(-ENOEXEC, "no interpreter behind #!");
	err = exec_prepend(x, interp, arg, x->interp ?: x->name);
	if (err)
		return err;
	name = kstrdup(interp, GFP_KERNEL);
	if (!name)
		return -ENOMEM;
	kfree(x->interp);
	x->interp = name;
	f = exec_open_interp(interp);
	if (IS_ERR(f))
		return why((int)PTR_ERR(f), "its interpreter %s", interp);
	err = exec_set_file(x, f);
	return err ? err : exec_again(x);
}
EXEC_FORMAT("script", load_script);
