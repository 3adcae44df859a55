// SPDX-License-Identifier: GPL-2.0-or-later
/* What the machine runs, as tables for "info os" in gdb. */
#include <pwd.h>
#include <stdio.h>
#include <string.h>

#include "../lib/array.h"
#include "../lib/procfs.h"
#include "helper.h"

/* XML 1.0 knows no control characters but tab and line ends. */
static void add_escaped(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '&')
			buf_add_string(out, "&amp;");
		else if (c == '<')
			buf_add_string(out, "&lt;");
		else if (c == '>')
			buf_add_string(out, "&gt;");
		else if (c < 32 || c > 126)
			buf_add_string(out, "?");
		else
			buf_add(out, text, 1);
	}
}

static void add_column(struct buf *out, const char *name, const char *value)
{
	buf_add_format(out, "<column name=\"%s\">", name);
	add_escaped(out, value);
	buf_add_string(out, "</column>");
}

static void add_number(struct buf *out, const char *name, long value)
{
	buf_add_format(out, "<column name=\"%s\">%ld</column>", name, value);
}

static void add_user(struct buf *out, uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		add_column(out, "user", user->pw_name);
	else
		add_number(out, "user", uid);
}

/* The arguments with blanks between them, or the name in brackets. */
static void read_command(struct buf *command, pid_t pid)
{
	struct buf name = { 0 };

	if (procfs_read(command, "/proc/%d/cmdline", pid) && command->len) {
		for (size_t i = 0; i + 1 < command->len; i++)
			if (!command->data[i])
				command->data[i] = ' ';
	} else if (procfs_read(&name, "/proc/%d/comm", pid) && name.len) {
		name.data[strcspn(name.data, "\n")] = '\0';
		buf_add_format(command, "[%s]", name.data);
	}
	buf_free(&name);
}

static void add_core(pid_t tid, void *arg)
{
	struct buf stat = { 0 };
	struct buf *cores = arg;
	const char *next;
	int core;

	if (!procfs_read(&stat, "/proc/%d/task/%d/stat", tid, tid))
		goto out;
	/* The name may hold anything; the fields count from behind it. */
	next = strrchr(stat.data, ')');
	for (int field = 2; next && field < 39; field++)
		next = strchr(next + 1, ' ');
	if (next && sscanf(next, " %d", &core) == 1)
		buf_add_format(cores, "%s%d", cores->len ? "," : "", core);
out:
	buf_free(&stat);
}

static void add_process(pid_t pid, void *arg)
{
	struct buf command = { 0 }, cores = { 0 };
	struct buf *out = arg;
	long uid;

	if (!procfs_status_number(pid, "Uid", &uid))
		return;
	read_command(&command, pid);
	procfs_for_each_tid(pid, add_core, &cores);
	buf_add_string(out, "<item>");
	add_number(out, "pid", pid);
	add_user(out, (uid_t)uid);
	add_column(out, "command", command.len ? command.data : "");
	add_column(out, "cores", cores.len ? cores.data : "");
	buf_add_string(out, "</item>\n");
	buf_free(&command);
	buf_free(&cores);
}

static void collect_processes(struct buf *out)
{
	procfs_for_each_pid(add_process, out);
}

static void collect_types(struct buf *out);

static const struct osdata {
	const char *name;
	const char *title;
	const char *description;
	void (*collect)(struct buf *out);
} osdata[] = {
	{ "types", "Types", "Listing of info os types you can list",
	  collect_types },
	{ "processes", "Processes", "Listing of all processes",
	  collect_processes },
};

static void collect_types(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(osdata); i++) {
		buf_add_string(out, "<item>");
		add_column(out, "Type", osdata[i].name);
		add_column(out, "Description", osdata[i].description);
		add_column(out, "Title", osdata[i].title);
		buf_add_string(out, "</item>\n");
	}
}

bool osdata_collect(struct buf *out, const char *name)
{
	const char *wanted = *name ? name : "types";

	for (size_t i = 0; i < ARRAY_SIZE(osdata); i++) {
		if (strcmp(wanted, osdata[i].name))
			continue;
		buf_add_format(out, "<osdata type=\"%s\">\n", wanted);
		osdata[i].collect(out);
		buf_add_string(out, "</osdata>\n");
		return true;
	}
	return false;
}
