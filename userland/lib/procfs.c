// SPDX-License-Identifier: GPL-2.0-or-later
/* What /proc says about processes; every answer is a snapshot. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "procfs.h"

static bool read_all(int fd, struct buf *out)
{
	ssize_t got;

	do {
		got = read(fd, buf_add_space(out, 4096), 4096);
		if (got > 0) {
			out->len += got;
			out->data[out->len] = '\0';
		}
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got == 0;
}

bool procfs_read(struct buf *out, const char *fmt, ...)
{
	char path[PATH_MAX];
	va_list args;
	int fd, saved_errno;
	bool good;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	good = read_all(fd, out);
	saved_errno = errno;
	close(fd);
	errno = saved_errno;
	return good;
}

char *procfs_readlink(const char *fmt, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	va_list args;
	ssize_t len;

	va_start(args, fmt);
	vsnprintf(path, sizeof(path), fmt, args);
	va_end(args);
	len = readlink(path, target, sizeof(target) - 1);
	if (len < 0)
		return NULL;
	target[len] = '\0';
	return xstrdup(target);
}

bool procfs_status_number(pid_t pid, const char *field, long *value)
{
	size_t field_len = strlen(field);
	struct buf status = { 0 };
	bool found = false;
	char *line;

	if (!procfs_read(&status, "/proc/%d/status", pid) || !status.len) {
		buf_free(&status);
		return false;
	}
	for (line = status.data; line && !found; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, field, field_len) || line[field_len] != ':')
			continue;
		*value = strtol(line + field_len + 1, NULL, 10);
		found = true;
	}
	buf_free(&status);
	return found;
}

static int select_numbers(const struct dirent *entry)
{
	pid_t pid;

	return option_read_pid(entry->d_name, &pid);
}

static int compare_numbers(const struct dirent **a, const struct dirent **b)
{
	return atoi((*a)->d_name) - atoi((*b)->d_name);
}

static bool visit_numbers(const char *dir, void (*visit)(pid_t pid, void *arg),
			  void *arg)
{
	struct dirent **entries;
	int nr = scandir(dir, &entries, select_numbers, compare_numbers);

	if (nr < 0)
		return false;
	for (int i = 0; i < nr; i++) {
		visit(atoi(entries[i]->d_name), arg);
		free(entries[i]);
	}
	free(entries);
	return true;
}

bool procfs_for_each_pid(void (*visit)(pid_t pid, void *arg), void *arg)
{
	return visit_numbers("/proc", visit, arg);
}

bool procfs_for_each_tid(pid_t pid, void (*visit)(pid_t tid, void *arg),
			 void *arg)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	return visit_numbers(path, visit, arg);
}
