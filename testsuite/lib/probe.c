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
#include <dirent.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WAIT_S 10
#define CHUNK 65536

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

static void compare_chunk(int mem, int file, const char *path,
			  unsigned long addr, unsigned long offset, size_t len)
{
	static unsigned char ours[CHUNK], theirs[CHUNK];
	ssize_t got = pread(mem, ours, len, (off_t)addr);
	ssize_t has = pread(file, theirs, len, (off_t)offset);
	ssize_t i;

	if (got != (ssize_t)len) {
		complain("cannot read %zu bytes at %lx\n", len, addr);
		return;
	}
	/* Behind the end of the file the page is zero. */
	if (has < 0)
		has = 0;
	memset(theirs + has, 0, len - has);
	for (i = 0; i < got; i++)
		if (ours[i] != theirs[i])
			complain("%s: %02x and not %02x at %lx\n", path,
				 ours[i], theirs[i], addr + i);
}

static void compare_mapping(int mem, const char *path, unsigned long start,
			    unsigned long end, unsigned long offset)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	size_t len;

	if (file < 0) {
		complain("cannot open %s\n", path);
		return;
	}
	for (; start < end; start += len, offset += len) {
		len = end - start < CHUNK ? end - start : CHUNK;
		compare_chunk(mem, file, path, start, offset, len);
	}
	close(file);
}

/* Every page of a file that can be executed and not written. */
static void check_text(int pid)
{
	unsigned long start, end, offset;
	char path[512], name[512], line[1024], perms[8];
	unsigned int mappings = 0;
	FILE *maps;
	int mem;

	snprintf(name, sizeof(name), "/proc/%d/mem", pid);
	mem = open(name, O_RDONLY | O_CLOEXEC);
	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	maps = fopen(name, "re");
	if (mem < 0 || !maps) {
		printf("cannot look into process %d\n", pid);
		exit(1);
	}
	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %7s %lx %*s %*s %511s", &start, &end,
			   perms, &offset, path) != 5 ||
		    path[0] != '/' || strcmp(perms, "r-xp"))
			continue;
		compare_mapping(mem, path, start, end, offset);
		mappings++;
	}
	if (!mappings)
		complain("no text is mapped\n");
	fclose(maps);
	close(mem);
}

/* Whether there is debugging to be seen; stops alone when @stops_only. */
static void check_status(int pid, const char *tid, bool stops_only)
{
	char name[512], line[512];
	FILE *status;

	snprintf(name, sizeof(name), "/proc/%d/task/%s/status", pid, tid);
	status = fopen(name, "re");
	if (!status)
		return;
	while (fgets(line, sizeof(line), status)) {
		if (!strncmp(line, "State:", 6) && strpbrk(line + 6, "tT"))
			complain("thread %s: %s", tid, line);
		if (!stops_only &&
		    (!strncmp(line, "Utrace:", 7) ||
		     (!strncmp(line, "TracerPid:", 10) && atoi(line + 10))))
			complain("thread %s: %s", tid, line);
	}
	fclose(status);
}

static void check_threads(int pid, bool stops_only)
{
	struct dirent *entry;
	char name[64];
	DIR *dir;

	snprintf(name, sizeof(name), "/proc/%d/task", pid);
	dir = opendir(name);
	if (!dir) {
		if (!stops_only)
			complain("no process %d\n", pid);
		return;
	}
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			check_status(pid, entry->d_name, stops_only);
	closedir(dir);
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
