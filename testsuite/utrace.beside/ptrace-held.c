// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thousand PTRACE_INTERRUPTs of a tracee that an engine holds: each makes one
 * trap, after each the thread goes back to its hold, and none leaves anything
 * on its kernel stack.
 */
#define _GNU_SOURCE
#include <sys/mman.h>
#include <sys/ptrace.h>

#include "beside.h"

#define TIMES 1000
#define EVENT_STOP_STATUS (PTRACE_EVENT_STOP << 16 | SIGTRAP << 8 | 0x7f)

static volatile long *beats;

static void beat(void)
{
	for (;;)
		++*beats;
}

static int lines_of_stack(pid_t pid)
{
	const char *text;
	char path[64];
	int lines = 0;

	snprintf(path, sizeof(path), "/proc/%d/stack", pid);
	for (text = read_file(path); *text; text++)
		lines += *text == '\n';
	return lines;
}

/* Waits for this one's next stop; -1 when there is none in time. */
static int wait_tracee(pid_t pid)
{
	double end = now() + patience_s(20);
	int status;

	while (waitpid(pid, &status, __WALL | WNOHANG) != pid) {
		if (now() > end)
			return -1;
		nap_us(100);
	}
	return status;
}

static bool is_untrapped(pid_t pid)
{
	return wait_state(pid, 't') &&
	       ptrace(PTRACE_PEEKUSER, pid, NULL, NULL) == -1 &&
	       errno == ESRCH;
}

int main(void)
{
	int i, lines, deepest = 0, wrong = 0, untrapped = 0;
	int fd = race_open();
	unsigned int id;
	pid_t pid;

	beats = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid = child(beat);
	wait_word(beats, 1000);
	id = engine_on(fd, pid, HOLDS_MASK);
	ptrace(PTRACE_SEIZE, pid, NULL, 0);
	hold(fd, id, pid);
	lines = lines_of_stack(pid);
	for (i = 0; i < TIMES; i++) {
		ptrace(PTRACE_INTERRUPT, pid, NULL, NULL);
		wrong += wait_tracee(pid) != EVENT_STOP_STATUS;
		ptrace(PTRACE_CONT, pid, NULL, NULL);
		if (i % 100)
			continue;
		untrapped += is_untrapped(pid);
		if (lines_of_stack(pid) > deepest)
			deepest = lines_of_stack(pid);
	}
	verdict(!wrong, "each makes one trap", "%d of %d do not", wrong, TIMES);
	verdict(waitpid(pid, &i, __WALL | WNOHANG) == 0, "and no more",
		"status %x", i);
	verdict(untrapped == TIMES / 100, "the hold goes on after each",
		"%d times of %d", untrapped, TIMES / 100);
	verdict(lines && deepest <= lines, "the stack does not grow",
		"from %d lines to %d", lines, deepest);
	verdict(stands(beats), "nothing of it ran", "it did");
	release(fd, id);
	verdict(moves(beats), "released it runs", "state %c", state_of(pid));
	kill_child(pid);
	return verdicts_failed || race_bad(fd);
}
