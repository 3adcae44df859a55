// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * order: for each class of event, which of an engine and the ptracer comes
 * first. Each stop is printed with what the engine's callbacks have seen since
 * the stop before.
 */
#include <sched.h>

#include "beside.h"

#define SLOT 1

#define OPTIONS                                                         \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |                   \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | \
	 PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACEEXIT)

static const struct {
	int kind;
	const char *name;
} kinds[] = {
	{ UT_CLONE, "clone" },	 { UT_EXEC, "exec" },
	{ UT_EXIT, "exit" },	 { UT_SYSCALL_ENTRY, "entry" },
	{ UT_SYSCALL_EXIT, "leave" },	 { UT_SIGNAL, "signal" },
	{ UT_JCTL, "jctl" },	 { UT_DEATH, "death" },
	{ UT_REAP, "reap" },
};

#define NR_KINDS (sizeof(kinds) / sizeof(*kinds))

static pid_t tracee;
static struct ut_command seen;

static void say_seen(const char *what)
{
	struct ut_command counts = engine_state(SLOT);
	char text[200] = "";
	size_t i;

	for (i = 0; i < NR_KINDS; i++) {
		unsigned int n = counts.n[kinds[i].kind] -
				 seen.n[kinds[i].kind];

		if (n)
			snprintf(text + strlen(text),
				 sizeof(text) - strlen(text), " %s %u",
				 kinds[i].name, n);
	}
	seen = counts;
	say("%s; the engine has seen:%s", what, *text ? text : " nothing");
}

/* The next stop of the tracee; its status. */
static int stop(void)
{
	char text[64];
	int status;

	if (next_status(tracee, &status, PATIENCE_MS)) {
		say("wait: nothing");
		return -1;
	}
	describe(text, sizeof(text), status);
	say_seen(text);
	return status;
}

static void go(enum __ptrace_request req, int sig)
{
	if (ptrace(req, tracee, 0, sig))
		say("resume: %s", error_name(errno));
}

/* A child that came along: away with it. */
static void let_child_go(void)
{
	unsigned long pid = 0;
	int status;

	ptrace(PTRACE_GETEVENTMSG, tracee, 0, &pid);
	if (waitpid(pid, &status, __WALL) != (pid_t)pid)
		say("no stop of the child");
	say("the child: event %s", event_name(status >> 16));
	ptrace(PTRACE_DETACH, pid, 0, 0);
}

static void on_signal(int sig)
{
	(void)sig;
}

static void tell(long n)
{
	shared->word[0] = n;
}

/* Waits without a system call. */
static void await(long n)
{
	while (shared->word[1] < n)
		;
}

static int child_exits(void *arg)
{
	(void)arg;
	syscall(SYS_exit, 0);
	return 0;
}

static int do_everything(void *arg)
{
	static char stack[65536];
	sigset_t set;
	pid_t pid;

	(void)arg;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGUSR1, on_signal);
	tell(1);
	await(1);
	syscall(SYS_getuid);
	await(2);
	pid = syscall(SYS_fork);
	if (!pid)
		syscall(SYS_exit, 0);
	await(3);
	if (!vfork())
		_exit(0);
	await(4);
	clone(child_exits, stack + sizeof(stack), CLONE_VM, NULL);
	await(5);
	execl("/proc/self/exe", "order", "exit", NULL);
	return 1;
}

static void see_syscall(void)
{
	say("-- a system call");
	go(PTRACE_SYSCALL, 0);
	shared->word[1] = 1;
	stop();
	go(PTRACE_SYSCALL, 0);
	stop();
	engine_op(SLOT, UT_EVENTS, EVENTS_ALL & ~EVENTS_SYSCALL);
}

static void see_signal(int sig, const char *what)
{
	say("-- %s", what);
	go(PTRACE_CONT, 0);
	kill(tracee, sig);
	stop();
}

static void see_swallowed(void)
{
	say("-- a signal that the engine keeps to itself");
	engine_rule(SLOT, UT_SIGNAL, SIGUSR1, 1, RESUME | SIGNAL_IGN, 0);
	go(PTRACE_CONT, SIGWINCH);
	kill(tracee, SIGUSR1);
	say_no_wait(tracee);
	say_seen("no stop");
	ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
	stop();
}

/* In a group stop the engine's jctl comes first, the trap then. */
static void see_group_stop(void)
{
	say("-- job control");
	go(PTRACE_CONT, 0);
	kill(tracee, SIGSTOP);
	stop();
	go(PTRACE_CONT, SIGSTOP);
	stop();
	ptrace(PTRACE_LISTEN, tracee, 0, 0);
	kill(tracee, SIGCONT);
	stop();
	go(PTRACE_CONT, 0);
	stop();
	go(PTRACE_CONT, SIGCONT);
	ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
	stop();
}

static void see_children(void)
{
	int i;

	for (i = 2; i <= 4; i++) {
		say("-- %s", i == 2 ? "fork" : i == 3 ? "vfork" : "clone");
		go(PTRACE_CONT, 0);
		shared->word[1] = i;
		stop();
		let_child_go();
		if (i == 3) {
			go(PTRACE_CONT, 0);
			stop();
		}
		ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
		go(PTRACE_CONT, 0);
		next_status(tracee, &(int){ 0 }, PATIENCE_MS);
		seen = engine_state(SLOT);
	}
}

/* wait(2) may be first to know of the death; the callbacks come all the same. */
static void say_ends(int id)
{
	long end = now_ms() + PATIENCE_MS;

	while (!engine_count(id, UT_REAP) && now_ms() < end)
		nap_ms(1);
	say("the engine has seen: death %u, reap %u",
	    engine_count(id, UT_DEATH), engine_count(id, UT_REAP));
}

static void see_exec_and_exit(void)
{
	say("-- exec");
	go(PTRACE_CONT, 0);
	shared->word[1] = 5;
	stop();
	say("-- exit");
	seen = engine_state(SLOT);
	go(PTRACE_CONT, 0);
	stop();
	go(PTRACE_CONT, 0);
	say_wait(tracee);
	say_ends(SLOT);
}

static void see_end(void)
{
	say("-- death by a signal");
	tracee = start(spin_for_ever, NULL);
	counts(PATIENCE_MS);
	engine_attach(SLOT + 1, tracee, EVENTS_ALL);
	ptrace(PTRACE_SEIZE, tracee, 0, OPTIONS);
	kill(tracee, SIGTERM);
	say_wait(tracee);
	say("the engine has seen: signal %u, exit %u",
	    engine_count(SLOT + 1, UT_SIGNAL), engine_count(SLOT + 1, UT_EXIT));
	go(PTRACE_CONT, SIGTERM);
	say_wait(tracee);
	say("the engine has seen: exit %u, death %u",
	    engine_count(SLOT + 1, UT_EXIT), engine_count(SLOT + 1, UT_DEATH));
	go(PTRACE_CONT, 0);
	say_wait(tracee);
	say_ends(SLOT + 1);
	engine_drop(SLOT + 1);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "exit"))
		syscall(SYS_exit_group, 5);
	make_shared();
	say("ready %d %p", getpid(), (void *)&shared->counter);
	tracee = start(do_everything, NULL);
	while (shared->word[0] < 1)
		nap_ms(1);
	engine_attach(SLOT, tracee, EVENTS_ALL);
	ptrace(PTRACE_SEIZE, tracee, 0, OPTIONS);
	ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
	say("-- the first stop");
	stop();
	see_syscall();
	see_signal(SIGUSR1, "a signal with a handler");
	go(PTRACE_CONT, SIGUSR1);
	ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
	next_status(tracee, &(int){ 0 }, PATIENCE_MS);
	seen = engine_state(SLOT);
	see_signal(SIGWINCH, "a signal that is ignored");
	see_swallowed();
	see_group_stop();
	see_children();
	see_exec_and_exit();
	engine_drop(SLOT);
	see_end();
	say("end");
	return 0;
}
