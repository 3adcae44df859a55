// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mutate [-p] [-j RUNNERS] RECORDED SEED FIRST PACKETS SECONDS NURSERY
 * HEX:PROGRAM[,ARG] ...: sends mutated packets of recorded sessions into the
 * module, directly, and plays the helper; RUNNERS sessions at a time. Session
 * number N of a seed always sends the same packets, so a run can be taken up at
 * any number; -p prints what session FIRST writes instead of sending it, with @N
 * for the numbers of threads. At the address HEX the program comes by often.
 *
 * After each session none of the programs' threads may be stopped, have an
 * engine or outlive SIGKILL, and when the client changed nothing of theirs, none
 * may keep a breakpoint in its text or have died at one; what is wrong is printed
 * in a line that begins with "BAD", and the exit status is 1. The last lines say
 * what was done and the number to go on with.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mutate.h"

#define RUNNERS_MAX 8
#define SAY_MS 10000
#define STUCK_S 180

/* The programs' users: this one and those below it. */
#define NOBODY 65534

struct runner runner;

static const char *const phase_names[] = { "begin", "start", "talk", "close",
					   "look", "end" };

/* What there is to do, and what was done: all runners'. */
static struct shared {
	unsigned long seed, packets;
	long end;
	atomic_ulong next;
	struct counts counts[RUNNERS_MAX];
} *shared;

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void nap_ms(long ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1000000 };

	nanosleep(&pause, NULL);
}

/* Return: the one before. */
enum phase enter_phase(enum phase phase)
{
	enum phase before = runner.phase;
	long now = now_ms();

	runner.counts->phase_ms[before] += now - runner.phase_since;
	runner.phase_since = now;
	runner.phase = phase;
	return before;
}

void die(const char *what)
{
	fprintf(stderr, "mutate: %s: %s\n", what, strerror(errno));
	exit(2);
}

void bad(const char *fmt, ...)
{
	char line[700];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	printf("BAD session %lu: %s\n", runner.number, line);
	runner.counts->bad++;
}

/* What is stuck in the kernel cannot say so itself. */
static void *watch_progress(void *arg)
{
	unsigned long before = -1ul;

	while (runner.progress != before) {
		before = runner.progress;
		sleep(STUCK_S);
	}
	bad("stuck: %s", phase_names[runner.phase]);
	show_stacks();
	fflush(stdout);
	_exit(1);
	return arg;
}

static struct counts add_up(void)
{
	unsigned long *sum, *one;
	struct counts all = { 0 };
	size_t i, nr;

	/* All of it is numbers of one size. */
	_Static_assert(sizeof(long) == sizeof(unsigned long) &&
			       sizeof(all) % sizeof(long) == 0, "counts");
	sum = (unsigned long *)&all;
	for (nr = 0; nr < RUNNERS_MAX; nr++) {
		one = (unsigned long *)&shared->counts[nr];
		for (i = 0; i < sizeof(all) / sizeof(long); i++)
			sum[i] += one[i];
	}
	return all;
}

static void say_what_was_done(void)
{
	struct counts all = add_up();
	int i;

	printf("packets %lu sessions %lu replies %lu ok %lu errors %lu stops %lu "
	       "records %lu attaches %lu starts %lu reconnects %lu hang-ups %lu "
	       "bad %lu next %lu\n",
	       all.sent, all.sessions, all.replies, all.oks, all.errors,
	       all.stops, all.records, all.attaches, all.starts,
	       all.reconnects, all.hang_ups, all.bad,
	       atomic_load(&shared->next));
	printf("ms:");
	for (i = 0; i < NR_PHASES; i++)
		printf(" %s %ld", phase_names[i], all.phase_ms[i]);
	putchar('\n');
	fflush(stdout);
}

static bool is_done(void)
{
	struct counts all = add_up();

	return all.sent >= shared->packets || all.bad || now_ms() > shared->end;
}

static void run_session(unsigned long number)
{
	struct script script;

	runner.number = number;
	runner.trapped = 0;
	script_begin(&script, number);
	session_run(&script, script.packets);
	look_for_traces(script.is_calm);
	look_for_survivors();
	if (script.is_calm && runner.trapped)
		bad("process %d died of SIGTRAP", runner.trapped);
	enter_phase(BEGIN);
	runner.counts->sessions++;
}

static void be_runner(unsigned int nr)
{
	pthread_t watcher;

	runner.counts = &shared->counts[nr];
	runner.uid = NOBODY - nr;
	runner.when.state = (uint64_t)now_ms() + ((uint64_t)nr << 32);
	runner.phase_since = now_ms();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pthread_create(&watcher, NULL, watch_progress, NULL))
		die("a thread");
	while (!is_done())
		run_session(shared->seed * 1000000 +
			    atomic_fetch_add(&shared->next, 1));
	exit(0);
}

/* Return: whether all ended as they should. */
static bool wait_for_runners(unsigned int nr)
{
	long say = now_ms() + SAY_MS;
	bool good = true;
	int status;

	while (nr) {
		if (waitpid(-1, &status, WNOHANG) > 0) {
			good &= !status;
			nr--;
		} else {
			nap_ms(100);
		}
		if (now_ms() < say)
			continue;
		say_what_was_done();
		say = now_ms() + SAY_MS;
	}
	return good;
}

static bool run(unsigned int nr_runners)
{
	unsigned int nr;
	pid_t pid;
	bool good;

	for (nr = 0; nr < nr_runners; nr++) {
		pid = fork();
		if (pid < 0)
			die("fork");
		if (!pid)
			be_runner(nr);
	}
	good = wait_for_runners(nr_runners);
	say_what_was_done();
	return good && !add_up().bad;
}

/* Any number below 256 with its digit before it. */
static long print_id(char digit)
{
	return 0xa0 + digit - '0';
}

static void print_session(unsigned long number)
{
	static struct batch batch;
	struct script script;
	unsigned long sent = 0;

	script_begin(&script, number);
	while (sent < script.packets) {
		script_next(&script, &batch, print_id);
		fwrite(batch.bytes, 1, batch.len, stdout);
		putchar('\n');
		sent += batch.nr;
	}
}

static int usage(void)
{
	fputs("mutate [-p] [-j RUNNERS] RECORDED SEED FIRST PACKETS SECONDS "
	      "NURSERY HEX:PROGRAM[,ARG] ...\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	bool only_print = false;
	unsigned int runners = 1;
	int opt;

	while ((opt = getopt(argc, argv, "pj:")) != -1) {
		if (opt == '?')
			return usage();
		only_print |= opt == 'p';
		if (opt == 'j')
			runners = strtoul(optarg, NULL, 0);
	}
	argv += optind;
	argc -= optind;
	if (argc < 7 || !runners || runners > RUNNERS_MAX)
		return usage();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		die("memory");
	text_read_recorded(argv[0]);
	shared->seed = strtoul(argv[1], NULL, 0);
	shared->next = strtoul(argv[2], NULL, 0);
	shared->packets = strtoul(argv[3], NULL, 0);
	shared->end = now_ms() + atol(argv[4]) * 1000;
	if (only_print) {
		print_session(shared->seed * 1000000 + shared->next);
		return 0;
	}
	targets_set_programs(argv[5], argv + 6, argc - 6);
	setvbuf(stdout, NULL, _IOLBF, 0);
	return !run(runners);
}
