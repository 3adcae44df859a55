// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe clean PID [COUNTER]: is PID as if nobody had debugged it? Its code is
 * that of its files, no thread is stopped or has an engine, nobody traces it,
 * and the long at COUNTER goes up. Waits 10 s for that to become true; prints
 * what is not, and exits with 1.
 *
 * probe text PID: the first of these alone, once.
 *
 * probe advance PID COUNTER: the last of these alone.
 *
 * probe runs PID: waits until no thread is stopped, or the process is gone.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "look.h"

#define WAIT_S 10

static char complaints[8192];
static size_t complaints_len;

static void __attribute__((format(printf, 1, 2))) complain(const char *fmt, ...)
{
	size_t room = sizeof(complaints) - complaints_len;
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(complaints + complaints_len, room, fmt, args);
	va_end(args);
	if (len > 0)
		complaints_len += (size_t)len < room ? (size_t)len : room - 1;
}

static void check_text(int pid)
{
	int mappings = look_at_text(pid, complain);

	if (mappings < 0)
		complain("not all text of process %d can be read\n", pid);
	if (!mappings)
		complain("no text is mapped\n");
}

static void check_threads(int pid, bool stops_only)
{
	if (!look_at_threads(pid, stops_only, complain) && !stops_only)
		complain("no process %d\n", pid);
}

static long read_counter(int pid, unsigned long addr)
{
	char name[64];
	long value = 0;
	int mem;

	snprintf(name, sizeof(name), "/proc/%d/mem", pid);
	mem = open(name, O_RDONLY | O_CLOEXEC);
	if (mem < 0 || pread(mem, &value, sizeof(value), (off_t)addr) < 0)
		complain("cannot read the counter at %lx\n", addr);
	if (mem >= 0)
		close(mem);
	return value;
}

/* More than once: the thread that was caught half-way does not count. */
static void check_counter(int pid, unsigned long addr)
{
	const struct timespec pause = { .tv_nsec = 5000000 };
	long first = read_counter(pid, addr);
	int tries;

	for (tries = 0; tries < 400; tries++) {
		if (read_counter(pid, addr) - first >= 3)
			return;
		nanosleep(&pause, NULL);
	}
	complain("the counter at %lx stands at %ld\n", addr, first);
}

static void check_all(const char *what, int pid, unsigned long counter)
{
	complaints_len = 0;
	complaints[0] = '\0';
	if (!strcmp(what, "runs")) {
		check_threads(pid, true);
		return;
	}
	if (strcmp(what, "advance"))
		check_text(pid);
	if (!strcmp(what, "clean"))
		check_threads(pid, false);
	if (counter)
		check_counter(pid, counter);
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	time_t end = time(NULL) + WAIT_S;
	unsigned long counter;
	int pid;

	if (argc < 3)
		return 2;
	pid = atoi(argv[2]);
	counter = argc > 3 ? strtoul(argv[3], NULL, 0) : 0;
	if (!strcmp(argv[1], "text"))
		end = 0;
	do {
		if (complaints_len)
			nanosleep(&pause, NULL);
		check_all(argv[1], pid, counter);
	} while (complaints_len && time(NULL) < end);
	fputs(complaints, stdout);
	return complaints_len != 0;
}
