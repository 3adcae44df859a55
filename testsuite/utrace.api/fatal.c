// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: signals that end a process, and what ends it without a report. */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>

#include "ut.h"

static void note(int sig)
{
	(void)sig;
	shared->more++;
}

/* In the traced program. */
static void count(int sig)
{
	sigaction(sig, &(struct sigaction){ .sa_handler = note }, NULL);
}

static void *waits(void *arg)
{
	sleeps(arg);
	return NULL;
}

static void three_threads(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, waits, NULL);
	two_threads(arg);
}

static void fatal_with_threads(void)
{
	pid_t pid = spawn(three_threads, NULL);
	int i, reports = 0;

	wait_value(&shared->ready, 2);
	for (i = 0; i < 2; i++)
		check_eq(ut_attach(i, shared->tid[i], E_SIGNAL_TERM | E_DEATH),
			 0);
	syscall(SYS_tgkill, pid, (int)shared->tid[1], SIGTERM);
	check_eq(reap(pid), SIGTERM);
	reports = ut_count(-1, UT_SIGNAL, SIGTERM);
	check_eq(reports, 1);
	check_eq(ut_count(1, UT_SIGNAL, SIGTERM), 1);
	check(ut_wait(0, UT_DEATH, UT_ANY));
	check(ut_nth(1, UT_SIGNAL, SIGTERM, 1)->seq <
	      ut_nth(0, UT_DEATH, UT_ANY, 1)->seq);
}

/* Nobody asked for SIGNAL_TERM: it is the fast kill, reported to none. */
static void fatal_unseen(void)
{
	pid_t pid = spawn(two_threads, NULL);

	wait_value(&shared->ready, 2);
	check_eq(ut_attach(0, pid, E_SIGNAL | E_DEATH), 0);
	kill(pid, SIGTERM);
	check_eq(reap(pid), SIGTERM);
	check(ut_wait(0, UT_DEATH, UT_ANY));
	check_eq(ut_count(0, UT_SIGNAL, UT_ANY), 0);
	check_eq(ut_count(0, UT_DEATH, UT_ANY), 1);
}

static void fatal_refused(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_SIGNAL_TERM), 0);
	ut_rule(0, .kind = UT_SIGNAL, .times = 1, .ret = RESUME | IGN);
	kill(pid, SIGTERM);
	check(ut_wait(0, UT_SIGNAL, SIGTERM));
	check(moves(&shared->counter));
	kill(pid, SIGTERM);
	check_eq(reap(pid), SIGTERM);
}

static void kills_itself_by_seccomp(void *arg)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { 4, filter };

	(void)arg;
	while (!shared->go)
		ms(1);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
	syscall(SYS_getppid);
	_exit(0);
}

/* SIGSEGV that nobody can catch: the frame does not fit the stack. */
static void breaks_its_stack(void *arg)
{
	(void)arg;
	count(SIGSEGV);
	while (!shared->go)
		ms(1);
	asm volatile("xor %%esp, %%esp\n\tpush %%rax" : : : "memory");
	_exit(0);
}

static void never_reported(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_SIGNALS), 0);
	ut_rule(0, .kind = UT_SIGNAL, .ret = STOP | IGN);
	check_eq(kill_reap(pid), SIGKILL);
	check_story(0, "");
	ut_drop(0);

	pid = spawn(kills_itself_by_seccomp, NULL);
	check_eq(ut_attach(0, pid, E_SIGNALS), 0);
	ut_rule(0, .kind = UT_SIGNAL, .ret = RESUME | IGN);
	shared->go = 1;
	check_eq(reap(pid) & 0x7f, SIGSYS);
	check_story(0, "");
}

/* The first SIGSEGV is seen; the second, which the kernel forces, not. */
static void forced_sigsegv(void)
{
	pid_t pid = spawn(breaks_its_stack, NULL);

	check_eq(ut_attach(0, pid, E_SIGNALS), 0);
	shared->go = 1;
	check_eq(reap(pid) & 0x7f, SIGSEGV);
	check(ut_count(0, UT_SIGNAL, SIGSEGV) >= 1);
}

/* A process that is init of its pid namespace: only what it handles. */
static int init_of_namespace(void *arg)
{
	(void)arg;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(ut_fd);
	count(SIGUSR1);
	shared->ready = 1;
	spins(NULL);
	return 0;
}

static void init_is_unkillable(void)
{
	char *stack = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct ut_record *r;
	pid_t pid;

	pid = clone(init_of_namespace, stack + (1 << 16),
		    CLONE_NEWPID | SIGCHLD, NULL);
	check(pid > 0, "%s", strerror(errno));
	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS | E_DEATH), 0);
	/* From its parent's namespace, as from its own, SIGTERM is nothing. */
	kill(pid, SIGTERM);
	r = ut_wait(0, UT_SIGNAL, SIGTERM);
	if (r)
		check_eq(r->action & 0xf0, IGN);
	check(moves(&shared->counter));
	ut_hold(0, pid);
	kill(pid, SIGTERM);
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill(pid, SIGUSR1);
	check(wait_value(&shared->more, 1));
	ut_hold(0, pid);
	check_eq(kill_reap(pid), SIGKILL);
	check(ut_wait(0, UT_DEATH, UT_ANY));
}

const struct test tests[] = {
	{ "a fatal signal of three threads is reported first",
	  fatal_with_threads },
	{ "a fatal signal that nobody asked for", fatal_unseen },
	{ "a fatal signal refused", fatal_refused },
	{ "SIGKILL and seccomp's kill are never reported", never_reported },
	{ "a SIGSEGV that the kernel forces", forced_sigsegv },
	{ "init of a namespace stays unkillable", init_is_unkillable },
	{}
};
