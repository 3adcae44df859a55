/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What random.c, the tracer, and random_tracee.c, what is traced, have in common.
 */
#ifndef RANDOM_H
#define RANDOM_H

/* Threads and processes that obey; the last is the tracee's parent. */
#define NR_SLOTS 6
#define PARENT (NR_SLOTS - 1)

/* Where the shared memory is, in every program, and the files they inherit. */
#define SHARED_ADDRESS 0x10000000UL
#define MEMORY_FD 100
#define COMMAND_FD 110 /* to read, one for each slot */
#define ORDER_FD 130 /* to write, likewise */
#define EMPTY_FD 150 /* to read, and nothing comes */

#define NR_SIGNALS 65

struct command {
	int order;
	long arg, more;
};

enum order {
	ORDER_CALL, /* some system calls that change nothing */
	ORDER_RAISE, /* @arg: the signal */
	ORDER_QUEUE, /* the same, with a value */
	ORDER_MASK, /* @arg: how, @more: the set */
	ORDER_HANDLE, /* @arg: the signal, @more: flags */
	ORDER_IGNORE,
	ORDER_DEFAULT,
	ORDER_CLONE, /* @arg: one of the kinds */
	ORDER_EXEC,
	ORDER_EXIT_THREAD,
	ORDER_EXIT, /* @arg: the code */
	ORDER_SLEEP, /* @arg: one of the kinds */
	ORDER_WAIT, /* @arg: options */
	ORDER_INT3,
	ORDER_FAULT,
	ORDER_TRACEME,
	ORDER_FILTER, /* seccomp: getppid() is told to the tracer */
	NR_ORDERS
};

struct shared {
	/* By slot. A clone's is set by the kernel before it runs. */
	int tid[NR_SLOTS];
	int nr_slots;
	/* How many of the first ones have begun. */
	volatile int nr_begun;
	/* What the last order came to, and how many were carried out. */
	long result[NR_SLOTS];
	int done[NR_SLOTS];
	int interrupted[NR_SLOTS];
	/* What the handlers of all have seen. */
	int handled[NR_SIGNALS];
	unsigned long trail;
};

static struct shared *const shared = (struct shared *)SHARED_ADDRESS;

/* Carries out what comes for a slot; never returns. */
void obey(long slot) __attribute__((noreturn));

#endif /* RANDOM_H */
