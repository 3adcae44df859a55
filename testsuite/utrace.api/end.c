// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: exit, death, reap, and what DETACH and set_events say then. */
#include "ut.h"

/* --- exit */

static pid_t start(void (*program)(void *), void *arg, unsigned long events)
{
	pid_t pid = spawn(program, arg);

	check_eq(ut_attach(0, pid, events), 0);
	return pid;
}

static void the_whole_end(void)
{
	pid_t pid = start(exits, (void *)5l,
			  E_QUIESCE | E_EXIT | E_DEATH | E_REAP);

	shared->go = 1;
	check_eq(reap(pid), 5 << 8);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_story(0, "quiesce:exit exit:1280 quiesce:death death:17 reap");
	check_eq(ut_nth(0, UT_DEATH, UT_ANY, 1)->arg[1], 1);
	check(ut_nth(0, UT_EXIT, UT_ANY, 1)->flags & UT_CURRENT);
	check(ut_nth(0, UT_DEATH, UT_ANY, 1)->flags & UT_CURRENT);
}

static void code_changed(void)
{
	pid_t pid = start(exits, (void *)5l, E_EXIT);

	ut_rule(0, .kind = UT_EXIT, .ret = RESUME, .effect = UT_SET_CODE,
		.arg = { 9 << 8 });
	shared->go = 1;
	check_eq(reap(pid), 9 << 8);
}

/* The second engine sees both the code as it was and what the first made. */
static void code_changed_twice(void)
{
	pid_t pid = start(exits, (void *)5l, E_EXIT);
	const struct ut_record *r;

	check_eq(ut_attach(1, pid, E_EXIT), 0);
	ut_rule(0, .kind = UT_EXIT, .ret = RESUME, .effect = UT_SET_CODE,
		.arg = { 9 << 8 });
	ut_rule(1, .kind = UT_EXIT, .ret = RESUME, .effect = UT_SET_CODE,
		.arg = { 10 << 8 });
	shared->go = 1;
	check_eq(reap(pid), 10 << 8);
	r = ut_nth(1, UT_EXIT, UT_ANY, 1);
	check_eq(r->arg[0], 5 << 8);
	check_eq(r->arg[1], 9 << 8);
}

static void *thread_exits(void *arg)
{
	shared->tid[1] = syscall(SYS_gettid);
	shared->ready = 1;
	while (!shared->go)
		ms(1);
	if (arg)
		exit(6);
	syscall(SYS_exit, 8);
	return NULL;
}

/* exit_group() by the second thread, or its own exit and later the leader's. */
static void has_thread(void *arg)
{
	pthread_t thread;

	shared->tid[0] = getpid();
	pthread_create(&thread, NULL, thread_exits, arg);
	while (shared->go < 2)
		ms(1);
	_exit(7);
}

static void code_of_a_group(void)
{
	pid_t pid = spawn(has_thread, "");
	int i;

	check(wait_value(&shared->ready, 1));
	for (i = 0; i < 2; i++) {
		check_eq(ut_attach(i, shared->tid[i], E_EXIT), 0);
		ut_rule(i, .kind = UT_EXIT, .match = 6 << 8, .ret = RESUME,
			.effect = UT_SET_CODE, .arg = { 11 << 8 });
	}
	shared->go = 1;
	check_eq(reap(pid), 11 << 8);
}

/* A thread's own code is nobody's business but its own. */
static void code_of_one_thread(void)
{
	pid_t pid = spawn(has_thread, NULL);

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, shared->tid[1], E_EXIT | E_REAP), 0);
	ut_rule(0, .kind = UT_EXIT, .ret = RESUME, .effect = UT_SET_CODE,
		.arg = { 12 << 8 });
	shared->go = 1;
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_eq(ut_nth(0, UT_EXIT, UT_ANY, 1)->arg[0], 8 << 8);
	shared->go = 2;
	check_eq(reap(pid), 7 << 8);
}

static void *exits_after(void *arg)
{
	(void)arg;
	shared->tid[1] = syscall(SYS_gettid);
	shared->ready = 1;
	while (shared->go < 2)
		ms(1);
	syscall(SYS_exit, 8);
	return NULL;
}

static void last_thread(void *arg)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exits_after, arg);
	while (!shared->go)
		ms(1);
	syscall(SYS_exit, 3);
}

/* The leader is gone; what the parent sees is the last thread's. */
static void code_of_the_last_thread(void)
{
	pid_t pid = spawn(last_thread, NULL);

	check(wait_value(&shared->ready, 1));
	shared->go = 1;
	check(wait_state(pid, "Z"));
	check_eq(ut_attach(0, shared->tid[1], E_EXIT), 0);
	ut_rule(0, .kind = UT_EXIT, .ret = RESUME, .effect = UT_SET_CODE,
		.arg = { 13 << 8 });
	shared->go = 2;
	check_eq(reap(pid), 13 << 8);
}

static void code_of_a_signal(void)
{
	pid_t pid = start(spins, NULL, E_EXIT);

	ut_rule(0, .kind = UT_EXIT, .ret = RESUME, .effect = UT_SET_CODE,
		.arg = { 14 << 8 });
	kill(pid, SIGTERM);
	check_eq(reap(pid), 14 << 8);
	check_eq(ut_nth(0, UT_EXIT, UT_ANY, 1)->arg[0], SIGTERM);
}

static void held_in_exit(void)
{
	pid_t pid = start(exits, (void *)5l, E_EXIT);

	ut_rule(0, .kind = UT_EXIT, .ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	check_eq(ut_examine(0), 0);
	check_eq(seen_by_parent(pid, NULL), 0);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), 5 << 8);
}

static void killed_in_exit(void)
{
	pid_t pid = start(exits, (void *)5l, E_EXIT);

	ut_rule(0, .kind = UT_EXIT, .ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	check_eq(kill_reap(pid), 5 << 8);
}

static void killed_before_the_hold(void)
{
	pid_t pid = start(exits, (void *)5l, E_EXIT);

	ut_rule(0, .kind = UT_EXIT, .ret = STOP, .delay_ms = 100);
	shared->go = 1;
	check(ut_wait(0, UT_EXIT, UT_ANY));
	check_eq(kill_reap(pid), 5 << 8);
}

static void sigkill_is_not_held(void)
{
	pid_t pid = start(spins, NULL, E_EXIT);

	ut_rule(0, .kind = UT_EXIT, .ret = STOP);
	check_eq(kill_reap(pid), SIGKILL);
	check_story(0, "exit:9");
}

/* By its own fatal signal a thread ends itself: held, until SIGKILL. */
static void own_signal_is_held(void)
{
	pid_t pid = start(spins, NULL, E_EXIT | E_SIGNAL_TERM);

	ut_rule(0, .kind = UT_EXIT, .ret = STOP);
	kill(pid, SIGTERM);
	check(wait_state(pid, "t"));
	check_eq(kill_reap(pid), SIGTERM);
}

/* --- death */

/* A leader with live threads tells its parent nothing yet. */
static void leader_first(void)
{
	pid_t pid = spawn(last_thread, NULL);
	const struct ut_record *r;

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_DEATH | E_REAP), 0);
	check_eq(ut_attach(1, shared->tid[1], E_DEATH | E_REAP), 0);
	shared->go = 1;
	r = ut_wait(0, UT_DEATH, UT_ANY);
	check(r);
	check(r && r->arg[0] == 0 && r->arg[1] == 0);
	ms(20);
	check_eq(ut_count(0, UT_REAP, UT_ANY), 0);
	check_eq(seen_by_parent(pid, NULL), 0);
	shared->go = 2;
	/* A thread reaps itself; it is the last of its group. */
	r = ut_wait(1, UT_DEATH, UT_ANY);
	check(r && r->arg[0] == -1 && r->arg[1] == 1);
	check_eq(reap(pid), 8 << 8);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check(ut_wait(1, UT_REAP, UT_ANY));
	check_eq(ut_count(-1, UT_DEATH, UT_ANY), 2);
	check_eq(ut_count(-1, UT_REAP, UT_ANY), 2);
}

static void reaps_itself(void)
{
	const struct ut_record *r;
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	pid = start(exits, NULL, E_DEATH | E_REAP);
	shared->go = 1;
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_story(0, "death:-1 reap");
	r = ut_nth(0, UT_REAP, UT_ANY, 1);
	check(r && (r->flags & UT_CURRENT));
	check(waitpid(pid, NULL, 0) < 0 && errno == ECHILD);
}

/* The parent waits while report_death runs: reap comes after it. */
static void reaped_during_death(void)
{
	pid_t pid = start(exits, NULL, E_DEATH | E_REAP);
	double start_time;

	check_eq(ut_attach(1, pid, E_REAP), 0);
	ut_rule(0, .kind = UT_DEATH, .ret = RESUME, .delay_ms = 300);
	shared->go = 1;
	check(ut_wait(0, UT_DEATH, UT_ANY));
	start_time = now();
	check_eq(reap(pid), 0);
	check(now() - start_time < 0.25 * ut_slow, "the parent waited %.3f s",
	      now() - start_time);
	check_eq(ut_count(-1, UT_REAP, UT_ANY), 0);
	/* The end is on its way, whatever anybody says. */
	check_eq(ut_control(0, DETACH), -EALREADY);
	check_eq(ut_events(0, E_DEATH), -EALREADY);
	check_eq(ut_events(0, E_REAP), -EALREADY);
	check_eq(ut_control(1, DETACH), -ESRCH);
	check_eq(ut_events(1, 0), -EALREADY);
	check_eq(ut_attach_as(2, 0, CREATE | UT_SAME, UT_OPS, 0), -ESRCH);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check(ut_wait(1, UT_REAP, UT_ANY));
	check_story(-1, "0/death:17 0/reap 1/reap");
	check_eq(ut_barrier(0), -ESRCH);
	check_eq(ut_barrier(1), -ESRCH);
	check_eq(ut_events(0, 0), -ESRCH);
}

static void detach_on_the_way(void)
{
	pid_t pid = start(exits, NULL, E_DEATH | E_REAP);

	check_eq(ut_attach(1, pid, E_DEATH), 0);
	check_eq(ut_attach(2, pid, E_QUIESCE), 0);
	check_eq(ut_attach(3, pid, E_REAP), 0);
	ut_rule(0, .kind = UT_DEATH, .ret = RESUME, .delay_ms = 200);
	shared->go = 1;
	check(ut_wait(0, UT_DEATH, UT_ANY));
	/* It is running; it is to come; it never will. */
	check_eq(ut_control(0, DETACH), -EALREADY);
	check_eq(ut_control(1, DETACH), -EALREADY);
	check_eq(ut_control(2, DETACH), 0);
	check_eq(ut_control(3, DETACH), 0);
	check_eq(ut_control(1, STOP), -ESRCH);
	check_eq(ut_control(1, RESUME), -ESRCH);
	check(ut_wait(1, UT_DEATH, UT_ANY));
	ms(20);
	/* It is over, and the zombie is left: nobody need wait for the reaper. */
	check_eq(ut_control(1, DETACH), 0);
	check_eq(reap(pid), 0);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_story(-1, "0/death:17 1/death:17 0/reap");
	check_eq(ut_control(0, DETACH), -ESRCH);
}

static void detach_from_death(void)
{
	pid_t pid = start(exits, NULL, E_DEATH | E_REAP);

	ut_rule(0, .kind = UT_DEATH, .ret = DETACH);
	shared->go = 1;
	check_eq(reap(pid), 0);
	ms(20);
	check_story(0, "death:17");
	check_eq(ut_control(0, DETACH), -ESRCH);
}

/* set_events at each stage of the end. */
static void masks_at_the_end(void)
{
	pid_t pid = start(exits, NULL, E_DEATH);

	check_eq(ut_attach(1, pid, E_REAP), 0);
	check_eq(ut_attach(2, pid, E_DEATH | E_REAP), 0);
	ut_rule(0, .kind = UT_DEATH, .ret = RESUME, .delay_ms = 200);
	shared->go = 1;
	check(ut_wait(0, UT_DEATH, UT_ANY));
	check_eq(ut_events(0, 0), -EALREADY);
	check_eq(ut_events(2, E_REAP), -EALREADY);
	check_eq(ut_events(1, E_REAP | E_DEATH), -EALREADY);
	check_eq(ut_events(1, E_REAP | E_QUIESCE), -EALREADY);
	check_eq(ut_mask(1), E_REAP);
	/* REAP can still be set and cleared, and what cannot come any more. */
	check_eq(ut_events(1, 0), 0);
	check_eq(ut_events(0, E_DEATH | E_REAP), 0);
	check_eq(ut_events(1, E_CLONE), 0);
	check(ut_wait(2, UT_DEATH, UT_ANY));
	ms(20);
	check_eq(ut_events(2, E_REAP), -EALREADY);
	check_eq(ut_events(2, E_DEATH), 0);
	check_eq(reap(pid), 0);
	check(ut_wait(0, UT_REAP, UT_ANY));
	check_story(-1, "0/death:17 2/death:17 0/reap");
	check_eq(ut_events(1, 0), -ESRCH);
}

/* Everything but DETACH is refused on the dead. */
static void control_of_the_dead(void)
{
	pid_t pid = start(exits, NULL, E_REAP);
	int action;

	shared->go = 1;
	check(wait_state(pid, "Z"));
	for (action = STOP; action < DETACH; action++)
		check_eq(ut_control(0, action), -ESRCH);
	check_eq(ut_prepare(0), -ESRCH);
	check_eq(ut_finish(0), -ESRCH);
	check_eq(ut_control(0, DETACH), 0);
	reap(pid);
	check_story(0, "");
}

/* --- DETACH and set_events while callbacks run */

static void detach_during_a_callback(void)
{
	pid_t pid = start(spins, NULL, E_QUIESCE);

	ut_rule(0, .kind = UT_QUIESCE, .ret = STOP, .delay_ms = 150);
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_QUIESCE, 0));
	check_eq(ut_control(0, DETACH), -EINPROGRESS);
	check(ut_running(0) != 0);
	check(ut_barrier(0) == 0 || ut_barrier(0) == -ESRCH);
	check_eq(ut_running(0), 0);
	check_eq(ut_control(0, DETACH), -ESRCH);
	check(moves(&shared->counter));
	check_story(0, "quiesce");
	kill_reap(pid);
}

static void detach_by_return(void)
{
	pid_t pid = start(spins, NULL, E_QUIESCE | E_SIGNALS);

	/* From report_quiesce: the event's own callback does not come. */
	ut_rule(0, .kind = UT_QUIESCE, .ret = DETACH);
	kill(pid, SIGWINCH);
	check(ut_wait(0, UT_QUIESCE, E_SIGNAL_IGN));
	ms(20);
	check_story(0, "quiesce:signal_ign");
	check_eq(ut_control(0, RESUME), -ESRCH);
	check_eq(ut_barrier(0), -ESRCH);
	kill_reap(pid);
}

/* A callback's calls on its own engine. */
static void calls_from_a_callback(void)
{
	pid_t pid = start(spins, NULL, E_QUIESCE | E_SIGNALS);
	const struct ut_record *r;

	ut_rule(0, .kind = UT_QUIESCE, .match = E_SIGNAL_IGN, .times = 1,
		.ret = RESUME, .effect = UT_DO_BARRIER, .arg = { 0 });
	ut_rule(0, .kind = UT_QUIESCE, .match = E_SIGNAL_IGN, .times = 1,
		.ret = RESUME, .effect = UT_DO_EVENTS, .arg = { 0, E_QUIESCE });
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .times = 1,
		.ret = RESUME, .effect = UT_DO_CONTROL, .arg = { 0, DETACH });
	kill(pid, SIGWINCH);
	r = ut_wait(0, UT_QUIESCE, E_SIGNAL_IGN);
	check(r && r->result == -EDEADLK);
	check(ut_wait(0, UT_SIGNAL, SIGWINCH));
	ut_mark();
	/* The event was taken away in the callback before: it does not come. */
	kill(pid, SIGWINCH);
	r = ut_wait(0, UT_QUIESCE, E_SIGNAL_IGN);
	check(r && r->result == 0);
	check_eq(ut_control(0, REPORT), 0);
	r = ut_wait(0, UT_QUIESCE, 0);
	check(r && r->result == 0);
	ms(20);
	check_eq(ut_count(0, UT_SIGNAL, UT_ANY), 0);
	check_eq(ut_control(0, DETACH), -ESRCH);
	kill_reap(pid);
}

/* An earlier engine's callback detaches a later one: it is not called. */
static void detached_in_the_round(void)
{
	pid_t pid = start(spins, NULL, E_QUIESCE);
	const struct ut_record *r;

	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	check_eq(ut_attach(2, pid, E_QUIESCE), 0);
	ut_rule(0, .kind = UT_QUIESCE, .ret = RESUME, .effect = UT_DO_CONTROL,
		.arg = { 1, DETACH });
	ut_rule(2, .kind = UT_QUIESCE, .ret = RESUME, .effect = UT_DO_CONTROL,
		.arg = { 0, DETACH });
	check_eq(ut_control(2, REPORT), 0);
	r = ut_wait(2, UT_QUIESCE, 0);
	check_story(-1, "0/quiesce 2/quiesce");
	check(r && r->result == 0);
	check_eq(ut_control(0, DETACH), -ESRCH);
	check_eq(ut_control(1, DETACH), -ESRCH);
	kill_reap(pid);
}

static void mask_during_a_callback(void)
{
	pid_t pid = start(calls, NULL, E_SYSCALL_ENTRY);

	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .ret = RESUME, .delay_ms = 100);
	check(ut_wait(0, UT_SYSCALL_ENTRY, UT_ANY));
	/* Adding takes nothing away. */
	check_eq(ut_events(0, E_SYSCALL_ENTRY | E_CLONE), 0);
	check_eq(ut_events(0, 0), -EINPROGRESS);
	check_eq(ut_barrier(0), 0);
	check_eq(ut_running(0), 0);
	ut_mark();
	ms(50);
	check_story(0, "");
	check_eq(ut_events(0, 0), 0);
	kill_reap(pid);
}

/* --- barrier */

static void barrier_waits(void)
{
	pid_t pid = start(spins, NULL, E_QUIESCE);
	double start_time;

	check_eq(ut_attach(1, pid, E_QUIESCE), 0);
	check_eq(ut_barrier(0), 0);
	ut_rule(0, .kind = UT_QUIESCE, .ret = RESUME, .delay_ms = 200);
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_QUIESCE, 0));
	/* Only for this engine's callback, not for another's. */
	start_time = now();
	check_eq(ut_barrier(1), 0);
	check(now() - start_time < 0.1 * ut_slow, "%.3f s", now() - start_time);
	check_eq(ut_running(0), 1 << UT_QUIESCE);
	check_eq(ut_barrier(0), 0);
	check_eq(ut_running(0), 0);
	check(now() - start_time > 0.1, "%.3f s", now() - start_time);
	kill_reap(pid);
}

static void wakes(int sig)
{
	(void)sig;
}

static void barrier_interrupted(void)
{
	pid_t pid = start(spins, NULL, E_QUIESCE), other;

	sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = wakes }, NULL);
	ut_rule(0, .kind = UT_QUIESCE, .ret = RESUME, .delay_ms = 1000);
	check_eq(ut_control(0, REPORT), 0);
	check(ut_wait(0, UT_QUIESCE, 0));
	other = fork();
	if (!other) {
		ms(50);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	check_eq(ut_barrier(0), -ERESTARTSYS);
	check_eq(ut_running(0), 1 << UT_QUIESCE);
	reap(other);
	check_eq(ut_barrier(0), 0);
	kill_reap(pid);
}

/* Back-to-back callbacks do not keep it waiting. */
static void barrier_in_a_storm(void)
{
	pid_t pid = start(calls, NULL, E_SYSCALL_ENTRY);
	double start_time, worst = 0;
	int i;

	ut_rule(0, .kind = UT_SYSCALL_ENTRY, .ret = RESUME, .delay_ms = 20);
	for (i = 0; i < 10; i++) {
		ms(5);
		start_time = now();
		check_eq(ut_barrier(0), 0);
		start_time = now() - start_time;
		worst = start_time > worst ? start_time : worst;
	}
	check(worst < 1.5 * ut_slow, "%.3f s", worst);
	kill_reap(pid);
}

const struct test tests[] = {
	{ "exit, death, reap: each once, in this order", the_whole_end },
	{ "the exit code changed", code_changed },
	{ "the exit code changed by two", code_changed_twice },
	{ "the code of exit_group changed", code_of_a_group },
	{ "the code of a thread changed is not the process's",
	  code_of_one_thread },
	{ "the code of the last thread, without its leader", code_of_the_last_thread },
	{ "the code of a death by signal changed", code_of_a_signal },
	{ "held in exit", held_in_exit },
	{ "killed while held in exit", killed_in_exit },
	{ "killed before it is held in exit", killed_before_the_hold },
	{ "who is killed is not held in exit", sigkill_is_not_held },
	{ "who dies of its own signal is held in exit", own_signal_is_held },
	{ "a leader first, its thread later", leader_first },
	{ "a process that reaps itself", reaps_itself },
	{ "reaped while report_death runs", reaped_during_death },
	{ "DETACH while report_death runs, and after it", detach_on_the_way },
	{ "DETACH returned by report_death", detach_from_death },
	{ "set_events at each stage of the end", masks_at_the_end },
	{ "control of the dead is ESRCH but for DETACH", control_of_the_dead },
	{ "DETACH during a callback is EINPROGRESS", detach_during_a_callback },
	{ "DETACH returned by report_quiesce", detach_by_return },
	{ "a callback's calls on its own engine", calls_from_a_callback },
	{ "detached within the round", detached_in_the_round },
	{ "set_events during a callback is EINPROGRESS",
	  mask_during_a_callback },
	{ "barrier waits for this engine's callback", barrier_waits },
	{ "barrier is interrupted by a signal", barrier_interrupted },
	{ "barrier does not wait for the next callback", barrier_in_a_storm },
	{}
};
