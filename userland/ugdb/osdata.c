// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables for "info os" in gdb, and what their columns are made of. */
#include <grp.h>
#include <pwd.h>
#include <string.h>

#include "../lib/array.h"
#include "../lib/procfs.h"
#include "helper.h"
#include "osdata.h"

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

void osdata_row_begin(struct buf *out)
{
	buf_add_string(out, "<item>");
}

void osdata_row_end(struct buf *out)
{
	buf_add_string(out, "</item>\n");
}

void osdata_text(struct buf *out, const char *name, const char *value)
{
	buf_add_format(out, "<column name=\"%s\">", name);
	add_escaped(out, value);
	buf_add_string(out, "</column>");
}

void osdata_number(struct buf *out, const char *name, long value)
{
	buf_add_format(out, "<column name=\"%s\">%ld</column>", name, value);
}

void osdata_user(struct buf *out, const char *name, uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		osdata_text(out, name, user->pw_name);
	else
		osdata_number(out, name, uid);
}

void osdata_group(struct buf *out, const char *name, gid_t gid)
{
	const struct group *group = getgrgid(gid);

	if (group)
		osdata_text(out, name, group->gr_name);
	else
		osdata_number(out, name, gid);
}

void osdata_comm(struct buf *out, const char *name, pid_t pid)
{
	struct buf comm = { 0 };

	if (procfs_read(&comm, "/proc/%d/comm", pid) && comm.len)
		comm.data[strcspn(comm.data, "\n")] = '\0';
	else
		buf_reset(&comm);
	osdata_text(out, name, comm.data);
	buf_free(&comm);
}

void osdata_for_each_line(const char *path, unsigned int nr_skipped,
			  void (*visit)(struct buf *out, char *line),
			  struct buf *out)
{
	struct buf text = { 0 };
	char *rest, *line;

	if (procfs_read(&text, "%s", path) && text.len) {
		rest = text.data;
		while ((line = strsep(&rest, "\n"))) {
			if (nr_skipped)
				nr_skipped--;
			else
				visit(out, line);
		}
	}
	buf_free(&text);
}

static void osdata_types(struct buf *out);

static const struct osdata {
	const char *name;
	const char *description;
	const char *title;
	void (*collect)(struct buf *out);
} osdata[] = {
	{ "types", "Listing of info os types you can list", "Types",
	  osdata_types },
	{ "cpus", "Listing of all cpus/cores on the system", "CPUs",
	  osdata_cpus },
	{ "files", "Listing of all file descriptors", "File descriptors",
	  osdata_files },
	{ "modules", "Listing of all loaded kernel modules", "Kernel modules",
	  osdata_modules },
	{ "msg", "Listing of all message queues", "Message queues",
	  osdata_message_queues },
	{ "processes", "Listing of all processes", "Processes",
	  osdata_processes },
	{ "procgroups", "Listing of all process groups", "Process groups",
	  osdata_process_groups },
	{ "semaphores", "Listing of all semaphores", "Semaphores",
	  osdata_semaphores },
	{ "shm", "Listing of all shared-memory regions",
	  "Shared-memory regions", osdata_shared_memory },
	{ "sockets", "Listing of all internet-domain sockets", "Sockets",
	  osdata_sockets },
	{ "threads", "Listing of all threads", "Threads", osdata_threads },
};

/* All but the table of tables itself. */
static void osdata_types(struct buf *out)
{
	for (size_t i = 1; i < ARRAY_SIZE(osdata); i++) {
		osdata_row_begin(out);
		osdata_text(out, "Type", osdata[i].name);
		osdata_text(out, "Description", osdata[i].description);
		osdata_text(out, "Title", osdata[i].title);
		osdata_row_end(out);
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
