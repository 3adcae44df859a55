/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a session sends: recorded packets, changed at random, and framed. Pure. */
#ifndef MUTATE_TEXT_H
#define MUTATE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_MAX 4096
#define BATCH_MAX 24

/* Random numbers: the same ones whenever it begins with the same. */
struct source {
	uint64_t state;
};

/* What one session sends depends on its number and on nothing else. */
struct script {
	struct source source;
	/* Memory, registers and signals stay the program's own. */
	bool is_calm;
	unsigned int mutations;
	/* How many, at most. */
	unsigned long packets;
};

/* Some packets that go out in one write. */
struct batch {
	/* Each character may need two, and each packet has a frame. */
	char bytes[BATCH_MAX * (2 * TEXT_MAX + 5)];
	size_t len;
	unsigned int nr, answered;
	/* The last one lets the program run. */
	bool resumes;
};

/* The number that stands for @DIGIT in a packet. */
typedef long id_of_t(char digit);

unsigned int source_below(struct source *source, unsigned int n);
void text_read_recorded(const char *path);
void script_begin(struct script *script, unsigned long number);
void script_next(struct script *script, struct batch *batch, id_of_t *id_of);

#endif
