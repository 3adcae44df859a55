/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of "mutate" share. A runner is a process of its own: it plays
 * client and helper of one session after the other, and has a user of its own for
 * the programs of its sessions.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "mutate_text.h"

enum phase { BEGIN, START, TALK, CLOSE, LOOK, END, NR_PHASES };

/* What a runner has done; in memory that all of them share. */
struct counts {
	unsigned long sent, replies, oks, errors, stops, records, attaches,
		starts, reconnects, hang_ups, bad, sessions;
	long phase_ms[NR_PHASES];
};

struct runner {
	struct counts *counts;
	uid_t uid;
	/* The session. */
	unsigned long number;
	/* A process that died of SIGTRAP in it. */
	pid_t trapped;
	/* When something is done and what the helper says, but not what is sent. */
	struct source when;
	enum phase phase;
	long phase_since;
	/* Goes up as long as nothing is stuck. */
	volatile unsigned long progress;
};

extern struct runner runner;

long now_ms(void);
void nap_ms(long ms);
enum phase enter_phase(enum phase phase);
void die(const char *what) __attribute__((noreturn));
void bad(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static inline unsigned int when_below(unsigned int n)
{
	return source_below(&runner.when, n);
}

/* mutate_target.c */

/* A program under the module; a free slot has no pid. */
struct target {
	pid_t pid;
	pid_t tids[3];
	/* An address that its threads execute again and again. */
	long busy_at;
	/* Closed to let it execute the program, when that is not yet done. */
	int gate;
	int out;
};

void targets_set_programs(const char *library, char **commands,
			  unsigned int nr);
struct target *target_start(bool gated);
struct target *target_pick(void);
void target_open_gate(struct target *target);
long target_id(char digit);
void targets_reap(void);
void targets_end(void);

/* mutate_session.c */
void session_run(struct script *script, unsigned long packets);

/* mutate_look.c */
void look_for_traces(bool with_text);
void look_for_survivors(void);
void show_stacks(void);

#endif
