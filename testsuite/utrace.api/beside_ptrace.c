// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: engines and a ptracer on one thread. The test is the ptracer. */

#include "ut.h"

#define GROUP_STOP (PTRACE_EVENT_STOP << 16 | SIGSTOP << 8 | 0x7f)

/* The next stop of the tracee within 2 s; 0 if there is none. */
static int next_stop(pid_t pid)
{
	int status, i;

	for (i = 0; i < 2000; i++) {
		if (waitpid(pid, &status, WNOHANG | __WALL) == pid)
			return status;
		ms(1);
	}
	return 0;
}

static bool no_stop(pid_t pid)
{
	int status;

	ms(50);
	return !waitpid(pid, &status, WNOHANG | __WALL);
}

static bool is_trap(int status, int event)
{
	return WIFSTOPPED(status) && status >> 16 == event;
}

static pid_t start(void (*program)(void *), long options)
{
	pid_t pid = spawn(program, NULL);

	check(!ptrace(PTRACE_SEIZE, pid, 0, options), "%s", strerror(errno));
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	return pid;
}

static void interrupted(pid_t pid)
{
	check(!ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	check(is_trap(next_stop(pid), PTRACE_EVENT_STOP));
}

static void cont_while_held(void)
{
	pid_t pid = start(spins, 0);

	interrupted(pid);
	/* It stands still for the ptracer: a stop takes effect at once. */
	check_eq(ut_control(0, STOP), 0);
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	check(wait_state(pid, "t"));
	check(!moves(&shared->counter));
	check(no_stop(pid));
	/* To the ptracer it runs. */
	check(ptrace(PTRACE_PEEKUSER, pid, 0, 0) == -1 && errno == ESRCH);
	check_eq(ut_examine(0), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void resume_while_trapped(void)
{
	pid_t pid = start(spins, 0);

	interrupted(pid);
	check_eq(ut_control(0, STOP), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(!moves(&shared->counter));
	errno = 0;
	ptrace(PTRACE_PEEKUSER, pid, 0, 0);
	check_eq(errno, 0);
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* A held tracee answers its ptracer, again and again, and stays held. */
static void interrupt_while_held(void)
{
	pid_t pid = start(spins, 0);
	long before;
	int i;

	ut_hold(0, pid);
	before = shared->counter;
	for (i = 0; i < 20; i++) {
		interrupted(pid);
		check(!ptrace(PTRACE_CONT, pid, 0, 0));
	}
	check(wait_state(pid, "t"));
	check(no_stop(pid));
	check_eq(shared->counter, before);
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void seize_while_held(void)
{
	pid_t pid = spawn(spins, NULL);
	char want[16];

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	check(!ptrace(PTRACE_SEIZE, pid, 0, 0));
	snprintf(want, sizeof(want), "%d", getpid());
	check(!strcmp(proc_line(pid, "TracerPid"), want));
	interrupted(pid);
	check(!ptrace(PTRACE_DETACH, pid, 0, 0));
	check(!strcmp(proc_line(pid, "TracerPid"), "0"));
	check(!moves(&shared->counter));
	check_eq(proc_state(pid), 't');
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* The ptracer of a second thread reaps it; before that the first stays. */
static void end_both(pid_t pid, pid_t tid)
{
	kill(pid, SIGKILL);
	waitpid(tid, NULL, __WALL);
	waitpid(pid, NULL, __WALL);
}

/* Its ptracer hears of the group stop although an engine holds it. */
static void group_stop_while_held(void)
{
	pid_t pid = spawn(two_threads, NULL), held;
	int i;

	check(wait_value(&shared->ready, 2));
	held = shared->tid[1];
	for (i = 0; i < 2; i++)
		check(!ptrace(PTRACE_SEIZE, (pid_t)shared->tid[i], 0, 0));
	check_eq(ut_attach(0, held, E_QUIESCE), 0);
	ut_hold(0, held);
	kill(pid, SIGSTOP);
	/* The signal, to one of them; passed on, it stops both. */
	check_eq(WSTOPSIG(next_stop(pid)), SIGSTOP);
	check(!ptrace(PTRACE_CONT, pid, 0, SIGSTOP));
	check(is_trap(next_stop(held), PTRACE_EVENT_STOP));
	check(is_trap(next_stop(pid), PTRACE_EVENT_STOP));
	check(!moves(&shared->more));
	end_both(pid, held);
}

/*
 * A callback has said that the thread stops, and before it sleeps it joins a group
 * stop by a trap: it makes no callback there, and is held after the trap.
 */
static void group_stop_before_it_sleeps(void)
{
	pid_t pid = spawn(two_threads, NULL), tid;

	check(wait_value(&shared->ready, 2));
	tid = shared->tid[1];
	check(!ptrace(PTRACE_SEIZE, tid, 0, 0));
	check_eq(ut_attach(0, tid, E_QUIESCE | E_JCTL), 0);
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .times = 1, .ret = STOP,
		.delay_ms = 200);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(ut_wait(0, UT_QUIESCE, 0));
	syscall(SYS_tgkill, pid, pid, SIGSTOP);
	check_eq(next_stop(tid), GROUP_STOP);
	check_story(0, "quiesce");
	check(!ptrace(PTRACE_CONT, tid, 0, 0));
	check(wait_state(tid, "t"));
	check(!moves(&shared->more));
	check_eq(ut_examine(0), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->more));
	end_both(pid, tid);
}

/* Runs as the ptracer of a held thread, and dies. */
static void tracer_dies(long options, bool tracee_dies)
{
	pid_t pid = spawn(spins, NULL), tracer;

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	tracer = fork();
	if (!tracer) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (!ptrace(PTRACE_SEIZE, pid, 0, options) &&
		    !ptrace(PTRACE_INTERRUPT, pid, 0, 0))
			shared->ready = is_trap(next_stop(pid),
						PTRACE_EVENT_STOP);
		sleeps(NULL);
	}
	check(wait_value(&shared->ready, 1));
	kill(tracer, SIGKILL);
	reap(tracer);
	if (tracee_dies) {
		check_eq(reap(pid), SIGKILL);
		return;
	}
	check(wait_state(pid, "t"));
	check(!moves(&shared->counter));
	check(!strcmp(proc_line(pid, "TracerPid"), "0"));
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void tracer_goes(void)
{
	tracer_dies(0, false);
}

static void tracer_takes_it_along(void)
{
	tracer_dies(PTRACE_O_EXITKILL, true);
}

/* A known loop of four instructions, to see who gets which step. */
extern const char in_0[], in_1[], in_2[], in_3[];

static void small_loop(void *arg)
{
	(void)arg;
	shared->ready = 1;
	asm volatile("in_0: incq (%0)\n"
		     "in_1: nop\n"
		     "in_2: nop\n"
		     "in_3: jmp in_0\n" : : "r" (&shared->counter) : "memory");
}

static int place_of(unsigned long ip)
{
	const char *const at[] = { in_0, in_1, in_2, in_3 };
	int i;

	for (i = 0; i < 4; i++)
		if (ip == (unsigned long)at[i])
			return i;
	return -1;
}

static int place_now(pid_t pid)
{
	struct user_regs_struct regs = {};

	check(!ptrace(PTRACE_GETREGS, pid, 0, &regs));
	check(!(regs.eflags & 0x100), "TF shows");
	return place_of(regs.rip);
}

/* Each gets one report for each instruction, and there are no others. */
static void both_step(void)
{
	pid_t pid = start(small_loop, 0);
	int place, before = -1, i;

	check(wait_value(&shared->counter, 1));
	check_eq(ut_events(0, E_QUIESCE | E_SIGNALS), 0);
	interrupted(pid);
	check_eq(ut_control(0, STOP), 0);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP, .ret = SINGLESTEP | IGN);
	check_eq(ut_control(0, SINGLESTEP), 0);
	for (i = 1; i <= 40; i++) {
		check(!ptrace(PTRACE_SINGLESTEP, pid, 0, 0));
		check_eq(next_stop(pid) >> 8, SIGTRAP);
		place = place_now(pid);
		check(place >= 0 && (before < 0 || place == (before + 1) % 4),
		      "step %d: from %d to %d", i, before, place);
		before = place;
		check_eq(ut_count(0, UT_SIGNAL, SIGTRAP), i);
	}
	/* The ptracer goes on without a step: the engine's are its own. */
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	check(ut_wait_nth(0, UT_SIGNAL, SIGTRAP, 80));
	check(no_stop(pid));
	ut_drop(0);
	check(moves(&shared->counter));
	check(no_stop(pid));
	kill_reap(pid);
}

/* The other way round: the engine lets go, the ptracer steps on. */
static void ptracer_steps_on(void)
{
	pid_t pid = start(small_loop, 0);
	int i;

	check(wait_value(&shared->counter, 1));
	interrupted(pid);
	for (i = 0; i < 20; i++) {
		check_eq(ut_control(0, STOP), 0);
		check_eq(ut_control(0, RESUME), 0);
		check(!ptrace(PTRACE_SINGLESTEP, pid, 0, 0));
		check_eq(next_stop(pid) >> 8, SIGTRAP);
	}
	check(!ptrace(PTRACE_DETACH, pid, 0, 0));
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* A ptracer of system calls keeps its pairs when an engine aborts them. */
static void abort_keeps_pairs(void)
{
	pid_t pid = start(calls, PTRACE_O_TRACESYSGOOD);
	struct __ptrace_syscall_info info;
	int i, before = 0, odd = 0, aborted = 0;

	check(wait_value(&shared->counter, 1));
	check_eq(ut_events(0, E_SYSCALL_ENTRY), 0);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .match = SYS_getppid,
		.ret = RESUME | ABORT);
	interrupted(pid);
	for (i = 0; i < 40; i++) {
		check(!ptrace(PTRACE_SYSCALL, pid, 0, 0));
		check_eq(next_stop(pid) >> 8, SIGTRAP | 0x80);
		check(ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info),
			     &info) > 0);
		odd += i && info.op == before;
		before = info.op;
		aborted += info.op == PTRACE_SYSCALL_INFO_EXIT &&
			   info.exit.rval == -ENOSYS;
	}
	check_eq(odd, 0);
	check(aborted >= 19, "%d", aborted);
	kill_reap(pid);
}

/* At a call's entry both may hold; it starts when both have let go. */
static void both_hold_at_entry(void)
{
	pid_t pid = start(calls, PTRACE_O_TRACESYSGOOD);
	long before;

	check(wait_value(&shared->counter, 1));
	check_eq(ut_events(0, E_QUIESCE | E_SYSCALL_ENTRY), 0);
	interrupted(pid);
	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .times = 1, .ret = STOP);
	check(!ptrace(PTRACE_SYSCALL, pid, 0, 0));
	check_eq(next_stop(pid) >> 8, SIGTRAP | 0x80);
	before = shared->counter;
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	check(!moves(&shared->counter));
	check(no_stop(pid));
	check_eq(shared->counter, before);
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* What an engine drops the ptracer does not see; what it rewrites, rewritten. */
static void engines_come_first(void)
{
	pid_t pid = start(spins, 0);

	check_eq(ut_events(0, E_SIGNALS), 0);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGUSR1, .ret = RESUME | IGN);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGUSR2, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGTERM, SI_QUEUE, 1 });
	kill(pid, SIGUSR1);
	check(ut_wait(0, UT_SIGNAL, SIGUSR1));
	check(no_stop(pid));
	kill(pid, SIGUSR2);
	check_eq(next_stop(pid) >> 8, SIGTERM);
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* The trap of its own exit: a stop takes effect there as well. */
static void exit_trap(bool attach_late)
{
	pid_t pid = spawn(exits, (void *)3);

	check(!ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT));
	if (!attach_late)
		check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	shared->go = 1;
	check(is_trap(next_stop(pid), PTRACE_EVENT_EXIT));
	if (attach_late)
		check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	check_eq(ut_control(0, STOP), 0);
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	ms(50);
	check_eq(proc_state(pid), 't');
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), 3 << 8);
}

static void held_in_exit_trap(void)
{
	exit_trap(false);
}

static void attached_and_held_in_exit_trap(void)
{
	exit_trap(true);
}

/* One that SIGKILL has brought there is not held, and soon gone. */
static void killed_in_exit_trap(void)
{
	pid_t pid = spawn(spins, NULL);

	check(!ptrace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT));
	kill(pid, SIGKILL);
	check(is_trap(next_stop(pid), PTRACE_EVENT_EXIT));
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_control(0, STOP);
	check(!ptrace(PTRACE_CONT, pid, 0, 0));
	check_eq(reap(pid), SIGKILL);
}

static void counts_usr1(int sig)
{
	(void)sig;
	shared->more++;
}

static void handles_usr1(void *arg)
{
	signal(SIGUSR1, counts_usr1);
	shared->ready = 1;
	spins(arg);
}

/* Stopped, and engine 0 attached. */
static pid_t spawn_stopped(void)
{
	pid_t pid = spawn(handles_usr1, NULL);
	int status;

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_SIGNAL), 0);
	kill(pid, SIGSTOP);
	check(waitpid(pid, &status, WUNTRACED) == pid);
	return pid;
}

static void inject_usr1(void)
{
	ut_rule(0, .kind = UT_REPORT, .times = 1, .ret = RESUME | DELIVER,
		.effect = UT_SET_INFO, .arg = { SIGUSR1, SI_QUEUE, 9 });
	check_eq(ut_control(0, INTERRUPT), 0);
}

/* The signal comes after SIGCONT, beside that and the end of the stop. */
static void takes_usr1_continued(pid_t pid)
{
	int status;

	check_eq(next_stop(pid), GROUP_STOP);
	check(!ptrace(PTRACE_LISTEN, pid, 0, 0));
	check(!moves(&shared->counter));
	kill(pid, SIGCONT);
	while ((status = next_stop(pid)))
		ptrace(PTRACE_CONT, pid, 0,
		       status >> 16 ? 0 : WSTOPSIG(status));
	check(wait_value(&shared->more, 1));
	kill_reap(pid);
}

/* An engine injects a signal: not before the trap that SEIZE makes. */
static void seized_while_stopped(void)
{
	pid_t pid = spawn_stopped();

	inject_usr1();
	check(!ptrace(PTRACE_SEIZE, pid, 0, 0));
	takes_usr1_continued(pid);
}

/* Nor before the trap that PTRACE_INTERRUPT makes of one that is stopped. */
static void interrupted_while_listening(void)
{
	pid_t pid = spawn_stopped();

	check(!ptrace(PTRACE_SEIZE, pid, 0, 0));
	check_eq(next_stop(pid), GROUP_STOP);
	check(!ptrace(PTRACE_LISTEN, pid, 0, 0));
	inject_usr1();
	check(!ptrace(PTRACE_INTERRUPT, pid, 0, 0));
	takes_usr1_continued(pid);
}

/* A held thread of a stopped process shows that to a ptracer that comes. */
static void seized_while_held_and_stopped(void)
{
	pid_t pid = spawn(two_threads, NULL), tid;
	int status;

	check(wait_value(&shared->ready, 2));
	tid = shared->tid[1];
	check_eq(ut_attach(0, tid, E_QUIESCE), 0);
	ut_hold(0, tid);
	kill(pid, SIGSTOP);
	check(waitpid(pid, &status, WUNTRACED) == pid);
	check(!ptrace(PTRACE_SEIZE, tid, 0, 0));
	check_eq(next_stop(tid), GROUP_STOP);
	end_both(pid, tid);
}

/* The second of two threads, with a SIGTSTP that engine 0 has parked. */
static pid_t parks_tstp(pid_t *tid)
{
	pid_t pid = spawn(two_threads, NULL);

	check(wait_value(&shared->ready, 2));
	*tid = shared->tid[1];
	check(!ptrace(PTRACE_SEIZE, *tid, 0, 0));
	check_eq(ut_attach(0, *tid, E_QUIESCE | E_SIGNAL_STOP), 0);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTSTP, .times = 1,
		.ret = STOP | IGN);
	syscall(SYS_tgkill, pid, *tid, SIGTSTP);
	check(ut_wait(0, UT_SIGNAL, SIGTSTP));
	check(wait_state(*tid, "t"));
	/* The other one stops the process; that cancels nothing. */
	syscall(SYS_tgkill, pid, pid, SIGSTOP);
	check_eq(next_stop(*tid), GROUP_STOP);
	return pid;
}

static void parked_through_group_stop(void)
{
	pid_t tid, pid = parks_tstp(&tid);

	check(!ptrace(PTRACE_CONT, tid, 0, 0));
	check(wait_state(tid, "t"));
	ut_rule(0, .kind = UT_REPORT, .ret = RESUME | DELIVER);
	check_eq(ut_control(0, INTERRUPT), 0);
	check_eq(next_stop(tid), SIGTSTP << 8 | 0x7f);
	end_both(pid, tid);
}

static void given_back_through_group_stop(void)
{
	pid_t tid, pid = parks_tstp(&tid);

	check_eq(ut_give_back(0, SIGTSTP, 0), 0);
	check_eq(ut_control(0, DETACH), 0);
	check(!ptrace(PTRACE_CONT, tid, 0, 0));
	check_eq(next_stop(tid), SIGTSTP << 8 | 0x7f);
	end_both(pid, tid);
}

static void loads_flags(void *arg)
{
	(void)arg;
	shared->ready = 1;
	for (;;) {
		/* Below the red zone. No pushf, which would push the flag. */
		asm volatile("sub $128, %%rsp; pushq $0x202; popf;"
			     "add $128, %%rsp" : : : "memory", "cc");
		shared->counter++;
	}
}

/* An engine steps; of that the ptracer's registers show nothing. */
static void step_is_not_shown(void)
{
	struct user_regs_struct regs;
	pid_t pid = spawn(loads_flags, NULL);
	int i, seen = 0;

	check(wait_value(&shared->ready, 1));
	check(!ptrace(PTRACE_SEIZE, pid, 0, 0));
	check_eq(ut_attach(0, pid, E_QUIESCE | E_SIGNAL_CORE), 0);
	ut_hold(0, pid);
	ut_rule(0, .kind = UT_SIGNAL, .match = SIGTRAP,
		.ret = SINGLESTEP | IGN);
	ut_rule(0, .kind = UT_QUIESCE, .ret = SINGLESTEP);
	check_eq(ut_control(0, SINGLESTEP), 0);
	for (i = 0; i < 200; i++) {
		check(!ptrace(PTRACE_INTERRUPT, pid, 0, 0));
		if (!next_stop(pid))
			break;
		seen += !ptrace(PTRACE_GETREGS, pid, 0, &regs) &&
			regs.eflags & 0x100;
		ptrace(PTRACE_CONT, pid, 0, 0);
	}
	check_eq(i, 200);
	check_eq(seen, 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void notes_sender(int sig, siginfo_t *info, void *context)
{
	(void)context;
	shared->value[0] = info->si_pid;
	shared->value[1] = sig;
}

static void handles_usr2(void *arg)
{
	sigaction(SIGUSR2, &(struct sigaction){ .sa_sigaction = notes_sender,
		  .sa_flags = SA_SIGINFO }, NULL);
	shared->ready = 1;
	spins(arg);
}

/* The tracer: it makes SIGUSR2 of the tracee's next signal when told to go. */
static void changes_signal(void *arg)
{
	pid_t pid = (long)arg;

	if (ptrace(PTRACE_SEIZE, pid, 0, 0))
		_exit(1);
	shared->ready = 2;
	if (WSTOPSIG(next_stop(pid)) == SIGUSR1)
		shared->ready = 3;
	wait_value(&shared->go, 1);
	ptrace(PTRACE_CONT, pid, 0, SIGUSR2);
	shared->ready = 4;
	sleeps(NULL);
}

/* The ptracer is who sent the other signal, also when it dies in a hold. */
static void signal_of_a_dead_tracer(void)
{
	pid_t pid = spawn(handles_usr2, NULL), tracer;

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	tracer = spawn(changes_signal, (void *)(long)pid);
	check(wait_value(&shared->ready, 2));
	kill(pid, SIGUSR1);
	check(wait_value(&shared->ready, 3));
	check_eq(ut_control(0, STOP), 0);
	shared->go = 1;
	check(wait_value(&shared->ready, 4));
	check(wait_state(pid, "t"));
	ms(20);
	kill_reap(tracer);
	check(!strcmp(proc_line(pid, "TracerPid"), "0"));
	check_eq(ut_control(0, RESUME), 0);
	check(wait_value(&shared->value[1], SIGUSR2));
	check_eq(shared->value[0], tracer);
	kill_reap(pid);
}

const struct test tests[] = {
	{ "PTRACE_CONT while an engine holds", cont_while_held },
	{ "RESUME while ptrace-stopped", resume_while_trapped },
	{ "PTRACE_INTERRUPT is answered while held", interrupt_while_held },
	{ "PTRACE_SEIZE and DETACH while held", seize_while_held },
	{ "a group stop reaches the ptracer of a held thread",
	  group_stop_while_held },
	{ "so it does when a hold was answered and has not begun",
	  group_stop_before_it_sleeps },
	{ "the ptracer of a held thread dies", tracer_goes },
	{ "the ptracer dies with EXITKILL", tracer_takes_it_along },
	{ "engine and ptracer step", both_step },
	{ "the ptracer steps on when the engine resumes", ptracer_steps_on },
	{ "ABORT leaves a ptracer its pairs", abort_keeps_pairs },
	{ "a call starts when both have let go", both_hold_at_entry },
	{ "a ptracer sees what engines leave of a signal",
	  engines_come_first },
	{ "a stop in the trap of its own exit", held_in_exit_trap },
	{ "attached there, and a stop", attached_and_held_in_exit_trap },
	{ "killed by SIGKILL it is not held there", killed_in_exit_trap },
	{ "seized while stopped: first the group stop, then an engine's signal",
	  seized_while_stopped },
	{ "interrupted while it listens: the same", interrupted_while_listening },
	{ "seized while held and stopped: the group stop at once",
	  seized_while_held_and_stopped },
	{ "a parked stop signal is not cancelled by a group stop",
	  parked_through_group_stop },
	{ "nor is one that is given back", given_back_through_group_stop },
	{ "an engine's step is not in the ptracer's registers",
	  step_is_not_shown },
	{ "a signal that a ptracer has changed is that ptracer's, though dead",
	  signal_of_a_dead_tracer },
	{}
};
