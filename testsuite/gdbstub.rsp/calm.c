// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * calm SEED FIRST PACKETS SECONDS KEEPER WORD AT ...: debugs processes of KEEPER, see
 * calm_keeper.c, in sessions that must leave no mark in what they compute, and
 * judges each stop that a client is told; see calm_client.c. WORD is the address
 * of a word that they change, at AT instructions begin, all in hex.
 *
 * What a session chooses follows from its number, but when a stop comes does not:
 * so a session repeated is a like one. What is wrong is printed in a line that
 * begins with "BAD", with the packets of the session before it, and the exit status is
 * 1. The last line says what was done and the number to go on with.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lib/look.h"
#include "calm.h"

#define NR_KEEPERS 2
#define SESSIONS_OF_A_KEEPER 60
#define PATIENCE_MS 120000

struct calm calm;

static struct keeper keepers[NR_KEEPERS];
static unsigned long all_rounds, all_signals;

long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void nap_us(long us)
{
	const struct timespec pause = { .tv_nsec = us * 1000 };

	nanosleep(&pause, NULL);
}

/* The first is what matters; the others follow from it. */
void bad(const char *fmt, ...)
{
	char line[700];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (!calm.bad++)
		show_packets();
	printf("BAD session %lu: %s\n", calm.session, line);
	fflush(stdout);
}

static void die(const char *what)
{
	fprintf(stderr, "calm: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void keeper_start(struct keeper *keeper, const char *program)
{
	int fd = memfd_create("report", 0);

	if (fd < 0 || ftruncate(fd, sizeof(*keeper->report)))
		die("memory");
	keeper->report = mmap(NULL, sizeof(*keeper->report),
			      PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	keeper->pid = fork();
	if (keeper->report == MAP_FAILED || keeper->pid < 0)
		die("a keeper");
	if (!keeper->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(fd, 0);
		close_range(3, ~0u, 0);
		/* Else what it does leaves little for the client. */
		if (nice(10) == -1)
			_exit(2);
		execl(program, program, NULL);
		_exit(2);
	}
	close(fd);
}

/* Each thread does a round; from before this, one may be half done. */
static void keeper_is_well(const struct keeper *keeper)
{
	static const char *const names[NR_THREADS] = { "registers", "sums",
						       "sender", "handler",
						       "maker" };
	const struct report *report = keeper->report;
	unsigned long before[NR_THREADS];
	long end = now_ms() + PATIENCE_MS;
	int nr, status;

	for (nr = 0; nr < NR_THREADS; nr++)
		before[nr] = report->rounds[nr];
	for (nr = 0; nr < NR_THREADS && !report->nr_bad;) {
		if (report->rounds[nr] != before[nr]) {
			nr++;
			continue;
		}
		nap_us(300);
		if (waitpid(keeper->pid, &status, WNOHANG) == keeper->pid) {
			bad("keeper %d has ended with %x: %s", keeper->pid,
			    status, report->what);
			return;
		}
		if (now_ms() > end) {
			bad("keeper %d: %s stands still", keeper->pid,
			    names[nr]);
			return;
		}
	}
	if (report->nr_bad)
		bad("keeper %d: %s", keeper->pid, report->what);
}

/* It is asked to end, and does so by itself. */
static void keeper_end(struct keeper *keeper)
{
	long end = now_ms() + PATIENCE_MS;
	int status = -1, nr;
	pid_t pid;

	keeper->report->ends = 1;
	while (!(pid = waitpid(keeper->pid, &status, WNOHANG)) &&
	       now_ms() < end)
		nap_us(1000);
	if (pid != keeper->pid || status)
		bad("keeper %d ends with %x: %s", keeper->pid, status,
		    keeper->report->what);
	if (!pid)
		kill(keeper->pid, SIGKILL);
	for (nr = 0; nr < NR_THREADS; nr++)
		all_rounds += keeper->report->rounds[nr];
	all_signals += keeper->report->signals;
	munmap(keeper->report, sizeof(*keeper->report));
	keeper->pid = 0;
}

static void __attribute__((format(printf, 1, 2))) complain(const char *fmt, ...)
{
	char line[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	line[strcspn(line, "\n")] = '\0';
	bad("%s", line);
}

static void run_session(const char *program)
{
	unsigned int i, nr = 1 + !below(3);

	for (i = 0; i < nr; i++) {
		if (keepers[i].pid)
			continue;
		keeper_start(&keepers[i], program);
		keeper_is_well(&keepers[i]);
	}
	clients_run(keepers, nr);
	for (i = 0; i < nr && !calm.bad; i++) {
		keeper_is_well(&keepers[i]);
		look_at_threads(keepers[i].pid, false, complain);
		look_at_text(keepers[i].pid, complain);
	}
}

static void end_keepers(void)
{
	unsigned int i;

	for (i = 0; i < NR_KEEPERS; i++)
		if (keepers[i].pid)
			keeper_end(&keepers[i]);
}

static void say_what_was_done(unsigned long first, unsigned long next, long ms)
{
	printf("packets %lu sessions %lu clients %lu stops %lu steps %lu breaks "
	       "%lu signals told %lu signals %lu rounds %lu ms %ld bad %lu next "
	       "%lu\n",
	       calm.packets, next - first, calm.clients, calm.stops, calm.steps,
	       calm.breaks, calm.signals, all_signals, all_rounds, ms, calm.bad,
	       next);
}

int main(int argc, char **argv)
{
	unsigned long seed, first, next, packets;
	long begin = now_ms(), end;
	int i;

	if (argc < 8) {
		fputs("calm SEED FIRST PACKETS SECONDS KEEPER WORD AT ...\n",
		      stderr);
		return 2;
	}
	seed = strtoul(argv[1], NULL, 0);
	first = next = strtoul(argv[2], NULL, 0);
	packets = strtoul(argv[3], NULL, 0);
	end = begin + atol(argv[4]) * 1000;
	calm.word_at = strtoul(argv[6], NULL, 16);
	calm.watches = getenv("CALM_WATCH");
	for (i = 7; i < argc && calm.nr_at < 512; i++)
		calm.at[calm.nr_at++] = strtoul(argv[i], NULL, 16);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (!calm.bad && calm.packets < packets && now_ms() < end) {
		calm.session = seed * 1000000 + next++;
		calm.source.state = calm.session * 0x2545f4914f6cdd1dull;
		run_session(argv[5]);
		if (!(next % SESSIONS_OF_A_KEEPER) && !calm.bad)
			end_keepers();
	}
	if (!calm.bad)
		end_keepers();
	say_what_was_done(first, next, now_ms() - begin);
	return !!calm.bad;
}
