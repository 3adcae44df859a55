// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A child is seen by a stranger as soon as it has a number, but its creator's
 * engines come first: a callback attaches to each child, and a stranger waits
 * for the child's number and attaches the moment it is there.
 *
 *	newborn ROUNDS SEED
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "race.h"

#define MASK (EVENT(EXIT) | EVENT(DEATH) | EVENT(REAP) | EVENT(CLONE))

/* Between the stranger and the creator. */
static struct {
	atomic_int wanted;	/* children that the creator is to make */
	atomic_int made;	/* how many it has made, */
	atomic_int ready;	/* for which one it is ready, */
	atomic_int last;	/* what number came before that one's, */
	atomic_int done;	/* and how many may end */
} *shared;

static unsigned long hits, missed, failed;

static void wait_until(atomic_int *word, int value)
{
	while (atomic_load(word) < value)
		sched_yield();
}

static void *be_child(void *arg)
{
	wait_until(&shared->done, (long)arg);
	return NULL;
}

static void make_child(int number, struct chance *chance)
{
	pthread_t thread;
	pid_t pid;

	if (choose(chance, 2)) {
		pthread_create(&thread, NULL, be_child, (void *)(long)number);
		atomic_store(&shared->made, number);
		pthread_join(thread, NULL);
		return;
	}
	pid = fork();
	if (!pid) {
		be_child((void *)(long)number);
		_exit(0);
	}
	atomic_store(&shared->made, number);
	waitpid(pid, NULL, 0);
}

/* The next number is the one after the last, unless others take some. */
static void be_creator(unsigned long seed)
{
	struct chance chance = { seed };
	int number;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (number = 1;; number++) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
		atomic_store(&shared->last, pid);
		atomic_store(&shared->ready, number);
		wait_until(&shared->wanted, number);
		spin_us(choose(&chance, 300));
		make_child(number, &chance);
	}
}

/* The creator's other children are followed as well; these engines are forgotten. */
static void harvest(int fd)
{
	double end = now() + patience_s(20);
	struct race_command command;

	do {
		command = (struct race_command){ .op = RACE_HARVEST };
		race_do(fd, &command);
		sched_yield();
	} while (command.value && now() < end);
	if (command.value) {
		failed++;
		printf("FAILURE %u engines of children do not go\n",
		       command.value);
	}
}

static void play(int fd, int number, struct chance *chance)
{
	struct race_command command = {
		.op = RACE_NEWBORN, .id = -1, .value = 5000, .mask = MASK,
	};
	int answer;

	wait_until(&shared->ready, number);
	race_call(fd, RACE_DELAY, 0, choose(chance, 1 << choose(chance, 11)),
		  1 << RACE_CLONE);
	command.pid = atomic_load(&shared->last) + 1;
	atomic_store(&shared->wanted, number);
	answer = race_do(fd, &command);
	if (answer == 0) {
		hits++;
	} else if (answer == -ESRCH) {
		missed++;
	} else {
		failed++;
		printf("FAILURE round %d: %s\n", number, answer == -EPROTO ?
		       "the stranger came first" : strerror(-answer));
	}
	wait_until(&shared->made, number);
	atomic_store(&shared->done, number);
	if (command.id != (unsigned int)-1 && !race_drop(fd, command.id)) {
		failed++;
		printf("FAILURE the stranger's engine does not go\n");
	}
	if (number % 64 == 0)
		race_call(fd, RACE_HARVEST, 0, 0, 0);
}

int main(int argc, char **argv)
{
	struct race_command command = { .op = RACE_ATTACH, .mask = MASK };
	struct chance chance;
	int rounds, i, fd;
	pid_t creator;

	rounds = race_rounds(argc, argv, &chance);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fd = race_open();
	creator = fork();
	if (!creator)
		be_creator(chance.state + 1);
	race_call(fd, RACE_FOLLOW, 0, 1, 0);
	command.pid = creator;
	if (race_do(fd, &command)) {
		perror("attach to the creator");
		return 2;
	}
	for (i = 1; i <= rounds; i++)
		play(fd, i, &chance);
	kill(creator, SIGKILL);
	waitpid(creator, NULL, 0);
	harvest(fd);
	printf("%d rounds, %lu strangers attached, %lu missed the child, %lu failures, %u callbacks that must not come\n",
	       rounds, hits, missed, failed, race_bad(fd));
	return failed || race_bad(fd) || !hits;
}
