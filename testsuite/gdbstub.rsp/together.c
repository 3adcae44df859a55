// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * together SLOWNESS PART PARTS [WORDS]: a client of the stub and somebody else
 * have a thread at the same time, and the client goes. Every pair of what the
 * thread is doing for the client and of what else is done to it, with every way
 * to go, in all-stop and in non-stop, is a case: of PARTS in a row the PART-th
 * is tried, or all whose name begins with WORDS.
 *
 * Whatever the case: the stub has left within seconds, also while the other one
 * holds the thread; then no signal was lost or given twice, nor did one overtake
 * another; nothing is left stopped but what job control has stopped, and that
 * goes on with SIGCONT; the parent and the ptracer have seen nothing of it.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "together.h"

static const char *const doing_names[] = {
	[ATTACHED] = "attached",
	[RUNS] = "runs",
	[SLEEPS] = "sleeps",
	[BREAKPOINT] = "breakpoint",
	[SHOWN] = "signal-shown",
	[SHOWN_LEFT] = "signal-shown-another-runs",
	[SHOWN_TSTP] = "sigtstp-shown",
	[SHOWN_CONT] = "sigcont-shown",
	[GIVEN] = "signal-passed",
	[GIVEN_ANEW] = "signal-given",
	[GIVEN_BLOCKED] = "blocked-signal-given",
	[STEPS] = "steps",
	[ENTRY] = "syscall-entry",
	[RETURN] = "syscall-return",
	[FORKED] = "fork",
	[VFORKED] = "vfork",
	[VFORK_DONE] = "vfork-done",
	[CREATED] = "thread-created",
	[EXECUTED] = "exec",
	[INTERRUPTED] = "interrupted",
};

static const char *const beside_names[] = {
	[NOBODY] = "nobody",
	[PTRACER] = "ptracer",
	[PTRACER_LISTENS] = "ptracer-listens",
	[PTRACER_SIGSTOP] = "ptracer-and-sigstop",
	[PTRACER_SIGCONT] = "ptracer-and-sigcont",
	[PTRACER_FROZEN] = "ptracer-and-freezer",
	[PTRACER_AT_SIGNAL] = "ptracer-first-at-signal",
	[PTRACER_AT_CALL] = "ptracer-first-at-syscall",
	[SIGSTOP_SENT] = "sigstop",
	[SIGCONT_SENT] = "sigcont",
	[SIGKILL_SENT] = "sigkill",
	[FREEZER] = "freezer",
	[STOPPED_FIRST] = "stopped-first",
	[FROZEN_FIRST] = "frozen-first",
	[OTHER_EXECS] = "other-execs",
	[OTHER_EXITS] = "other-exits",
};

static const char *const leaving_names[] = {
	[DETACH] = "detach",
	[CLOSE] = "close",
	[KILL] = "kill",
	[OTHER_GOES] = "the-other-goes-first",
	[RESUME] = "resume-the-other-goes",
};

static long slowness = 1;

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void nap_ms(long ms)
{
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

long patience_ms(long ms)
{
	return ms * slowness;
}

void die(const char *what)
{
	perror(what);
	exit(2);
}

static pid_t find_sibling(pid_t pid)
{
	struct dirent *entry;
	char path[64];
	pid_t found = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir)))
		if (atoi(entry->d_name) && atoi(entry->d_name) != pid)
			found = atoi(entry->d_name);
	if (dir)
		closedir(dir);
	return found;
}

static void begin(struct test *test)
{
	target_start(&test->target, SPIN);
	target_wait_beats(&test->target, 1);
	while (!test->target.shared->beats[1])
		nap_ms(1);
	test->sibling = find_sibling(test->target.pid);
	snprintf(test->thread, sizeof(test->thread), "p%x.%x",
		 test->target.pid, test->target.pid);
	if (is_frozen(test))
		cgroup_join(test->target.pid);
}

static void end(struct test *test)
{
	if (test->tracer.pid)
		tracer_end(&test->tracer, true);
	if (is_frozen(test))
		cgroup_freeze(false);
	target_end(&test->target);
	client_kill(&test->client);
}

static void test_one(struct test *test)
{
	begin(test);
	act_before_client(test);
	client_open(&test->client, test->target.pid, test->non_stop);
	act_for_client(test);
	act_beside_client(test);
	if (!*wrong_text()) {
		act_send_more(test);
		act_leave(test);
		check_all(test);
	}
	end(test);
}

static bool is_possible(const struct test *test)
{
	/* In all-stop that is not told. */
	if (test->doing == CREATED && !test->non_stop)
		return false;
	/* It stands, and gets nowhere. */
	if (test->beside == PTRACER_AT_SIGNAL ||
	    test->beside == PTRACER_AT_CALL)
		return test->doing == ATTACHED || test->doing == RUNS ||
		       test->doing == GIVEN_ANEW ||
		       test->doing == INTERRUPTED;
	if (test->beside == STOPPED_FIRST || test->beside == FROZEN_FIRST)
		return test->doing == ATTACHED || test->doing == RUNS ||
		       test->doing == GIVEN_ANEW;
	/* The client does not get to know what a ptracer keeps from it. */
	if (test->beside == PTRACER_SIGSTOP)
		return test->doing == SHOWN || test->doing == SHOWN_TSTP ||
		       (test->doing == SHOWN_CONT &&
			test->leaving != RESUME);
	if (test->beside == PTRACER_SIGCONT)
		return test->doing == SHOWN || test->doing == SHOWN_TSTP;
	/* Job control keeps it from that. */
	return test->doing != SHOWN_TSTP || (test->beside != OTHER_EXECS &&
					     test->beside != OTHER_EXITS);
}

static void name_test(const struct test *test, char *name, size_t size)
{
	snprintf(name, size, "%s %s %s %s", beside_names[test->beside],
		 test->non_stop ? "non-stop" : "all-stop",
		 doing_names[test->doing], leaving_names[test->leaving]);
}

/* Return: whether it was good. */
static bool try_test(unsigned int number)
{
	struct test test = {
		.leaving = number % NR_LEAVINGS,
		.doing = number / NR_LEAVINGS % NR_DOINGS,
		.non_stop = number / NR_LEAVINGS / NR_DOINGS % 2,
		.beside = number / NR_LEAVINGS / NR_DOINGS / 2,
		.number = number,
	};
	long begun = now_ms();
	char name[120];

	wrong_forget();
	test_one(&test);
	name_test(&test, name, sizeof(name));
	if (*wrong_text())
		printf("# %s (%u, %ld ms):\n%s", name, number,
		       now_ms() - begun, wrong_text());
	else if (now_ms() - begun > patience_ms(1000))
		printf("# %s (%u): %ld ms\n", name, number, now_ms() - begun);
	fflush(stdout);
	return !*wrong_text();
}

static bool is_wanted(unsigned int number, char **argv)
{
	struct test test = {
		.leaving = number % NR_LEAVINGS,
		.doing = number / NR_LEAVINGS % NR_DOINGS,
		.non_stop = number / NR_LEAVINGS / NR_DOINGS % 2,
		.beside = number / NR_LEAVINGS / NR_DOINGS / 2,
	};
	char name[120];

	name_test(&test, name, sizeof(name));
	if (!is_possible(&test) ||
	    number % (unsigned int)atoi(argv[3]) !=
		    (unsigned int)atoi(argv[2]))
		return false;
	return !argv[4] || strstr(name, argv[4]);
}

int main(int argc, char **argv)
{
	unsigned int beside, i, tried, bad, number = 0;
	long begun;

	target_resume_exec(argv);
	if (argc < 4)
		return 2;
	slowness = atoi(argv[1]);
	cgroup_make();
	for (beside = 0; beside < NR_BESIDES; beside++) {
		tried = bad = 0;
		begun = now_ms();
		for (i = 0; i < 2 * NR_DOINGS * NR_LEAVINGS; i++, number++) {
			if (!is_wanted(number, argv))
				continue;
			tried++;
			bad += !try_test(number);
		}
		if (tried)
			printf("%s beside %s, %u cases%s%u in %ld ms\n",
			       bad ? "not ok" : "ok", beside_names[beside],
			       tried, bad ? ": bad " : ", bad ", bad,
			       now_ms() - begun);
		fflush(stdout);
	}
	cgroup_remove();
	printf("done\n");
	return 0;
}
