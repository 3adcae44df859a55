// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocation that fork, clone and vfork make fails once, one after the
 * other, in a thread that has an engine which attaches to its children; and
 * every allocation of an attach. What fails has no effect; what works works.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <sys/mman.h>

#include "beside.h"

#define MAX_FAULTS 2000

static struct {
	volatile long ready;
	volatile long go;
	volatile long done;
	volatile long failed;	/* forks that failed */
	volatile long worked;
	volatile long wrong;	/* errors that are none of memory */
} *shared;

/* What a child may do that shares our memory. */
static int child_function(void *arg)
{
	return arg ? 0 : 1;
}

static pid_t make_child(int kind)
{
	static char stack[65536] __attribute__((aligned(16)));
	pid_t pid;

	switch (kind) {
	case 0:
		return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) ?: (_exit(0), 0);
	case 1:
		return clone(child_function, stack + sizeof(stack),
			     CLONE_VM | CLONE_VFORK | SIGCHLD, stack);
	default:
		pid = clone(child_function, stack + sizeof(stack),
			    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
			    CLONE_THREAD | CLONE_SYSVSEM | CLONE_PARENT_SETTID |
			    CLONE_CHILD_CLEARTID, stack, &shared->ready, NULL,
			    &shared->ready);
		return pid;
	}
}

/* Writes n to fail-nth; false when there is no such file. */
static bool fail_nth(int file, int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%d", n);

	return pwrite(file, text, len, 0) == len;
}

/* Was the fault that was asked for made? The file says 0 then. */
static bool was_made(int file)
{
	char text[16] = "";

	return pread(file, text, sizeof(text) - 1, 0) > 0 && atoi(text) == 0;
}

static int open_fail_nth(void)
{
	return open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

static void note_answer(pid_t pid, int kind)
{
	if (pid < 0) {
		shared->failed++;
		shared->wrong += errno != ENOMEM && errno != EAGAIN;
		return;
	}
	shared->worked++;
	if (kind < 2)
		while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
			;
	else
		nap_us(2000);
}

static void be_child(void)
{
	int file = open_fail_nth();
	int kind, n;
	bool made;

	shared->ready = 1;
	wait_word(&shared->go, 1);
	for (kind = 0; kind < 3; kind++) {
		for (n = 1, made = true; made && n < MAX_FAULTS; n++) {
			pid_t pid;

			fail_nth(file, n);
			pid = make_child(kind);
			made = was_made(file);
			fail_nth(file, 0);
			note_answer(pid, kind);
		}
	}
	shared->done = 1;
	for (;;)
		pause();
}

static void test_fork(int fd)
{
	struct race_command command = { .op = RACE_HARVEST };
	double end = now() + patience_s(20);
	pid_t pid = child(be_child);
	int status;

	wait_word(&shared->ready, 1);
	race_call(fd, RACE_FOLLOW, 0, 1, 0);
	engine_on(fd, pid, EVENTS_ALL);
	shared->go = 1;
	while (!shared->done && now() < end + patience_s(60) &&
	       state_of(pid) != 'Z')
		nap_us(10000);
	verdict(shared->done && shared->failed > 20 && shared->worked >= 3 &&
		!shared->wrong, "forks that run out of memory",
		"%ld failed, %ld worked, %ld with another error, state %c",
		shared->failed, shared->worked, shared->wrong, state_of(pid));
	printf("# %ld forks failed, %ld worked\n", shared->failed,
	       shared->worked);
	status = kill_child(pid);
	verdict(status == SIGKILL, "their maker lives on", "status %x", status);
	do {
		race_do(fd, &command);
		nap_us(1000);
	} while (command.value && now() < end);
	verdict(!command.value, "no engine of a child is left", "%u are",
		command.value);
}

static void nap(void)
{
	for (;;)
		nap_us(1000);
}

static void test_attach(int fd)
{
	struct race_command command;
	int file = open_fail_nth();
	pid_t pid = child(nap);
	int n, answer, failed = 0, wrong = 0;
	bool made = true;

	for (n = 1; made && n < MAX_FAULTS; n++) {
		command = (struct race_command){
			.op = RACE_ATTACH, .pid = pid, .id = -1,
			.mask = EVENTS_ALL,
		};
		fail_nth(file, n);
		answer = race_do(fd, &command);
		made = was_made(file);
		fail_nth(file, 0);
		failed += answer == -ENOMEM;
		wrong += answer && answer != -ENOMEM;
		if (command.id != (unsigned int)-1) {
			engine_control(fd, command.id, DETACH);
			race_call(fd, RACE_DROP, command.id, 0, 0);
		}
	}
	verdict(failed >= 2 && !wrong && !answer,
		"attaching that runs out of memory",
		"%d failed, %d with another error, the last %d", failed, wrong,
		answer);
	verdict(kill_child(pid) == SIGKILL, "leaves the thread alone",
		"it is gone");
}

int main(void)
{
	int fd = race_open();
	int file = open_fail_nth();

	if (file < 0) {
		unsupported("allocations that fail", "no CONFIG_FAULT_INJECTION");
		return 0;
	}
	close(file);
	write_file("/sys/kernel/debug/failslab/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/fail_page_alloc/ignore-gfp-wait", "N");
	write_file("/sys/kernel/debug/failslab/verbose", "0");
	write_file("/sys/kernel/debug/fail_page_alloc/verbose", "0");
	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	test_fork(fd);
	test_attach(fd);
	return verdicts_failed || race_bad(fd);
}
