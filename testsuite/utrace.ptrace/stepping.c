// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stepping: a ptracer and an engine that single-step one thread, alone and
 * together. Each gets its own report after the instruction that it asked for,
 * and no other; the program does not notice.
 */
#include <sys/user.h>

#include "beside.h"

#define SLOT 1
#define STEPS 60

static pid_t tracee;

static void handle(int sig)
{
	shared->word[1] += sig;
}

/* Counts in a loop of five instructions, whose sum is known at any time. */
static int sum_for_ever(void *arg)
{
	(void)arg;
	signal(SIGUSR1, handle);
	shared->word[2] = 1;
	for (;;)
		asm volatile("incq (%0)\n\tnop\n\tnop\n\tnop\n\tnop"
			     : : "r"(&shared->counter) : "memory");
	return 0;
}

static int call_for_ever(void *arg)
{
	(void)arg;
	shared->word[2] = 1;
	for (;;) {
		shared->counter++;
		syscall(SYS_getuid);
	}
	return 0;
}

static void begin(const char *what, int (*work)(void *), uint64_t events)
{
	int status;

	say("-- %s", what);
	shared->word[1] = shared->word[2] = 0;
	tracee = start(work, NULL);
	while (!shared->word[2])
		nap_ms(1);
	engine_attach(SLOT, tracee, events);
	ptrace(PTRACE_SEIZE, tracee, 0, PTRACE_O_TRACESYSGOOD);
	ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
	if (next_status(tracee, &status, PATIENCE_MS))
		say("no stop");
}

static void end(void)
{
	finish("the tracee", tracee);
	engine_drop(SLOT);
}

static unsigned long pc(void)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, tracee, 0, &regs))
		return 0;
	if (regs.eflags & 0x100)
		say("the trap flag shows");
	return regs.rip;
}

/* How many of @n steps stopped with SIGTRAP at another place. */
static int step_times(int n, enum __ptrace_request req)
{
	unsigned long at = pc(), then;
	int status, right = 0;

	while (n--) {
		if (ptrace(req, tracee, 0, 0) ||
		    next_status(tracee, &status, PATIENCE_MS))
			break;
		then = pc();
		right += WIFSTOPPED(status) && status >> 8 == SIGTRAP &&
			 then && then != at;
		at = then;
	}
	return right;
}

/*
 * The engine steps @n times. Whatever else it is told in between, it wants to
 * step on.
 */
static void engine_starts_steps(int n)
{
	engine_rule(SLOT, UT_SIGNAL, SIGTRAP, n - 1, SINGLESTEP | SIGNAL_IGN,
		    0);
	engine_rule(SLOT, UT_SIGNAL, SIGTRAP, 1, RESUME | SIGNAL_IGN, 0);
	engine_rule(SLOT, UT_SIGNAL, UT_ANY, 0, SINGLESTEP, UT_KEEP_ACTION);
	engine_rule(SLOT, UT_HANDLER, UT_ANY, 0, SINGLESTEP, UT_KEEP_ACTION);
	ENGINE(SLOT, STOP);
	ENGINE(SLOT, SINGLESTEP);
}

/* Steps the engine was told of, if no signal comes beside. */
static unsigned int engine_steps(void)
{
	return engine_count(SLOT, UT_SIGNAL);
}

static bool engine_stepped(unsigned int n)
{
	long end = now_ms() + PATIENCE_MS;

	while (engine_steps() < n)
		if (now_ms() > end)
			return false;
		else
			nap_ms(1);
	return true;
}

static void ptrace_alone(uint64_t events, const char *what)
{
	begin(what, sum_for_ever, events);
	say("steps: %d", step_times(STEPS, PTRACE_SINGLESTEP));
	say("the engine steps: %u", engine_steps());
	REQ(CONT, tracee, 0, 0);
	say_no_wait(tracee);
	say_counter_runs("PTRACE_CONT");
	end();
}

static int pause_for_ever(void *arg)
{
	(void)arg;
	shared->word[2] = 1;
	for (;;)
		pause();
	return 0;
}

/*
 * A step into a call that sleeps ends when PTRACE_INTERRUPT breaks it off: first
 * comes the stop that was asked for, and then the step's.
 */
static void interrupted(uint64_t events, const char *what)
{
	begin(what, pause_for_ever, events);
	REQ(SINGLESTEP, tracee, 0, 0);
	say_no_wait(tracee);
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_no_wait(tracee);
	say("the engine steps: %u", engine_steps());
	end();
}

static void engine_alone(void)
{
	begin("the engine steps, the tracer lets run", sum_for_ever,
	      EVENT_SIGNALS);
	engine_starts_steps(STEPS);
	REQ(CONT, tracee, 0, 0);
	say("the engine steps: %s", engine_stepped(STEPS) ? "all" : "not all");
	say_no_wait(tracee);
	say_counter_runs("PTRACE_CONT");
	say("the engine steps: %u", engine_steps());
	end();
}

static void both(void)
{
	begin("both step", sum_for_ever, EVENT_SIGNALS);
	engine_starts_steps(STEPS);
	say("steps: %d", step_times(STEPS / 2, PTRACE_SINGLESTEP));
	say("the engine steps: %u", engine_steps());
	REQ(CONT, tracee, 0, 0);
	say("the engine steps: %s", engine_stepped(STEPS) ? "all" : "not all");
	say_no_wait(tracee);
	ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	say("steps: %d", step_times(STEPS, PTRACE_SINGLESTEP));
	REQ(CONT, tracee, 0, 0);
	say_no_wait(tracee);
	say_counter_runs("PTRACE_CONT");
	end();
}

static void both_over_calls(void)
{
	int i, status, right = 0;

	begin("the engine steps, the tracer stops at system calls",
	      call_for_ever, EVENT_SIGNALS);
	engine_starts_steps(1000);
	for (i = 0; i < 20; i++) {
		ptrace(PTRACE_SYSCALL, tracee, 0, 0);
		if (next_status(tracee, &status, PATIENCE_MS))
			break;
		right += WIFSTOPPED(status) &&
			 WSTOPSIG(status) == (SIGTRAP | 0x80);
	}
	say("system call stops: %d", right);
	say("the engine steps on: %s", engine_stepped(20) ? "yes" : "no");
	REQ(CONT, tracee, 0, 0);
	say("the engine steps: %s", engine_stepped(1000) ? "all" : "not all");
	say_no_wait(tracee);
	say_counter_runs("PTRACE_CONT");
	end();
}

static void both_into_handler(void)
{
	begin("both step into a handler", sum_for_ever, EVENT_SIGNALS);
	engine_starts_steps(1000);
	kill(tracee, SIGUSR1);
	REQ(CONT, tracee, 0, 0);
	say_wait(tracee);
	REQ(SINGLESTEP, tracee, 0, SIGUSR1);
	say_wait(tracee);
	say("handled: %ld", shared->word[1]);
	say("steps: %d", step_times(STEPS, PTRACE_SINGLESTEP));
	REQ(CONT, tracee, 0, 0);
	say("the engine steps: %s", engine_stepped(1000) ? "all" : "not all");
	say_no_wait(tracee);
	say("handled: %ld", shared->word[1]);
	end();
}

static void tracer_leaves(void)
{
	begin("the tracer leaves while both step", sum_for_ever, EVENT_SIGNALS);
	engine_starts_steps(STEPS);
	say("steps: %d", step_times(5, PTRACE_SINGLESTEP));
	REQ(DETACH, tracee, 0, 0);
	say("the engine steps: %s", engine_stepped(STEPS) ? "all" : "not all");
	say_counter_runs("PTRACE_DETACH");
	end();
}

static void engine_leaves(void)
{
	begin("the engine leaves while both step", sum_for_ever, EVENT_SIGNALS);
	engine_starts_steps(100000);
	say("steps: %d", step_times(5, PTRACE_SINGLESTEP));
	ENGINE(SLOT, DETACH);
	say("steps: %d", step_times(STEPS, PTRACE_SINGLESTEP));
	REQ(CONT, tracee, 0, 0);
	say_no_wait(tracee);
	say_counter_runs("PTRACE_CONT");
	end();
}

/* A program that traps by itself: nobody takes that for a step. */
static int trap_for_ever(void *arg)
{
	(void)arg;
	signal(SIGTRAP, handle);
	shared->word[2] = 1;
	for (;;) {
		shared->counter++;
		raise(SIGTRAP);
	}
	return 0;
}

static void own_traps(void)
{
	int i, status, right = 0;

	begin("the program traps by itself", trap_for_ever, EVENTS_ALL);
	for (i = 0; i < 20; i++) {
		ptrace(PTRACE_CONT, tracee, 0, i ? SIGTRAP : 0);
		if (next_status(tracee, &status, PATIENCE_MS))
			break;
		right += WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
	}
	say("signals: %d, the engine steps: %u", right, engine_steps());
	end();
}

int main(void)
{
	make_shared();
	say("ready %d %p", getpid(), (void *)&shared->counter);
	ptrace_alone(0, "the tracer steps, the engine is idle");
	ptrace_alone(EVENTS_ALL, "the tracer steps, the engine has all events");
	engine_alone();
	both();
	both_over_calls();
	both_into_handler();
	tracer_leaves();
	engine_leaves();
	own_traps();
	interrupted(0, "a step is interrupted, the engine is idle");
	interrupted(EVENTS_ALL, "a step is interrupted, the engine has all events");
	say("end");
	return 0;
}
