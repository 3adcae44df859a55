/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs here share: the commands of /proc/utrace_race, the words of
 * utrace's interface, time and chance.
 */
#ifndef RACE_H
#define RACE_H

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "utrace_race.h"

/* As in <linux/utrace.h>, which is none of user space's. */
enum resume_action {
	STOP, REPORT, INTERRUPT, SINGLESTEP, BLOCKSTEP, RESUME, DETACH
};

#define EVENT(name)		(1ul << EVENT_##name)
#define EVENTS_ALL		0x3ffful
#define EVENTS_SIGNALS		0x1f00ul

enum {
	EVENT_QUIESCE, EVENT_REAP, EVENT_CLONE, EVENT_EXEC, EVENT_EXIT,
	EVENT_DEATH, EVENT_SYSCALL_ENTRY, EVENT_SYSCALL_EXIT, EVENT_SIGNAL,
	EVENT_SIGNAL_IGN, EVENT_SIGNAL_STOP, EVENT_SIGNAL_TERM,
	EVENT_SIGNAL_CORE, EVENT_JCTL
};

static inline int race_open(void)
{
	int fd = open("/proc/utrace_race", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		perror("/proc/utrace_race");
		exit(2);
	}
	return fd;
}

/* 0 or a negative errno, as utrace answered. */
static inline int race_do(int fd, struct race_command *command)
{
	return ioctl(fd, RACE_IOC, command) < 0 ? -errno : 0;
}

static inline int race_call(int fd, unsigned int op, unsigned int id,
			    unsigned int value, unsigned long mask)
{
	struct race_command command = {
		.op = op, .id = id, .value = value, .mask = mask,
	};

	return race_do(fd, &command);
}

static inline struct race_command race_state(int fd, unsigned int id)
{
	struct race_command command = { .op = RACE_STATE, .id = id };

	if (race_do(fd, &command))
		memset(command.n, 0xff, sizeof(command.n));
	return command;
}

/* Callbacks that must not have come. */
static inline unsigned int race_bad(int fd)
{
	struct race_command command = { .op = RACE_COUNT };

	race_do(fd, &command);
	return command.bad;
}

static inline double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* Sleeps to the end, whatever signals come. */
static inline void nap_us(long us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

static inline void spin_us(long us)
{
	double end = now() + us / 1e6;

	while (now() < end)
		;
}

struct chance {
	uint64_t state;
};

/* 0 .. n - 1 */
static inline unsigned int choose(struct chance *chance, unsigned int n)
{
	chance->state = chance->state * 6364136223846793005ull +
			1442695040888963407ull;
	return (chance->state >> 33) % n;
}

/* Times from 1 us to 1 ms: each order of magnitude as often as the others. */
static inline void spin_some(struct chance *chance)
{
	spin_us(choose(chance, 1 << choose(chance, 11)));
}

/* How much slower than usual this kernel may be. */
static inline double patience_s(double seconds)
{
	const char *factor = getenv("RACE_PATIENCE");

	return seconds * (factor ? atof(factor) : 1);
}

/* Lets go of an engine that is being detached. Return: whether it went. */
static inline bool race_drop(int fd, unsigned int id)
{
	double end = now() + patience_s(20);

	while (race_call(fd, RACE_DROP, id, 0, 0) == -EBUSY) {
		if (now() > end)
			return false;
		sched_yield();
	}
	return true;
}

/* The arguments of what is played in rounds: ROUNDS SEED. Return: ROUNDS. */
static inline int race_rounds(int argc, char **argv, struct chance *chance)
{
	if (argc < 3) {
		fprintf(stderr, "Usage: %s ROUNDS SEED\n", argv[0]);
		exit(2);
	}
	chance->state = strtoul(argv[2], NULL, 0);
	return atoi(argv[1]);
}

#endif /* RACE_H */
