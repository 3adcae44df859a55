// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: single-step and block-step. */
#include <sched.h>
#include <sys/prctl.h>
#include <time.h>
#include <ucontext.h>

#include "ut.h"

#define TF 0x100

/*
 * A loop whose instructions have names, among them those that are hard to step:
 * a system call, a string instruction, one that loads the flags, one that
 * serializes. counter counts the turns, through %r15.
 */
extern const char at_0[], at_1[], at_2[], at_3[], at_4[], at_5[], at_6[],
	at_7[], at_8[], at_9[], at_10[], at_11[];

static void known_loop(void *arg)
{
	static char from[8], to[8];

	(void)arg;
	shared->ready = 1;
	asm volatile("at_0: mov $39, %%eax\n"
		     "at_1: syscall\n"
		     "at_2: mov %[from], %%rsi\n"
		     "at_3: mov %[to], %%rdi\n"
		     "at_4: mov $3, %%ecx\n"
		     "at_5: rep movsb\n"
		     "at_6: push $0x202\n"
		     "at_7: popfq\n"
		     "at_8: xor %%eax, %%eax\n"
		     "at_9: cpuid\n"
		     "at_10: incq (%[counter])\n"
		     "at_11: jmp at_0\n"
		     : : [from] "r" ((long)from), [to] "r" ((long)to),
		       [counter] "r" (&shared->counter)
		     : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r11",
		       "memory");
}

static const char *const at[] = {
	at_0, at_1, at_2, at_3, at_4, at_5, at_6, at_7, at_8, at_9, at_10,
	at_11,
};

#define LENGTH 12
#define REPEATS 5	/* rep movsb traps after each byte */

static int place_of(unsigned long ip)
{
	int i;

	for (i = 0; i < LENGTH; i++)
		if (ip == (unsigned long)at[i])
			return i;
	return -1;
}

/* A program in its loop, held by engine 0. */
static pid_t start(unsigned long events)
{
	pid_t pid = spawn(known_loop, NULL);

	check(wait_value(&shared->counter, 1));
	check_eq(ut_attach(0, pid, events), 0);
	ut_hold(0, pid);
	ut_mark();
	return pid;
}

/* What the traps of the first @n steps say: each one instruction further. */
static void check_steps(int id, int n)
{
	const struct ut_record *r;
	int i, place, before = -1;

	for (i = 1; i <= n; i++) {
		r = ut_nth(id, UT_SIGNAL, SIGTRAP, i);
		check(r, "step %d", i);
		if (!r)
			return;
		check_eq(r->arg[1], before == 1 ? r->arg[1] : TRAP_TRACE);
		place = place_of(r->arg[4]);
		check(place >= 0 && (before < 0 ||
				     place == (before + 1) % LENGTH ||
				     (place == before && place == REPEATS)),
		      "step %d: from %d to %d", i, before, place);
		before = place;
	}
}

/* The log is looked at in portions, lest a long one takes quadratic time. */
static void step_in_portions(pid_t pid, int portion, int portions)
{
	int i;

	for (i = 0; i < portions; i++) {
		ut_mark();
		ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP,
			.times = portion - 1, .ret = SINGLESTEP | IGN);
		ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP, .times = 1,
			.ret = STOP | IGN);
		check_eq(ut_control(0, SINGLESTEP), 0);
		check(ut_wait_nth(0, UT_SIGNAL, SIGTRAP, portion));
		check(wait_state(pid, "t"));
		check_eq(ut_count(0, UT_SIGNAL, SIGTRAP), portion);
		check_steps(0, portion);
		check_eq(ut_prepare(0), 0);
		check_eq(ut_ip(0), ut_nth(0, UT_SIGNAL, SIGTRAP, portion)->arg[4]);
		ut_no_rules(0);
	}
}

static void ten_thousand(void)
{
	const int portion = 500, portions = 20;
	pid_t pid = start(E_QUIESCE | E_SIGNALS);
	long turns = shared->counter;

	step_in_portions(pid, portion, portions);
	/* 12 instructions, one of them three times. */
	turns = shared->counter - turns;
	check(turns >= 500 * portions / 14 - 1 &&
	      turns <= 500 * portions / 12 + 1, "%ld turns", turns);
	ut_mark();
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	check_story(0, "");
	check_eq(seen_by_parent(pid, NULL), 0);
	kill_reap(pid);
}

static void wakes_often(void *arg)
{
	const struct timespec a_moment = { .tv_nsec = 1000 };

	(void)arg;
	prctl(PR_SET_TIMERSLACK, 1);
	for (;;)
		nanosleep(&a_moment, NULL);
}

/*
 * A thread that is preempted between the arming and the instruction is armed
 * anew: also before popf, where the first arming must be taken back.
 */
static void preempted(void)
{
	pid_t other, pid = start(E_QUIESCE | E_SIGNALS);
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	other = spawn(wakes_often, NULL);
	check_eq(sched_setaffinity(other, sizeof(cpu), &cpu), 0);
	check_eq(sched_setaffinity(pid, sizeof(cpu), &cpu), 0);
	step_in_portions(pid, 500, 30);
	kill_reap(other);
	kill_reap(pid);
}

/* Without any signal event: who asked for the step gets its trap. */
static void without_signal_events(void)
{
	pid_t pid = start(E_QUIESCE);

	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP, .ret = STOP | IGN);
	check_eq(ut_control(0, SINGLESTEP), 0);
	check(ut_wait(0, UT_SIGNAL, SIGTRAP));
	check(wait_state(pid, "t"));
	check_eq(ut_count(0, UT_SIGNAL, SIGTRAP), 1);
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void only_on_who_is_held(void)
{
	pid_t pid = spawn(known_loop, NULL);

	check(wait_value(&shared->counter, 1));
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	check_eq(ut_control(0, SINGLESTEP), -EAGAIN);
	check_eq(ut_control(0, BLOCKSTEP), -EAGAIN);
	ut_hold(0, pid);
	check_eq(ut_control(1, SINGLESTEP), -EAGAIN);
	check_eq(ut_control(1, BLOCKSTEP), -EAGAIN);
	ut_mark();
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	check_story(-1, "");
	kill_reap(pid);
}

/* Not delivered to the program, whatever the engine says or leaves out. */
static void trap_is_not_the_programs(void)
{
	pid_t pid = start(E_QUIESCE | E_SIGNALS);
	int i;

	for (i = 1; i <= 20; i++) {
		check_eq(ut_control(0, SINGLESTEP), 0);
		check(ut_wait_nth(0, UT_SIGNAL, SIGTRAP, i));
		check(moves(&shared->counter));
		ut_rule(0, .kind = UT_QUIESCE, .match = 0, .times = 1,
			.ret = STOP);
		check_eq(ut_control(0, STOP), -EINPROGRESS);
		check(wait_state(pid, "t"));
		ut_no_rules(0);
	}
	kill_reap(pid);
}

/* The last round before user mode decides: STOP in it, no step. */
static void last_round_decides(void)
{
	pid_t pid = start(E_QUIESCE | E_SIGNALS);

	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .times = 1,
		.ret = SINGLESTEP);
	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = SINGLESTEP | SIG_REPORT);
	ut_rule(0, .kind = UT_SIGNAL, .ret = STOP | IGN);
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_SIGNAL, SIGTRAP));
	check(wait_state(pid, "t"));
	kill_reap(pid);
}

/* Each gets each step that it asked for; one trap serves both. */
static void two_engines_step(void)
{
	pid_t pid = start(E_QUIESCE | E_SIGNALS);
	int id;

	check_eq(ut_attach(1, pid, E_QUIESCE | E_SIGNALS), 0);
	check_eq(ut_control(1, STOP), 0);
	for (id = 0; id < 2; id++) {
		ut_rule(id, .kind = UT_SIGNAL, .match = SIGTRAP,
			.times = id ? 50 : 20, .ret = SINGLESTEP | IGN);
		ut_rule(id, .kind = UT_SIGNAL, .match = SIGTRAP, .times = 1,
			.ret = RESUME | IGN);
	}
	check_eq(ut_control(0, SINGLESTEP), 0);
	check_eq(ut_control(1, SINGLESTEP), 0);
	check(ut_wait_nth(1, UT_SIGNAL, SIGTRAP, 51));
	check(moves(&shared->counter));
	check_steps(1, 51);
	check_eq(ut_count(1, UT_SIGNAL, SIGTRAP), 51);
	check_steps(0, 21);
	kill_reap(pid);
}

static void blockstep(void)
{
	pid_t pid = start(E_QUIESCE | E_SIGNALS);
	int place;

	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP, .ret = STOP | IGN);
	check_eq(ut_control(0, BLOCKSTEP), 0);
	check(ut_wait(0, UT_SIGNAL, SIGTRAP));
	check(wait_state(pid, "t"));
	/* From there to the next branch, which is that at the end. */
	ut_mark();
	check_eq(ut_control(0, BLOCKSTEP), 0);
	check(ut_wait(0, UT_SIGNAL, SIGTRAP));
	place = place_of(ut_nth(0, UT_SIGNAL, SIGTRAP, 1)->arg[4]);
	kill_reap(pid);
	if (place != 0)
		ut_skip("this processor has no branch trap");
}

/* To the next instruction, if somebody wants that. */
static void blockstep_becomes_singlestep(void)
{
	pid_t pid = start(E_QUIESCE | E_SIGNALS);

	check_eq(ut_attach(1, pid, E_QUIESCE | E_SIGNALS), 0);
	check_eq(ut_control(1, STOP), 0);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP, .times = 20,
		.ret = BLOCKSTEP | IGN);
	ut_rule(1, .kind = UT_SIGNAL, .match = SIGTRAP, .times = 20,
		.ret = SINGLESTEP | IGN);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP, .ret = RESUME | IGN);
	ut_rule(1, .kind = UT_SIGNAL, .match = SIGTRAP, .ret = RESUME | IGN);
	check_eq(ut_control(0, BLOCKSTEP), 0);
	check_eq(ut_control(1, SINGLESTEP), 0);
	check(ut_wait_nth(1, UT_SIGNAL, SIGTRAP, 21));
	check_steps(0, 20);
	check_steps(1, 20);
	kill_reap(pid);
}

/* Leaving in the middle leaves nothing behind. */
/* Out of the system call that it sleeps in. */
static void fetch(int id, pid_t pid)
{
	ut_rule(id, .kind = UT_REPORT, .times = 1, .ret = STOP | SIG_REPORT);
	check_eq(ut_control(id, INTERRUPT), 0);
	check(wait_state(pid, "t"));
	ut_no_rules(id);
}

/* A step into a system call ends when that does, and who made it may be gone. */
static void leave_in_stepped_call(pid_t pid)
{
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	fetch(0, pid);
	check_eq(ut_control(0, SINGLESTEP), 0);
	check(wait_state(pid, "S"));
	check_eq(ut_count(0, UT_SIGNAL, SIGTRAP), 0);
	ut_drop(0);
}

/* Who comes next is not told of that step, and its own is one instruction. */
static void step_of_one_that_left(void)
{
	pid_t pid = spawn(sleeps, NULL);
	int i;

	check(wait_state(pid, "S"));
	for (i = 0; i < 20; i++) {
		ut_mark();
		leave_in_stepped_call(pid);
		check_eq(ut_attach(1, pid, E_QUIESCE | E_SIGNALS), 0);
		fetch(1, pid);
		if (i % 2) {
			check_eq(ut_control(1, SINGLESTEP), 0);
			check(wait_state(pid, "S"));
			fetch(1, pid);
		}
		check_eq(ut_control(1, RESUME), 0);
		check(wait_state(pid, "S"));
		check_eq(ut_count(1, UT_SIGNAL, SIGTRAP), i % 2);
		check_eq(seen_by_parent(pid, NULL), 0);
		ut_drop(1);
	}
	kill_reap(pid);
}

static void detach_in_mid_step(void)
{
	int i;

	for (i = 0; i < 50; i++) {
		pid_t pid;

		memset(shared, 0, sizeof(*shared));
		pid = start(i & 1 ? E_QUIESCE | E_SIGNALS : E_QUIESCE);
		ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP,
			.ret = SINGLESTEP | IGN);
		check_eq(ut_control(0, SINGLESTEP), 0);
		if (i % 3)
			ut_wait_nth(0, UT_SIGNAL, SIGTRAP, i);
		ut_drop(0);
		check(moves(&shared->counter), "round %d: %s", i,
		      proc_line(pid, "State"));
		check_eq(seen_by_parent(pid, NULL), 0);
		kill_reap(pid);
		ut_mark();
	}
}

/* TF never shows in what an examination or a handler sees. */
static void handler(int sig, siginfo_t *info, void *context)
{
	ucontext_t *c = context;

	(void)sig;
	(void)info;
	shared->value[0]++;
	shared->value[1] += !!(c->uc_mcontext.gregs[REG_EFL] & TF);
}

static void handling_loop(void *arg)
{
	sigaction(SIGUSR1, &(struct sigaction){ .sa_sigaction = handler,
		  .sa_flags = SA_SIGINFO }, NULL);
	known_loop(arg);
}

static void flag_is_hidden(void)
{
	pid_t pid = spawn(handling_loop, NULL);
	int i;

	check(wait_value(&shared->counter, 1));
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_hold(0, pid);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP, .ret = SINGLESTEP | IGN);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGUSR1,
		.ret = SINGLESTEP | DELIVER);
	ut_rule(0, .kind = UT_HANDLER, .ret = SINGLESTEP | SIG_REPORT);
	check_eq(ut_control(0, SINGLESTEP), 0);
	for (i = 1; i <= 20; i++) {
		kill(pid, SIGUSR1);
		check(wait_value(&shared->value[0], i));
	}
	check_eq(shared->value[1], 0);
	check_eq(ut_count(0, UT_HANDLER, UT_ANY), 20);
	kill_reap(pid);
}

/* A step over fork, vfork, exec: the child is not stepped, the parent is. */
static void forks_on(void *arg)
{
	(void)arg;
	shared->ready = 1;
	for (;;) {
		if (!fork()) {
			shared->more++;
			_exit(0);
		}
		wait(NULL);
		shared->counter++;
	}
}

static void step_over_fork(void)
{
	pid_t pid = spawn(forks_on, NULL);

	check(wait_value(&shared->counter, 1));
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNALS), 0);
	ut_rule(0, .kind = UT_REPORT, .ret = STOP | SIG_REPORT);
	check_eq(ut_control(0, INTERRUPT), 0);
	check(wait_state(pid, "t"));
	/* SIGCHLD comes in between; the last callback's word counts. */
	ut_rule(0, .kind = UT_SIGNAL, .ret = SINGLESTEP | IGN);
	check_eq(ut_control(0, SINGLESTEP), 0);
	check(wait_value(&shared->counter, shared->counter + 3));
	check(shared->more >= shared->counter);
	check(ut_count(0, UT_SIGNAL, SIGTRAP) > 100);
	check_eq(seen_by_parent(pid, NULL), 0);
	kill_reap(pid);
}

const struct test tests[] = {
	{ "10000 instructions, one SIGTRAP each", ten_thousand },
	{ "a thread that is preempted all the time", preempted },
	{ "a step without signal events", without_signal_events },
	{ "only who holds the thread can step it", only_on_who_is_held },
	{ "the trap is not delivered to the program",
	  trap_is_not_the_programs },
	{ "SINGLESTEP returned by a report", last_round_decides },
	{ "two engines step", two_engines_step },
	{ "block-step goes to the next branch", blockstep },
	{ "block-step beside single-step", blockstep_becomes_singlestep },
	{ "leaving in mid-step", detach_in_mid_step },
	{ "a step of one that has left", step_of_one_that_left },
	{ "TF does not show in a signal frame", flag_is_hidden },
	{ "stepping over fork", step_over_fork },
	{}
};
