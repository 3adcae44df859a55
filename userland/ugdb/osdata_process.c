// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of processes and of what they have. A process that ends while the
 * table is made is left out or has empty columns.
 */
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/procfs.h"
#include "osdata.h"

/* The arguments with blanks between them, or the name in brackets. */
static void add_command(struct buf *out, const char *name, pid_t pid)
{
	struct buf command = { 0 }, comm = { 0 };

	if (procfs_read(&command, "/proc/%d/cmdline", pid) && command.len) {
		for (size_t i = 0; i + 1 < command.len; i++)
			if (!command.data[i])
				command.data[i] = ' ';
	} else if (procfs_read(&comm, "/proc/%d/comm", pid) && comm.len) {
		comm.data[strcspn(comm.data, "\n")] = '\0';
		buf_add_format(&command, "[%s]", comm.data);
	}
	osdata_text(out, name, command.len ? command.data : "");
	buf_free(&command);
	buf_free(&comm);
}

/* Return: the processor that a thread ran on last, or -1. */
static int find_core(pid_t tid)
{
	struct buf stat = { 0 };
	const char *next = NULL;
	int core = -1;

	/* The name may hold anything; the fields count from behind it. */
	if (procfs_read(&stat, "/proc/%d/task/%d/stat", tid, tid) && stat.len)
		next = strrchr(stat.data, ')');
	for (int field = 2; next && field < 39; field++)
		next = strchr(next + 1, ' ');
	if (next)
		core = atoi(next + 1);
	buf_free(&stat);
	return core;
}

static void add_core(pid_t tid, void *arg)
{
	cpu_set_t *cores = arg;
	int core = find_core(tid);

	if (core >= 0 && core < CPU_SETSIZE)
		CPU_SET(core, cores);
}

/* Each core once, however many threads run there. */
static void add_cores(struct buf *out, pid_t pid)
{
	struct buf text = { 0 };
	cpu_set_t cores;

	CPU_ZERO(&cores);
	procfs_for_each_tid(pid, add_core, &cores);
	buf_reset(&text);
	for (int core = 0; core < CPU_SETSIZE; core++)
		if (CPU_ISSET(core, &cores))
			buf_add_format(&text, "%s%d", text.len ? "," : "",
				       core);
	osdata_text(out, "cores", text.data);
	buf_free(&text);
}

static void add_process(pid_t pid, void *arg)
{
	struct buf *out = arg;
	long uid;

	if (!procfs_status_number(pid, "Uid", &uid))
		return;
	osdata_row_begin(out);
	osdata_number(out, "pid", pid);
	osdata_user(out, "user", (uid_t)uid);
	add_command(out, "command", pid);
	add_cores(out, pid);
	osdata_row_end(out);
}

void osdata_processes(struct buf *out)
{
	procfs_for_each_pid(add_process, out);
}

struct member {
	pid_t group;
	pid_t pid;
};

struct members {
	struct member *member;
	size_t nr;
};

static void add_member(pid_t pid, void *arg)
{
	struct members *members = arg;
	pid_t group = getpgid(pid);

	if (group <= 0)
		return;
	members->member = xrealloc(members->member, (members->nr + 1) *
						    sizeof(struct member));
	members->member[members->nr++] = (struct member) { group, pid };
}

static int compare_members(const void *a, const void *b)
{
	const struct member *first = a, *second = b;

	if (first->group != second->group)
		return first->group < second->group ? -1 : 1;
	return first->pid < second->pid ? -1 : first->pid > second->pid;
}

void osdata_process_groups(struct buf *out)
{
	struct members members = { 0 };

	procfs_for_each_pid(add_member, &members);
	if (members.nr)
		qsort(members.member, members.nr, sizeof(struct member),
		      compare_members);
	for (size_t i = 0; i < members.nr; i++) {
		osdata_row_begin(out);
		osdata_number(out, "pgid", members.member[i].group);
		osdata_comm(out, "leader command", members.member[i].group);
		osdata_number(out, "pid", members.member[i].pid);
		add_command(out, "command line", members.member[i].pid);
		osdata_row_end(out);
	}
	free(members.member);
}

static void add_thread(pid_t tid, void *arg)
{
	struct buf *out = arg;
	long pid;

	if (!procfs_status_number(tid, "Tgid", &pid))
		return;
	osdata_row_begin(out);
	osdata_number(out, "pid", pid);
	osdata_comm(out, "command", tid);
	osdata_number(out, "tid", tid);
	osdata_number(out, "core", find_core(tid));
	osdata_row_end(out);
}

static void add_threads(pid_t pid, void *arg)
{
	procfs_for_each_tid(pid, add_thread, arg);
}

void osdata_threads(struct buf *out)
{
	procfs_for_each_pid(add_threads, out);
}

static void add_file(struct buf *out, pid_t pid, const char *fd)
{
	char *target = procfs_readlink("/proc/%d/fd/%s", pid, fd);

	osdata_row_begin(out);
	osdata_number(out, "pid", pid);
	osdata_comm(out, "command", pid);
	osdata_text(out, "file descriptor", fd);
	osdata_text(out, "name", target ? target : "");
	osdata_row_end(out);
	free(target);
}

static void add_files(pid_t pid, void *arg)
{
	struct buf *out = arg;
	struct dirent *entry;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", pid);
	dir = opendir(path);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			add_file(out, pid, entry->d_name);
	closedir(dir);
}

/* Of processes whose descriptors the user may see. */
void osdata_files(struct buf *out)
{
	procfs_for_each_pid(add_files, out);
}
