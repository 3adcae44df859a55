/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of "calm" and its keepers share. */
#ifndef CALM_H
#define CALM_H

#include <stdbool.h>
#include <sys/types.h>

#include "mutate_text.h"

enum keeper_thread { REGISTERS, SUMS, SENDER, HANDLER, MAKER, NR_THREADS };

/* A keeper's report: in memory that it has from calm, as its standard input. */
struct report {
	volatile int ends;
	volatile int nr_bad;
	volatile unsigned long rounds[NR_THREADS];
	volatile unsigned long signals;
	char what[512];
};

#define NR_SIGNALS 3

/* A keeper; one that is not there has no pid. */
struct keeper {
	pid_t pid;
	struct report *report;
};

/* What all sessions do, and what they have done. */
struct calm {
	struct source source;
	unsigned long session;
	/* Where instructions begin that keepers come by, and a word they change. */
	unsigned long at[512];
	unsigned int nr_at;
	unsigned long word_at;
	/* Watchpoints, too. */
	bool watches;
	unsigned long packets, stops, signals, steps, breaks, clients, bad;
};

extern struct calm calm;

long now_ms(void);
void nap_us(long us);
void bad(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline unsigned int below(unsigned int n)
{
	return source_below(&calm.source, n);
}

/* calm_client.c */
void clients_run(struct keeper *keepers, unsigned int nr);
void show_packets(void);

#endif
