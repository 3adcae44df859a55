// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ways a thread can end, each with an engine that counts: report_death once
 * and report_reap once, in this order, whoever reaps and whenever.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sys/mman.h>

#include "../utrace.beside/beside.h"

#define MASK (EVENT(EXIT) | EVENT(DEATH) | EVENT(REAP))
#define SLOW_US 1000000
#define SLOW_TIMES 8

static struct {
	volatile long tid;	/* of the thread that will end */
	volatile long other;	/* of a thread beside it */
	volatile long go;
	volatile long enough;
} *shared;

static char self[256];

static void wait_for_go(void)
{
	wait_word(&shared->go, 1);
}

static void end_soon(void)
{
	shared->tid = getpid();
	wait_for_go();
}

static void *end_thread(void *arg)
{
	shared->tid = syscall(SYS_gettid);
	wait_for_go();
	return arg;
}

static void end_detached_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, end_thread, NULL);
	pthread_detach(thread);
	wait_word(&shared->enough, 1);
}

static void *outlive_leader(void *arg)
{
	shared->other = syscall(SYS_gettid);
	wait_word(&shared->enough, 1);
	return arg;
}

static void end_leader(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, outlive_leader, NULL);
	wait_word(&shared->other, 1);
	shared->tid = getpid();
	wait_for_go();
	syscall(SYS_exit, 0);
}

static void *exec_from_thread(void *arg)
{
	shared->other = syscall(SYS_gettid);
	wait_for_go();
	execl(self, self, "sleep", NULL);
	return arg;
}

static void be_replaced(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_from_thread, NULL);
	wait_word(&shared->other, 1);
	shared->tid = getpid();
	for (;;)
		pause();
}

/* A child that has come to where it waits; an engine is on its thread. */
static pid_t begin(int fd, void (*function)(void), unsigned int *id)
{
	pid_t pid;

	memset((void *)shared, 0, sizeof(*shared));
	pid = child(function);
	wait_word(&shared->tid, 1);
	*id = engine_on(fd, shared->tid, MASK);
	return pid;
}

static bool wait_count(int fd, unsigned int id, enum race_kind kind,
		       unsigned int count)
{
	double end = now() + patience_s(20);

	while (race_state(fd, id).n[kind] < count) {
		if (now() > end)
			return false;
		nap_us(1000);
	}
	return true;
}

static void check_once(int fd, unsigned int id, const char *name)
{
	struct race_command state;

	wait_count(fd, id, RACE_REAP, 1);
	nap_us(20000);
	state = race_state(fd, id);
	verdict(state.n[RACE_EXIT] == 1 && state.n[RACE_DEATH] == 1 &&
		state.n[RACE_REAP] == 1, name, "exit %u, death %u, reap %u",
		state.n[RACE_EXIT], state.n[RACE_DEATH], state.n[RACE_REAP]);
	race_call(fd, RACE_DROP, id, 0, 0);
}

/* The parent has its status before report_death is back, and reap waits. */
static void test_parent_in_parallel(int fd)
{
	struct race_command state;
	int i, overlaps = 0, early = 0;
	unsigned int id;
	pid_t pid;

	race_call(fd, RACE_DELAY, 0, SLOW_US, 1 << RACE_DEATH);
	for (i = 0; i < SLOW_TIMES; i++) {
		pid = begin(fd, end_soon, &id);
		shared->go = 1;
		wait_child(pid);
		state = race_state(fd, id);
		overlaps += !!(state.running & 1 << RACE_DEATH);
		early += state.n[RACE_REAP] && (state.running ||
						!state.n[RACE_DEATH]);
		wait_count(fd, id, RACE_REAP, 1);
		early += !race_state(fd, id).n[RACE_DEATH];
		race_call(fd, RACE_DROP, id, 0, 0);
	}
	race_call(fd, RACE_DELAY, 0, 0, EVENTS_ALL);
	verdict(overlaps > 0, "a parent reaps while report_death runs",
		"never in %d times", SLOW_TIMES);
	verdict(!early, "report_reap comes after it", "%d times before", early);
}

static void test_parent(int fd)
{
	unsigned int id;
	pid_t pid = begin(fd, end_soon, &id);

	shared->go = 1;
	wait_count(fd, id, RACE_DEATH, 1);
	nap_us(50000);
	verdict(!race_state(fd, id).n[RACE_REAP],
		"no report_reap before the parent waits", "it came");
	wait_child(pid);
	check_once(fd, id, "a child whose parent waits");
}

static void test_self_reaping(int fd)
{
	unsigned int id;

	signal(SIGCHLD, SIG_IGN);
	begin(fd, end_soon, &id);
	shared->go = 1;
	check_once(fd, id, "a child whose parent ignores SIGCHLD");
	signal(SIGCHLD, SIG_DFL);
}

static void test_detached_thread(int fd)
{
	unsigned int id;
	pid_t pid = begin(fd, end_detached_thread, &id);

	shared->go = 1;
	check_once(fd, id, "a detached thread");
	shared->enough = 1;
	wait_child(pid);
}

static void test_leader_first(int fd)
{
	unsigned int id;
	pid_t pid = begin(fd, end_leader, &id);

	shared->go = 1;
	wait_count(fd, id, RACE_DEATH, 1);
	nap_us(50000);
	verdict(!race_state(fd, id).n[RACE_REAP],
		"a leader is not reaped before its threads", "it is");
	shared->enough = 1;
	wait_child(pid);
	check_once(fd, id, "a leader that ends first");
}

static void test_replaced_leader(int fd)
{
	struct race_command state;
	unsigned int id, other;
	pid_t pid = begin(fd, be_replaced, &id);

	other = engine_on(fd, shared->other, MASK | EVENT(EXEC));
	shared->go = 1;
	wait_count(fd, other, RACE_EXEC, 1);
	check_once(fd, id, "a leader whose thread execs");
	state = race_state(fd, other);
	verdict(state.n[RACE_EXEC] == 1 && !state.n[RACE_EXIT] &&
		!state.n[RACE_DEATH] && !state.n[RACE_REAP],
		"the engine of that thread lives on",
		"exec %u, exit %u, death %u, reap %u", state.n[RACE_EXEC],
		state.n[RACE_EXIT], state.n[RACE_DEATH], state.n[RACE_REAP]);
	kill_child(pid);
	check_once(fd, other, "and sees the end of the process");
}

int main(int argc, char **argv)
{
	int fd;

	if (argc > 1 && !strcmp(argv[1], "sleep")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		nap_us(100000000);
		return 0;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		return 2;
	fd = race_open();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	test_parent(fd);
	test_parent_in_parallel(fd);
	test_self_reaping(fd);
	test_detached_thread(fd);
	test_leader_first(fd);
	test_replaced_leader(fd);
	return verdicts_failed || race_bad(fd);
}
