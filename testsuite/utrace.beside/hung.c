// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Threads that are held for longer than the hung-task detector's patience: in a
 * call that was broken off, before a call, in exit and before the wait for a
 * vfork child. A complaint is in the kernel's log, which the test watches.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "beside.h"

#define SYSCTL "/proc/sys/kernel/hung_task_"
#define PATIENCE "2"
#define HELD_US 7000000

static void sleep_long(void)
{
	nap_us(100000000);
}

static void call_often(void)
{
	for (;;)
		syscall(SYS_getppid);
}

static volatile long *go;

static void exit_soon(void)
{
	wait_word(go, 1);
}

static void vfork_soon(void)
{
	pid_t pid;

	wait_word(go, 1);
	pid = vfork();
	if (!pid)
		_exit(0);
	wait_child(pid);
}

/* The event whose callback stops the thread. */
static const struct place {
	const char *name;
	void (*function)(void);
	unsigned long mask;
} places[] = {
	{ "in nanosleep", sleep_long, HOLDS_MASK },
	{ "before a call", call_often, EVENT(SYSCALL_ENTRY) },
	{ "in exit", exit_soon, EVENT(EXIT) },
	{ "in vfork", vfork_soon, EVENT(CLONE) },
};

#define NR_PLACES (sizeof(places) / sizeof(places[0]))

int main(void)
{
	unsigned int id[NR_PLACES];
	pid_t pid[NR_PLACES];
	int fd = race_open();
	unsigned int i;

	go = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!write_file(SYSCTL "timeout_secs", PATIENCE) ||
	    !write_file(SYSCTL "check_interval_secs", "1")) {
		unsupported("the hung-task detector", "no CONFIG_DETECT_HUNG_TASK");
		return 0;
	}
	engine_returns(fd, STOP);
	for (i = 0; i < NR_PLACES; i++) {
		pid[i] = child(places[i].function);
		id[i] = engine_on(fd, pid[i], places[i].mask);
	}
	engine_control(fd, id[0], INTERRUPT);
	*go = 1;
	for (i = 0; i < NR_PLACES; i++)
		verdict(wait_state(pid[i], 't'), places[i].name, "state %c",
			state_of(pid[i]));
	nap_us(HELD_US);
	for (i = 0; i < NR_PLACES; i++) {
		verdict(state_of(pid[i]) == 't', "still held", "state %c",
			state_of(pid[i]));
		kill_child(pid[i]);
	}
	write_file(SYSCTL "check_interval_secs", "0");
	write_file(SYSCTL "timeout_secs", "120");
	return verdicts_failed || race_bad(fd);
}
