// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thread that an engine stops and steps all the time runs over a uprobe and
 * over a hardware breakpoint: each is hit as often as the thread came by, no
 * SIGTRAP reaches the program, and the thread is never seen at the copy of the
 * probed instruction.
 */
#define _GNU_SOURCE
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "beside.h"

#define TRACEFS "/sys/kernel/tracing/"
#define ROUNDS 300

static struct {
	volatile long passes;
	volatile long enough;
	volatile long done;
} *shared;

/* Not inlined, and not the same code as another. */
static void __attribute__((noinline, noclone)) probed(void)
{
	asm volatile("" ::: "memory");
	shared->passes++;
}

static void be_child(void)
{
	while (!shared->enough)
		probed();
	shared->done = 1;
	for (;;)
		pause();
}

/* Is this address in the area where uprobes run copies? */
static bool is_in_copies(pid_t pid, unsigned long address)
{
	unsigned long from, to;
	char path[64];
	const char *line;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	line = strstr(read_file(path), "[uprobes]");
	if (!line)
		return false;
	while (line > read_file(path) && line[-1] != '\n')
		line--;
	return sscanf(line, "%lx-%lx", &from, &to) == 2 && address >= from &&
	       address < to;
}

/* Stops, looks, steps now and then, and lets go. */
static int play(int fd, unsigned int id, pid_t pid, struct chance *chance)
{
	struct race_command command = { .op = RACE_EXAMINE, .id = id };
	int step, seen = 0;

	engine_returns(fd, STOP);
	engine_control(fd, id, INTERRUPT);
	if (!wait_state(pid, 't'))
		return 1;
	for (step = choose(chance, 4); step; step--) {
		if (race_do(fd, &command) == 0)
			seen |= is_in_copies(pid, command.mask);
		engine_control(fd, id, SINGLESTEP);
		if (!wait_state(pid, 't'))
			return 1;
	}
	if (race_do(fd, &command) == 0)
		seen |= is_in_copies(pid, command.mask);
	release(fd, id);
	spin_us(choose(chance, 2000));
	return seen;
}

/* Makes the child run over its probe under an engine; its passes. */
static long run_child(const char *name, int fd, pid_t pid)
{
	struct chance chance = { 1 };
	unsigned int id = engine_on(fd, pid, HOLDS_MASK);
	int i, wrong = 0;
	int status;

	for (i = 0; i < ROUNDS; i++)
		wrong += play(fd, id, pid, &chance);
	shared->enough = 1;
	release(fd, id);
	wait_word(&shared->done, 1);
	verdict(!wrong, name, "%d of %d rounds are wrong", wrong, ROUNDS);
	status = waitpid(pid, &i, WNOHANG);
	verdict(status == 0 && shared->done, "the program goes on",
		"status %x", status ? i : 0);
	return shared->passes;
}

static unsigned long offset_of(const void *function, char *path, size_t len)
{
	unsigned long from, to, offset;
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	while (fgets(line, sizeof(line), maps)) {
		if (sscanf(line, "%lx-%lx %*s %lx", &from, &to, &offset) == 3 &&
		    (unsigned long)function >= from &&
		    (unsigned long)function < to) {
			fclose(maps);
			if (readlink("/proc/self/exe", path, len) < 0)
				return 0;
			return (unsigned long)function - from + offset;
		}
	}
	fclose(maps);
	return 0;
}

static long uprobe_hits(void)
{
	char name[64];
	long hits;

	if (sscanf(strstr(read_file(TRACEFS "uprobe_profile"), "utrace_hit") ?:
		   "", "%63s %ld", name, &hits) != 2)
		return -1;
	return hits;
}

static void test_uprobe(int fd)
{
	char path[256] = "", text[400];
	unsigned long offset = offset_of(probed, path, sizeof(path) - 1);
	long passes;
	pid_t pid;

	snprintf(text, sizeof(text), "p:utrace_hit %s:0x%lx", path, offset);
	if (!write_file(TRACEFS "uprobe_events", text) ||
	    !write_file(TRACEFS "events/uprobes/utrace_hit/enable", "1")) {
		unsupported("a uprobe", "no CONFIG_UPROBE_EVENTS");
		return;
	}
	memset(shared, 0, sizeof(*shared));
	pid = child(be_child);
	wait_word(&shared->passes, 10);
	passes = run_child("stops and steps over a uprobe", fd, pid);
	verdict(uprobe_hits() == passes, "each pass hits it once",
		"%ld passes, %ld hits", passes, uprobe_hits());
	kill_child(pid);
	write_file(TRACEFS "events/uprobes/utrace_hit/enable", "0");
	write_file(TRACEFS "uprobe_events", "-:utrace_hit");
}

static void test_hardware(int fd)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_X,
		.bp_addr = (unsigned long)probed,
		.bp_len = sizeof(long),
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	long before, passes;
	uint64_t hits = 0;
	int event;
	pid_t pid;

	memset(shared, 0, sizeof(*shared));
	pid = child(be_child);
	wait_word(&shared->passes, 10);
	kill(pid, SIGSTOP);
	wait_state(pid, 'T');
	before = shared->passes;
	event = syscall(SYS_perf_event_open, &attr, pid, -1, -1, 0);
	if (event < 0) {
		unsupported("a hardware breakpoint", strerror(errno));
		kill_child(pid);
		return;
	}
	kill(pid, SIGCONT);
	passes = run_child("stops and steps over a hardware breakpoint", fd,
			   pid) - before;
	if (read(event, &hits, sizeof(hits)) != sizeof(hits))
		hits = -1;
	/* It was stopped anywhere, so the first pass may be half of one. */
	verdict((long)hits == passes || (long)hits == passes - 1,
		"each pass triggers it once", "%ld passes, %ld hits", passes,
		(long)hits);
	close(event);
	kill_child(pid);
}

int main(void)
{
	int fd = race_open();

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	test_uprobe(fd);
	test_hardware(fd);
	return verdicts_failed || race_bad(fd);
}
