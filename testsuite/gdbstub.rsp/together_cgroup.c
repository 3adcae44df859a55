// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A cgroup for programs that are frozen.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "together.h"

#define CGROUP "/tmp/together-cgroup"

static void write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		wrong("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
}

void cgroup_make(void)
{
	mkdir(CGROUP, 0755);
	if (mount("none", CGROUP, "cgroup2", 0, NULL) ||
	    (mkdir(CGROUP "/held", 0755) && errno != EEXIST))
		die(CGROUP);
}

void cgroup_remove(void)
{
	rmdir(CGROUP "/held");
	umount2(CGROUP, MNT_DETACH);
	rmdir(CGROUP);
}

void cgroup_join(pid_t pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	write_text(CGROUP "/held/cgroup.procs", text);
}

/* It takes a while until it is. */
void cgroup_freeze(bool is_frozen)
{
	write_text(CGROUP "/held/cgroup.freeze", is_frozen ? "1" : "0");
	if (is_frozen)
		nap_ms(5);
}
