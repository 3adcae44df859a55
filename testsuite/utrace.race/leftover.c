// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An engine asks for a report and leaves before it comes, so that the thread
 * comes by for nobody; at that moment another engine is attached and asks, which
 * has to be answered.
 *
 *	leftover ROUNDS SEED
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "race.h"

#define MASK (EVENT(QUIESCE) | EVENTS_SIGNALS)

static unsigned long unanswered, stuck;

static unsigned int attach(int fd, pid_t pid)
{
	struct race_command command = {
		.op = RACE_ATTACH, .pid = pid, .mask = MASK,
	};

	if (race_do(fd, &command)) {
		perror("attach");
		exit(2);
	}
	return command.id;
}

static bool is_answered(int fd, unsigned int id)
{
	double end = now() + patience_s(5);
	struct race_command state;

	do {
		state = race_state(fd, id);
		if (state.n[RACE_QUIESCE] || state.n[RACE_SIGNAL])
			return true;
		sched_yield();
	} while (now() < end);
	return false;
}

static void play(int fd, pid_t pid, struct chance *chance)
{
	unsigned int first = attach(fd, pid), second;

	race_call(fd, RACE_CONTROL, first, INTERRUPT, 0);
	spin_us(choose(chance, 1 << choose(chance, 8)));
	race_call(fd, RACE_CONTROL, first, DETACH, 0);
	spin_us(choose(chance, 1 << choose(chance, 6)));
	second = attach(fd, pid);
	race_call(fd, RACE_CONTROL, second,
		  choose(chance, 2) ? INTERRUPT : REPORT, 0);
	if (!is_answered(fd, second))
		unanswered++;
	race_call(fd, RACE_CONTROL, second, DETACH, 0);
	stuck += !race_drop(fd, first) + !race_drop(fd, second);
}

int main(int argc, char **argv)
{
	struct chance chance;
	int rounds, i, fd;
	pid_t pid;

	rounds = race_rounds(argc, argv, &chance);
	fd = race_open();
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			;
	}
	for (i = 0; i < rounds && !unanswered && !stuck; i++)
		play(fd, pid, &chance);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	printf("%d rounds, %lu unanswered, %lu engines stuck, %u callbacks that must not come\n",
	       i, unanswered, stuck, race_bad(fd));
	return unanswered || stuck || race_bad(fd);
}
