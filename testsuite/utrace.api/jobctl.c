// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * utrace.api: holds beside job control. What the parent is told is what it
 * would be told without an engine, and when a hold delays the thread, that.
 */
#include "ut.h"

static atomic_long chld;
static siginfo_t chld_info[64];

static void on_chld(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	chld_info[chld++ % 64] = *info;
}

static void watch_children(void)
{
	sigaction(SIGCHLD, &(struct sigaction){ .sa_sigaction = on_chld,
		  .sa_flags = SA_SIGINFO | SA_RESTART }, NULL);
}

/* Waits for the one thing that the parent is to be told, and that it is one. */
static void parent_is_told(pid_t pid, int code, int status)
{
	siginfo_t info;
	int i, got = 0;

	for (i = 0; i < 3000 && !got; i++, ms(1))
		got = seen_by_parent(pid, &info);
	check_eq(got, code);
	if (got == code)
		check_eq(info.si_status, status);
	ms(20);
	check_eq(seen_by_parent(pid, NULL), 0);
}

static void sigstop_of_a_held_thread(void)
{
	pid_t pid;

	watch_children();
	pid = spawn(spins, NULL);
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	ut_hold(0, pid);
	kill(pid, SIGSTOP);
	ms(50);
	check_eq(proc_state(pid), 't');
	check_eq(seen_by_parent(pid, NULL), 0);
	check_eq(chld, 0);
	check_eq(ut_control(0, RESUME), 0);
	parent_is_told(pid, CLD_STOPPED, SIGSTOP);
	check_eq(proc_state(pid), 'T');
	check_eq(chld, 1);
	check_eq(chld_info[0].si_code, CLD_STOPPED);
	kill(pid, SIGCONT);
	parent_is_told(pid, CLD_CONTINUED, SIGCONT);
	check(moves(&shared->counter));
	check_eq(kill_reap(pid), SIGKILL);
}

static pid_t one_of_two_held(void)
{
	pid_t pid;

	watch_children();
	pid = spawn(two_threads, NULL);
	wait_value(&shared->ready, 2);
	check_eq(ut_attach(0, shared->tid[1], E_QUIESCE), 0);
	ut_hold(0, shared->tid[1]);
	return pid;
}

static void sigstop_with_one_held(void)
{
	pid_t pid = one_of_two_held();

	kill(pid, SIGSTOP);
	parent_is_told(pid, CLD_STOPPED, SIGSTOP);
	check_eq(proc_state(pid), 'T');
	check_eq(proc_state(shared->tid[1]), 't');
	check_eq(chld, 1);
	/* Released in the stop: it joins, and nobody is told again. */
	check_eq(ut_control(0, RESUME), 0);
	check(wait_state(shared->tid[1], "T"));
	check(!moves(&shared->more));
	check_eq(seen_by_parent(pid, NULL), 0);
	check_eq(chld, 1);
	kill(pid, SIGCONT);
	parent_is_told(pid, CLD_CONTINUED, SIGCONT);
	check(moves(&shared->more));
	kill_reap(pid);
}

static void sigcont_with_one_held(void)
{
	pid_t pid = one_of_two_held();

	kill(pid, SIGSTOP);
	parent_is_told(pid, CLD_STOPPED, SIGSTOP);
	kill(pid, SIGCONT);
	parent_is_told(pid, CLD_CONTINUED, SIGCONT);
	check(moves(&shared->counter));
	check_eq(proc_state(shared->tid[1]), 't');
	check(!moves(&shared->more));
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->more));
	check_eq(seen_by_parent(pid, NULL), 0);
	check_eq(chld, 2);
	kill_reap(pid);
}

static void hold_of_a_stopped_process(void)
{
	pid_t pid;

	watch_children();
	pid = spawn(spins, NULL);
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	kill(pid, SIGSTOP);
	parent_is_told(pid, CLD_STOPPED, SIGSTOP);
	check_eq(ut_control(0, STOP), 0);
	check_eq(proc_state(pid), 'T');
	kill(pid, SIGCONT);
	parent_is_told(pid, CLD_CONTINUED, SIGCONT);
	check(wait_state(pid, "t"));
	check(!moves(&shared->counter));
	check_story(0, "");
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	check_eq(chld, 2);
	kill_reap(pid);
}

/* Held and let go while stopped: it stays stopped. */
static void release_in_a_stop(void)
{
	pid_t pid;

	watch_children();
	pid = spawn(spins, NULL);
	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	kill(pid, SIGSTOP);
	parent_is_told(pid, CLD_STOPPED, SIGSTOP);
	check_eq(ut_control(0, STOP), 0);
	check_eq(ut_control(0, RESUME), 0);
	ms(30);
	check_eq(proc_state(pid), 'T');
	check_eq(seen_by_parent(pid, NULL), 0);
	check_eq(chld, 1);
	kill(pid, SIGCONT);
	parent_is_told(pid, CLD_CONTINUED, SIGCONT);
	check(moves(&shared->counter));
	kill_reap(pid);
}

static void report_in_a_stop(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE), 0);
	kill(pid, SIGSTOP);
	check(wait_state(pid, "T"));
	check_eq(ut_control(0, REPORT), 0);
	ms(50);
	check_story(0, "");
	check_eq(proc_state(pid), 'T');
	kill(pid, SIGCONT);
	check(ut_wait(0, UT_QUIESCE, 0));
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* JCTL: one for each thread that stops, one CONTINUED, notify where told. */
static void jctl_events(void)
{
	pid_t pid = spawn(two_threads, NULL);
	const struct ut_record *r;
	unsigned int notified = 0;
	int i;

	wait_value(&shared->ready, 2);
	check_eq(ut_attach(0, shared->tid[0], E_JCTL), 0);
	check_eq(ut_attach(1, shared->tid[1], E_JCTL), 0);
	kill(pid, SIGSTOP);
	parent_is_told(pid, CLD_STOPPED, SIGSTOP);
	for (i = 0; i < 2; i++) {
		r = ut_wait(i, UT_JCTL, CLD_STOPPED);
		check(r);
		if (r)
			notified += r->arg[1] == CLD_STOPPED;
	}
	check_eq(notified, 1);
	check_eq(ut_count(-1, UT_JCTL, UT_ANY), 2);
	ut_mark();
	kill(pid, SIGCONT);
	parent_is_told(pid, CLD_CONTINUED, SIGCONT);
	check_eq(ut_count(-1, UT_JCTL, CLD_CONTINUED), 1);
	check_eq(ut_count(-1, UT_JCTL, UT_ANY), 1);
	kill_reap(pid);
}

/* Stopped, and continued while engine 0 holds it. */
static pid_t spawn_continued_in_hold(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_QUIESCE | E_JCTL), 0);
	kill(pid, SIGSTOP);
	check(ut_wait(0, UT_JCTL, CLD_STOPPED));
	check(wait_state(pid, "T"));
	check_eq(ut_control(0, STOP), 0);
	ut_mark();
	kill(pid, SIGCONT);
	check(wait_state(pid, "t"));
	return pid;
}

/* CONTINUED comes to a held thread when it is released. */
static void jctl_waits_for_the_release(void)
{
	pid_t pid = spawn_continued_in_hold();

	ms(50);
	check_story(0, "");
	check_eq(ut_control(0, RESUME), 0);
	check(ut_wait(0, UT_JCTL, CLD_CONTINUED));
	check(moves(&shared->counter));
	kill_reap(pid);
}

/* SIGCONT while report_jctl(STOPPED) runs is not lost, many times. */
static void sigcont_in_the_callback(void)
{
	pid_t pid = spawn(spins, NULL);
	int i;

	check_eq(ut_attach(0, pid, E_JCTL), 0);
	ut_rule(0, .kind = UT_JCTL, .match = CLD_STOPPED, .ret = RESUME,
		.delay_ms = 20);
	for (i = 1; i <= 20; i++) {
		kill(pid, SIGSTOP);
		check(ut_wait_nth(0, UT_JCTL, CLD_STOPPED, i));
		kill(pid, SIGCONT);
		check(wait_state(pid, "R"), "round %d", i);
		check(moves(&shared->counter), "round %d, state %c", i,
		      proc_state(pid));
	}
	kill_reap(pid);
}

/* It goes on to notify; by then the process has been continued. */
static void sigcont_in_the_last_callback(void)
{
	pid_t pid;
	int i;

	watch_children();
	pid = spawn(two_threads, NULL);
	wait_value(&shared->ready, 2);
	check_eq(ut_attach(0, shared->tid[1], E_JCTL), 0);
	ut_rule(0, .kind = UT_JCTL, .match = CLD_STOPPED, .ret = RESUME,
		.delay_ms = 100);
	syscall(SYS_tgkill, pid, pid, SIGSTOP);
	check(ut_wait(0, UT_JCTL, CLD_STOPPED));
	check_eq(seen_by_parent(pid, NULL), CLD_STOPPED);
	kill(pid, SIGCONT);
	check(moves(&shared->counter));
	check(moves(&shared->more));
	ms(50);
	for (i = 1; i < chld; i++)
		check(chld_info[i].si_code != CLD_STOPPED ||
		      chld_info[i - 1].si_code != CLD_CONTINUED);
	check_eq(chld_info[chld - 1].si_code, CLD_CONTINUED);
	kill_reap(pid);
}

/* An interrupt breaks off the stop for a report; it is the same stop after. */
static void jctl_returns_interrupt(void)
{
	pid_t pid = spawn(spins, NULL);
	int i;

	check_eq(ut_attach(0, pid, E_QUIESCE | E_JCTL | E_SIGNAL), 0);
	ut_rule(0, .kind = UT_JCTL, .match = CLD_STOPPED, .times = 4,
		.ret = INTERRUPT);
	for (i = 1; i <= 2; i++) {
		kill(pid, SIGSTOP);
		parent_is_told(pid, CLD_STOPPED, SIGSTOP);
		check(ut_wait_nth(0, UT_REPORT, UT_ANY, i));
		ms(50);
		check_eq(proc_state(pid), 'T');
		check_eq(ut_count(0, UT_JCTL, CLD_STOPPED), i);
		kill(pid, SIGCONT);
		parent_is_told(pid, CLD_CONTINUED, SIGCONT);
		check(moves(&shared->counter));
	}
	kill_reap(pid);
}

/* What waited for the release is not told to the next engine. */
static void jctl_of_one_that_left(void)
{
	pid_t pid = spawn_continued_in_hold();

	check_eq(ut_control(0, DETACH), 0);
	check(moves(&shared->counter));
	check_eq(ut_attach(1, pid, E_JCTL | E_SIGNAL_IGN), 0);
	kill(pid, SIGWINCH);
	check(ut_wait(1, UT_SIGNAL, SIGWINCH));
	ms(20);
	check_eq(ut_count(1, UT_JCTL, UT_ANY), 0);
	kill_reap(pid);
}

/* STOP from report_jctl holds it when it is continued. */
static void jctl_returns_stop(void)
{
	pid_t pid = spawn(spins, NULL);

	check_eq(ut_attach(0, pid, E_JCTL), 0);
	ut_rule(0, .kind = UT_JCTL, .match = CLD_STOPPED, .ret = STOP);
	kill(pid, SIGSTOP);
	parent_is_told(pid, CLD_STOPPED, SIGSTOP);
	check_eq(proc_state(pid), 'T');
	kill(pid, SIGCONT);
	check(wait_state(pid, "t"));
	check(!moves(&shared->counter));
	check_eq(ut_control(0, RESUME), 0);
	check(moves(&shared->counter));
	kill_reap(pid);
}

/*
 * A callback has said that the thread stops, and before it sleeps the end of a
 * group stop comes: the hold goes on, and the report waits for the release. The
 * other thread is late, so that this one is the first to see that end.
 */
static void continued_before_it_sleeps(void)
{
	pid_t pid = spawn(two_threads, NULL), tid;

	check(wait_value(&shared->ready, 2));
	tid = shared->tid[1];
	check_eq(ut_attach(0, tid, E_QUIESCE | E_JCTL), 0);
	check_eq(ut_attach(1, pid, E_JCTL), 0);
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .times = 1, .ret = STOP,
		.delay_ms = 200);
	ut_rule(1, .kind = UT_JCTL, .times = 1, .ret = RESUME, .delay_ms = 400);
	check_eq(ut_control(0, STOP), -EINPROGRESS);
	check(ut_wait(0, UT_QUIESCE, 0));
	syscall(SYS_tgkill, pid, pid, SIGSTOP);
	check(ut_wait(1, UT_JCTL, CLD_STOPPED));
	kill(pid, SIGCONT);
	check(wait_state(tid, "t"));
	ms(50);
	check_story(0, "quiesce");
	check(!moves(&shared->more));
	check_eq(ut_examine(0), 0);
	check_eq(ut_control(0, RESUME), 0);
	check(ut_wait(0, UT_JCTL, CLD_CONTINUED));
	check(moves(&shared->more));
	kill_reap(pid);
}

static void takes_it(int sig)
{
	(void)sig;
	shared->value[syscall(SYS_gettid) == shared->tid[1]]++;
}

static void two_with_handler(void *arg)
{
	signal(SIGUSR1, takes_it);
	two_threads(arg);
}

static void other_thread_takes_the_signal(void)
{
	pid_t pid;
	int held, i;

	pid = spawn(two_with_handler, NULL);
	wait_value(&shared->ready, 2);
	for (held = 0; held < 2; held++) {
		check_eq(ut_attach(held, shared->tid[held], E_QUIESCE), 0);
		ut_hold(held, shared->tid[held]);
		for (i = 1; i <= 5; i++) {
			kill(pid, SIGUSR1);
			check(wait_value(&shared->value[!held], i));
		}
		check_eq(ut_control(held, RESUME), 0);
		check(moves(&shared->counter));
	}
	check_eq(shared->value[0] + shared->value[1], 10);
	kill_reap(pid);
}

const struct test tests[] = {
	{ "SIGSTOP of a held thread: told once, after the release",
	  sigstop_of_a_held_thread },
	{ "SIGSTOP with one of two held: told at once", sigstop_with_one_held },
	{ "SIGCONT with one of two held: the other runs", sigcont_with_one_held },
	{ "a stopped process is held when it is continued",
	  hold_of_a_stopped_process },
	{ "released in a stop it stays stopped", release_in_a_stop },
	{ "REPORT of a stopped process waits for SIGCONT", report_in_a_stop },
	{ "JCTL: each thread once, notify where the parent is told",
	  jctl_events },
	{ "JCTL of a held thread waits for the release",
	  jctl_waits_for_the_release },
	{ "SIGCONT while report_jctl runs is not lost", sigcont_in_the_callback },
	{ "nor told as a stop that follows", sigcont_in_the_last_callback },
	{ "STOP from report_jctl", jctl_returns_stop },
	{ "INTERRUPT from report_jctl: the stop is reported once",
	  jctl_returns_interrupt },
	{ "JCTL that waited for the release, of an engine that left",
	  jctl_of_one_that_left },
	{ "the end of a stop before a hold that was answered",
	  continued_before_it_sleeps },
	{ "a signal for the process goes to a thread that is not held",
	  other_thread_takes_the_signal },
	{}
};
