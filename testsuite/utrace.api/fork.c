// SPDX-License-Identifier: GPL-2.0-or-later
/* utrace.api: fork, vfork, clone; children that are attached in the callback. */
#include "ut.h"

enum { FORK, VFORK, THREAD };

static void *counts(void *arg)
{
	(void)arg;
	shared->counter++;
	return NULL;
}

static void make_child(long how)
{
	pthread_t thread;
	pid_t child;

	if (how == THREAD) {
		pthread_create(&thread, NULL, counts, NULL);
		pthread_join(thread, NULL);
		return;
	}
	child = how == VFORK ? vfork() : fork();
	if (!child) {
		shared->counter++;
		_exit(0);
	}
	shared->tid[0] = child;
	waitpid(child, NULL, 0);
}

static void makes_children(void *arg)
{
	shared->ready = 1;
	while (!shared->go)
		ms(1);
	make_child((long)arg);
	_exit(0);
}

static pid_t start(long how, unsigned long events)
{
	pid_t pid = spawn(makes_children, (void *)how);

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, events), 0);
	return pid;
}

static void reported(long how, unsigned long flags)
{
	pid_t pid = start(how, E_CLONE);
	const struct ut_record *r;

	shared->go = 1;
	r = ut_wait(0, UT_CLONE, UT_ANY);
	check(r);
	if (r) {
		check_eq(r->arg[0] & flags, flags);
		check_eq(r->tid, pid);
		check(r->arg[1] > pid);
	}
	check_eq(reap(pid), 0);
	check_eq(ut_count(0, UT_CLONE, UT_ANY), 1);
	check_eq(shared->counter, 1);
}

static void fork_reported(void)
{
	reported(FORK, 0);
}

static void vfork_reported(void)
{
	reported(VFORK, CLONE_VFORK | CLONE_VM);
}

static void clone_reported(void)
{
	reported(THREAD, CLONE_THREAD);
}

/* Attached, and stopped or asked to report, before its first instruction. */
static void child_held(long how)
{
	pid_t pid = start(how, E_CLONE), child;

	ut_rule(0, .kind = UT_CLONE, .ret = RESUME, .effect = UT_FOLLOW,
		.arg = { 1, E_QUIESCE | E_DEATH, STOP });
	ut_rule(0, .kind = UT_QUIESCE, .match = 0, .ret = STOP);
	shared->go = 1;
	check(ut_wait(0, UT_CLONE, UT_ANY));
	child = ut_nth(0, UT_CLONE, UT_ANY, 1)->arg[1];
	check(wait_state(child, "t"));
	ms(50);
	check_eq(shared->counter, 0);
	check_eq(ut_examine(1), 0);
	check_eq(ut_control(1, RESUME), 0);
	check_eq(reap(pid), 0);
	check_eq(shared->counter, 1);
	check(ut_wait(1, UT_DEATH, UT_ANY));
	check_eq(ut_count(1, UT_DEATH, UT_ANY), 1);
}

static void fork_child_held(void)
{
	child_held(FORK);
}

static void vfork_child_held(void)
{
	child_held(VFORK);
}

static void thread_held(void)
{
	child_held(THREAD);
}

/* What stop does report_clone's UTRACE_STOP make, and when. */
static void killed_held_child(void)
{
	pid_t pid = start(FORK, E_CLONE), child;

	ut_rule(0, .kind = UT_CLONE, .ret = RESUME, .effect = UT_FOLLOW,
		.arg = { 1, E_DEATH, STOP });
	shared->go = 1;
	check(ut_wait(0, UT_CLONE, UT_ANY));
	child = ut_nth(0, UT_CLONE, UT_ANY, 1)->arg[1];
	check(wait_state(child, "t"));
	kill(child, SIGKILL);
	check(ut_wait(1, UT_DEATH, UT_ANY));
	check_eq(shared->counter, 0);
	check_eq(reap(pid), 0);
}

static void child_reports(void)
{
	pid_t pid = start(FORK, E_CLONE);

	ut_rule(0, .kind = UT_CLONE, .ret = RESUME, .effect = UT_FOLLOW,
		.arg = { 1, E_QUIESCE | E_SYSCALL_ENTRY | E_DEATH, REPORT });
	shared->go = 1;
	check_eq(reap(pid), 0);
	check(!strncmp(ut_story(1), "quiesce ", 8), "%s", ut_story(1));
}

/* The parent is held before it waits for its vfork child. */
static void vfork_parent_held(void)
{
	pid_t pid = start(VFORK, E_CLONE);

	ut_rule(0, .kind = UT_CLONE, .ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	check(wait_value(&shared->counter, 1));
	ms(20);
	check_eq(proc_state(pid), 't');
	check_eq(shared->tid[0], 0);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), 0);
	check(shared->tid[0] > 0);
}

static void fork_parent_held(void)
{
	pid_t pid = start(FORK, E_CLONE);

	ut_rule(0, .kind = UT_CLONE, .ret = STOP);
	shared->go = 1;
	check(wait_state(pid, "t"));
	check(wait_value(&shared->counter, 1));
	check_eq(shared->tid[0], 0);
	check_eq(ut_control(0, RESUME), 0);
	check_eq(reap(pid), 0);
}

/* Children of children, by the rules that they inherit. */
static void family(void *arg)
{
	(void)arg;
	shared->ready = 1;
	while (!shared->go)
		ms(1);
	fork();
	fork();
	fork();
	shared->counter++;
	while (wait(NULL) > 0)
		;
	_exit(0);
}

static void followed(void)
{
	pid_t pid = spawn(family, NULL);
	int i;

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_CLONE | E_DEATH | E_REAP), 0);
	ut_rule(0, .kind = UT_CLONE, .ret = RESUME, .effect = UT_FOLLOW,
		.arg = { 1, E_CLONE | E_DEATH | E_REAP, UT_ANY });
	shared->go = 1;
	check_eq(reap(pid), 0);
	check_eq(shared->counter, 8);
	check_eq(ut_count(-1, UT_CLONE, UT_ANY), 7);
	for (i = 0; i < 8; i++) {
		check(ut_wait(i, UT_REAP, UT_ANY));
		check_eq(ut_count(i, UT_DEATH, UT_ANY), 1);
		check_eq(ut_count(i, UT_REAP, UT_ANY), 1);
	}
}

/* Each creator's engine is attached, in the order of their callbacks. */
static void two_creators(void)
{
	pid_t pid = start(FORK, E_CLONE);

	check_eq(ut_attach(1, pid, E_CLONE), 0);
	ut_rule(0, .kind = UT_CLONE, .ret = RESUME, .effect = UT_FOLLOW,
		.arg = { 10, E_DEATH, UT_ANY });
	ut_rule(1, .kind = UT_CLONE, .ret = RESUME, .effect = UT_FOLLOW,
		.arg = { 20, E_DEATH, UT_ANY });
	shared->go = 1;
	check_eq(reap(pid), 0);
	check(ut_wait(20, UT_DEATH, UT_ANY));
	check_story(-1, "0/clone 1/clone 10/death:17 20/death:17");
}

/* A child of a program that is traced is born without engines. */
static void not_inherited(void)
{
	pid_t pid = start(FORK, E_ALL);

	shared->go = 1;
	check_eq(reap(pid), 0);
	check(ut_wait(0, UT_DEATH, UT_ANY));
	check_eq(ut_count(0, UT_EXIT, UT_ANY), 1);
	check_eq(ut_count(0, UT_DEATH, UT_ANY), 1);
}

/* fork() that fails is not reported. */
static void fails_to_fork(void *arg)
{
	(void)arg;
	shared->ready = 1;
	while (!shared->go)
		ms(1);
	/* CLONE_THREAD without CLONE_VM. */
	shared->value[0] = syscall(SYS_clone, CLONE_THREAD, 0, 0, 0, 0);
	_exit(0);
}

static void failed_fork(void)
{
	pid_t pid = spawn(fails_to_fork, NULL);

	check(wait_value(&shared->ready, 1));
	check_eq(ut_attach(0, pid, E_CLONE), 0);
	shared->go = 1;
	check_eq(reap(pid), 0);
	check_eq(shared->value[0], -1);
	check_story(0, "");
}

const struct test tests[] = {
	{ "fork is reported", fork_reported },
	{ "vfork is reported", vfork_reported },
	{ "a new thread is reported", clone_reported },
	{ "a forked child is held before its first instruction",
	  fork_child_held },
	{ "a vforked child is held before its first instruction",
	  vfork_child_held },
	{ "a new thread is held before its first instruction", thread_held },
	{ "a child that never ran can be killed", killed_held_child },
	{ "REPORT of a child comes first of all", child_reports },
	{ "a vfork parent is held before it waits", vfork_parent_held },
	{ "a fork parent is held before it knows", fork_parent_held },
	{ "children of children", followed },
	{ "two creators' engines", two_creators },
	{ "engines are not inherited", not_inherited },
	{ "a fork that fails is not reported", failed_fork },
	{}
};
