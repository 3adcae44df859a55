// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * compose: a ptracer and an engine that both stop a thread. It runs only when
 * both let it; neither ends the other's stop; each way for the tracer to come
 * and go is tried while the engine holds the thread.
 */
#include "beside.h"

#define SLOT 1

static pid_t tracee;

static void begin(const char *what, int (*work)(void *))
{
	say("-- %s", what);
	tracee = start(work, NULL);
	/* It is past the system calls of its start. */
	counts(PATIENCE_MS);
	engine_attach(SLOT, tracee, EVENTS_ALL);
}

static void end(void)
{
	finish("the tracee", tracee);
	engine_drop(SLOT);
}

static void seize_and_trap(void)
{
	REQ(SEIZE, tracee, 0, 0);
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
}

static void hold(void)
{
	if (!engine_holds(SLOT))
		say("the engine cannot hold the thread");
}

static void resume_trapped(void)
{
	begin("the engine holds a trapped thread, which PTRACE_CONT resumes",
	      count_for_ever);
	seize_and_trap();
	ENGINE(SLOT, STOP);
	REQ(CONT, tracee, 0, 0);
	say_no_wait(tracee);
	say_counter("PTRACE_CONT");
	say_siginfo(tracee);
	ENGINE(SLOT, RESUME);
	say_counter_runs("engine RESUME");
	end();
}

static void release_trapped(void)
{
	begin("the engine lets go of a thread that stays trapped",
	      spin_for_ever);
	seize_and_trap();
	ENGINE(SLOT, STOP);
	ENGINE(SLOT, RESUME);
	ENGINE(SLOT, INTERRUPT);
	ENGINE(SLOT, REPORT);
	say_counter("engine RESUME");
	say_siginfo(tracee);
	ENGINE(SLOT, DETACH);
	say_counter("engine DETACH");
	say_siginfo(tracee);
	REQ(CONT, tracee, 0, 0);
	say_counter_runs("PTRACE_CONT");
	end();
}

static void trap_held(void)
{
	int i, status, right = 0;

	begin("a held thread is interrupted 100 times", spin_for_ever);
	REQ(SEIZE, tracee, 0, 0);
	hold();
	for (i = 0; i < 100; i++) {
		ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
		if (next_status(tracee, &status, PATIENCE_MS))
			break;
		right += status >> 8 == (SIGTRAP | PTRACE_EVENT_STOP << 8);
		ptrace(PTRACE_CONT, tracee, 0, 0);
	}
	say("%d traps", right);
	say_no_wait(tracee);
	say_counter("held");
	ENGINE(SLOT, RESUME);
	say_no_wait(tracee);
	say_counter_runs("engine RESUME");
	end();
}

static void listen_held(void)
{
	begin("the engine holds and releases a listening thread",
	      count_for_ever);
	seize_and_trap();
	REQ(LISTEN, tracee, 0, 0);
	ENGINE(SLOT, STOP);
	say_counter("engine STOP");
	ENGINE(SLOT, RESUME);
	say_no_wait(tracee);
	say_counter("engine RESUME");
	ENGINE(SLOT, STOP);
	kill(tracee, SIGSTOP);
	say_counter("SIGSTOP");
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	ENGINE(SLOT, RESUME);
	say_wait(tracee);
	end();
}

/* Its value is the mask of what the dying tracer leaves behind. */
enum { HELD = 1, TRAPPED = 2, LISTENING = 4, KILLS = 8 };

static int trace_and_die(void *arg)
{
	int how = *(int *)arg;
	int status;

	ptrace(PTRACE_SEIZE, tracee, 0, how & KILLS ? PTRACE_O_EXITKILL : 0);
	if (how & TRAPPED) {
		ptrace(PTRACE_INTERRUPT, tracee, 0, 0);
		next_status(tracee, &status, PATIENCE_MS);
	}
	if (how & LISTENING)
		ptrace(PTRACE_LISTEN, tracee, 0, 0);
	if (how & HELD)
		hold();
	kill(getpid(), SIGKILL);
	return 0;
}

static void lose_tracer(int how)
{
	char what[80];
	pid_t tracer;

	snprintf(what, sizeof(what), "the tracer of a %s%s%sthread is killed",
		 how & HELD ? "held " : "", how & TRAPPED ? "trapped " : "",
		 how & LISTENING ? "listening " : "");
	begin(what, count_for_ever);
	tracer = start(trace_and_die, &how);
	waitpid(tracer, NULL, 0);
	if (how & KILLS) {
		say("with EXITKILL");
		say_wait(tracee);
		engine_drop(SLOT);
		return;
	}
	if (how & HELD) {
		say_no_wait(tracee);
		say_counter("the tracer is gone");
		say_state("the tracer is gone", tracee, "t");
		ENGINE(SLOT, RESUME);
	}
	say_counter_runs("nobody stops it");
	end();
}

static void lose_tracers(void)
{
	static const int states[] = {
		0, HELD, TRAPPED, HELD | TRAPPED, TRAPPED | LISTENING,
		HELD | TRAPPED | LISTENING,
	};
	size_t i;

	for (i = 0; i < sizeof(states) / sizeof(*states); i++) {
		lose_tracer(states[i]);
		lose_tracer(states[i] | KILLS);
	}
}

static void detach_held(void)
{
	begin("the tracer detaches from a held thread, which stays held",
	      count_for_ever);
	seize_and_trap();
	ENGINE(SLOT, STOP);
	REQ(DETACH, tracee, 0, 0);
	say_counter("PTRACE_DETACH");
	say_state("PTRACE_DETACH", tracee, "t");
	seize_and_trap();
	REQ(DETACH, tracee, 0, SIGSTOP);
	say_counter("PTRACE_DETACH again");
	ENGINE(SLOT, RESUME);
	say_counter_runs("engine RESUME");
	end();
}

/* DETACH passes a signal only from a stop for a signal. */
static void detach_with_signal(void)
{
	int status;

	begin("the tracer detaches with a signal that stops", count_for_ever);
	REQ(SEIZE, tracee, 0, 0);
	kill(tracee, SIGUSR1);
	say_wait(tracee);
	ENGINE(SLOT, STOP);
	REQ(DETACH, tracee, 0, SIGSTOP);
	say_no_wait(tracee);
	say_counter("PTRACE_DETACH");
	ENGINE(SLOT, RESUME);
	waitpid(tracee, &status, WUNTRACED);
	say("the parent sees: %s", WIFSTOPPED(status) ? "stopped" : "?");
	say_state("engine RESUME", tracee, "T");
	end();
}

static void attach_held(void)
{
	begin("PTRACE_ATTACH to a held thread", count_for_ever);
	hold();
	REQ(ATTACH, tracee, 0, 0);
	say_no_wait(tracee);
	ENGINE(SLOT, RESUME);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_counter_runs("PTRACE_CONT");
	end();
}

/* What PTRACE_ATTACH does to a stopped process: no hang, one stop. */
static void attach_stopped_held(void)
{
	int status;

	begin("PTRACE_ATTACH to a thread that is stopped and held",
	      count_for_ever);
	kill(tracee, SIGSTOP);
	waitpid(tracee, &status, WUNTRACED);
	say_state("SIGSTOP", tracee, "T");
	ENGINE(SLOT, STOP);
	REQ(ATTACH, tracee, 0, 0);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_counter("PTRACE_CONT");
	ENGINE(SLOT, RESUME);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_counter_runs("PTRACE_CONT");
	end();
}

static void handle(int sig)
{
	shared->word[1] += sig;
}

static int count_and_handle(void *arg)
{
	signal(SIGUSR1, handle);
	shared->word[2] = 1;
	return count_for_ever(arg);
}

static void deliver_held(void)
{
	begin("a signal that the tracer passes to a held thread",
	      count_and_handle);
	while (!shared->word[2])
		nap_ms(1);
	REQ(SEIZE, tracee, 0, 0);
	kill(tracee, SIGUSR1);
	say_wait(tracee);
	ENGINE(SLOT, STOP);
	REQ(CONT, tracee, 0, SIGUSR1);
	nap_ms(100);
	say("handled: %ld", shared->word[1]);
	ENGINE(SLOT, RESUME);
	say_counter_runs("engine RESUME");
	say("handled: %ld", shared->word[1]);
	kill(tracee, SIGUSR1);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_counter_runs("PTRACE_CONT without the signal");
	say("handled: %ld", shared->word[1]);
	end();
}

/* Calls the system when told to, and notes what the call returned. */
static int call_on_demand(void *arg)
{
	(void)arg;
	for (;;) {
		shared->counter++;
		if (shared->word[3]) {
			shared->word[3] = 0;
			shared->word[4] = syscall(SYS_getuid) + 1;
		}
	}
	return 0;
}

static void hold_at_entry(void)
{
	begin("the engine holds the thread at the entry to a system call",
	      call_on_demand);
	REQ(SEIZE, tracee, 0, PTRACE_O_TRACESYSGOOD);
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	engine_rule(SLOT, UT_SYSCALL_ENTRY, SYS_getuid, 1, STOP, 0);
	REQ(SYSCALL, tracee, 0, 0);
	shared->word[3] = 1;
	say_wait(tracee);
	REQ(SYSCALL, tracee, 0, 0);
	say_no_wait(tracee);
	REQ(INTERRUPT, tracee, 0, 0);
	say_no_wait(tracee);
	say("made: %ld", shared->word[4]);
	ENGINE(SLOT, RESUME);
	/* The interrupt is used up by the first stop there is. */
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_counter_runs("PTRACE_CONT");
	say("made: %ld", shared->word[4]);
	say_no_wait(tracee);
	end();
}

/* Behind the exit from a system call the thread is at the user boundary. */
static void hold_at_exit(void)
{
	begin("the engine holds the thread at the exit from a system call",
	      call_on_demand);
	REQ(SEIZE, tracee, 0, PTRACE_O_TRACESYSGOOD);
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	REQ(SYSCALL, tracee, 0, 0);
	shared->word[3] = 1;
	say_wait(tracee);
	REQ(SYSCALL, tracee, 0, 0);
	say_wait(tracee);
	ENGINE(SLOT, STOP);
	REQ(CONT, tracee, 0, 0);
	say_no_wait(tracee);
	say_counter("PTRACE_CONT");
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	REQ(DETACH, tracee, 0, 0);
	say_counter("PTRACE_DETACH");
	ENGINE(SLOT, RESUME);
	say_counter_runs("engine RESUME");
	end();
}

/* An aborted call has its entry and its exit for the ptracer all the same. */
static void abort_call(void)
{
	begin("the engine aborts a system call", call_on_demand);
	REQ(SEIZE, tracee, 0, PTRACE_O_TRACESYSGOOD);
	REQ(INTERRUPT, tracee, 0, 0);
	say_wait(tracee);
	engine_rule(SLOT, UT_SYSCALL_ENTRY, SYS_getuid, 1,
		    RESUME | SYSCALL_ABORT, 0);
	REQ(SYSCALL, tracee, 0, 0);
	shared->word[3] = 1;
	say_wait(tracee);
	REQ(SYSCALL, tracee, 0, 0);
	say_wait(tracee);
	REQ(CONT, tracee, 0, 0);
	say_counter_runs("PTRACE_CONT");
	nap_ms(20);
	say("made: %ld", shared->word[4]);
	end();
}

/* What the parent sees of a held child: nothing. */
static void parent_of_held(void)
{
	int status;

	begin("the parent of a held child sees nothing", count_for_ever);
	hold();
	say("wait: %d", waitpid(tracee, &status,
				WUNTRACED | WCONTINUED | WNOHANG));
	ENGINE(SLOT, RESUME);
	say("wait: %d", waitpid(tracee, &status,
				WUNTRACED | WCONTINUED | WNOHANG));
	say_counter_runs("engine RESUME");
	end();
}

int main(void)
{
	make_shared();
	say("ready %d %p", getpid(), (void *)&shared->counter);
	resume_trapped();
	release_trapped();
	trap_held();
	listen_held();
	lose_tracers();
	detach_held();
	detach_with_signal();
	attach_held();
	attach_stopped_held();
	deliver_held();
	hold_at_entry();
	hold_at_exit();
	abort_call();
	parent_of_held();
	say("end");
	return 0;
}
