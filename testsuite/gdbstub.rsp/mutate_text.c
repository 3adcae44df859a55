// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a session sends: recorded packets, changed at random, and framed. Pure: it
 * depends on the recording and on the session's number, but for the numbers of
 * threads and an address of the program, which are put in last.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mutate_text.h"

#define RECORDED_MAX 512

/* In the recording the address at which the program comes by often. */
#define BUSY_AT "4011be"
#define PACKETS_MIN 8

struct text {
	size_t len;
	char b[TEXT_MAX];
};

/* The recording, and the script that is being written. */
static struct {
	size_t len;
	const char *b;
} recorded[RECORDED_MAX];
static unsigned int nr_recorded;
static struct source *random_source;

static uint64_t split_mix(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/**
 * source_below() - the next random number
 * @source: where from
 * @n: 0 or more
 *
 * Return: a number below @n; 0 when @n is 0.
 */
unsigned int source_below(struct source *source, unsigned int n)
{
	return n ? split_mix(&source->state) % n : 0;
}

static unsigned int below(unsigned int n)
{
	return source_below(random_source, n);
}

static void put_at(struct text *t, size_t at, const char *data, size_t len)
{
	if (at > t->len)
		at = t->len;
	if (len > TEXT_MAX - t->len)
		len = TEXT_MAX - t->len;
	memmove(t->b + at + len, t->b + at, t->len - at);
	memmove(t->b + at, data, len);
	t->len += len;
}

static void cut(struct text *t, size_t at, size_t len)
{
	if (at >= t->len)
		return;
	if (len > t->len - at)
		len = t->len - at;
	memmove(t->b + at, t->b + at + len, t->len - at - len);
	t->len -= len;
}

static const char *const words[] = {
	"0", "f", "ffffffffffffffff", "7fffffff", "80000000", "-1", ",", ";",
	":", ".", "=", "p", "@0", "@1", "@2", "@3", "p-1.-1", "p@3.@3", "p0.0",
	"7fffffffffffffff", "8000000000000000", "1000", "@4", "4040a0",
	"ffff", "10000", "-",
};

static const char *a_word(void)
{
	return words[below(sizeof(words) / sizeof(words[0]))];
}

static void repeat_char(struct text *t, size_t at)
{
	char run[300];

	if (at >= t->len)
		return;
	memset(run, t->b[at], sizeof(run));
	put_at(t, at, run, below(sizeof(run)));
}

static void graft(struct text *t, size_t at)
{
	unsigned int other = below(nr_recorded);
	size_t from = below(20);

	t->len = at;
	if (from < recorded[other].len)
		put_at(t, at, recorded[other].b + from,
		       recorded[other].len - from);
}

/* Digits at @at become another number. */
static void change_number(struct text *t, size_t at)
{
	const char *word = a_word();
	size_t len = 0;

	while (at + len < t->len && strchr("0123456789abcdef", t->b[at + len]))
		len++;
	cut(t, at, len);
	put_at(t, at, word, strlen(word));
}

static void repeat_some(struct text *t, size_t at, size_t some)
{
	char copy[8];

	if (at + some > t->len)
		return;
	memcpy(copy, t->b + at, some);
	put_at(t, at, copy, some);
}

/* One change at a random place. */
static void mutate(struct text *t)
{
	size_t at = below(t->len + 1), some = 1 + below(5);
	char byte = (char)below(256);
	const char *word = a_word();

	switch (below(9)) {
	case 0:
		cut(t, at, 1);
		put_at(t, at, &byte, 1);
		break;
	case 1:
		cut(t, at, some);
		break;
	case 2:
		repeat_some(t, at, some);
		break;
	case 3:
		put_at(t, at, word, strlen(word));
		break;
	case 4:
		graft(t, at);
		break;
	case 5:
		t->len = at;
		break;
	case 6:
		repeat_char(t, at);
		break;
	case 7:
		change_number(t, at);
		break;
	default:
		if (at < t->len)
			t->b[at] ^= 1 << below(8);
		break;
	}
}

static void put_ids(struct text *t, id_of_t *id_of)
{
	char id[24];
	size_t i;

	for (i = 0; i + 1 < t->len; i++) {
		if (t->b[i] != '@' || t->b[i + 1] < '0' || t->b[i + 1] > '4')
			continue;
		snprintf(id, sizeof(id), "%lx", id_of(t->b[i + 1]));
		cut(t, i, 2);
		put_at(t, i, id, strlen(id));
	}
}

/* Has @t change neither memory nor registers nor signals, and give none. */
static void calm(struct text *t)
{
	static const char changes[] = "MXGPCS", asks[] = "mxgpcs";
	const char *which;
	char *writes;
	size_t i;

	which = t->len && t->b[0] ? strchr(changes, t->b[0]) : NULL;
	if (which)
		t->b[0] = asks[which - changes];
	/* What a signal says is the program's, too. */
	writes = memmem(t->b, t->len, ":write:", 7);
	if (writes)
		writes[1] = 'r';
	/* A number behind these is where to go on, and to any place. */
	if (t->len && (t->b[0] == 'c' || t->b[0] == 's'))
		t->len = 1;
	if (t->len < 6 || memcmp(t->b, "vCont;", 6))
		return;
	for (i = 6; i < t->len; i++)
		if (t->b[i] == 'C' || t->b[i] == 'S')
			t->b[i] += 'c' - 'C';
}

static void next_text(const struct script *script, struct text *t)
{
	unsigned int nr = below(script->mutations + 1);
	unsigned int which = below(nr_recorded);

	t->len = 0;
	put_at(t, 0, recorded[which].b, recorded[which].len);
	while (nr--)
		mutate(t);
	if (script->is_calm)
		calm(t);
}

/* Whether a program would run, had nothing but its numbers been changed. */
static bool text_resumes(const struct text *t)
{
	if (t->len > 6 && !memcmp(t->b, "vCont;", 6))
		return t->b[6] != 't';
	return t->len && strchr("csCS", t->b[0]);
}

static void put_frame(struct batch *batch, const struct text *t, bool damage)
{
	char *out = batch->bytes + batch->len, *end = out;
	unsigned char sum = damage;
	size_t i;

	*end++ = '$';
	for (i = 0; i < t->len; i++) {
		if (t->b[i] && strchr("#$}*", t->b[i])) {
			*end++ = '}';
			*end++ = t->b[i] ^ 0x20;
		} else {
			*end++ = t->b[i];
		}
	}
	for (out++; out < end; out++)
		sum += (unsigned char)*out;
	end += sprintf(end, "#%02x", sum);
	batch->len = end - batch->bytes;
}

static void put_busy_at(char *line)
{
	size_t old = strlen(BUSY_AT), new = strlen("@4");

	while ((line = strstr(line, BUSY_AT))) {
		memcpy(line, "@4", new);
		line += new;
		memmove(line, line + old - new, strlen(line + old - new) + 1);
	}
}

/**
 * text_read_recorded() - read the packets that all scripts are made of
 * @path: one packet a line; lines that begin with "# " say something else
 */
void text_read_recorded(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[TEXT_MAX];

	while (file && nr_recorded < RECORDED_MAX &&
	       fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (!line[0] || !strncmp(line, "# ", 2))
			continue;
		put_busy_at(line);
		recorded[nr_recorded].len = strlen(line);
		recorded[nr_recorded++].b = strdup(line);
	}
	if (!nr_recorded) {
		perror(path);
		exit(2);
	}
	fclose(file);
}

/**
 * script_begin() - what session @number sends
 * @script: filled
 * @number: the session's
 */
void script_begin(struct script *script, unsigned long number)
{
	struct source *source = &script->source;

	source->state = number * 0x2545f4914f6cdd1dull;
	script->is_calm = source_below(source, 2);
	script->mutations = 1 + source_below(source, 3);
	/* What is left behind shows when a session ends: let many be short. */
	script->packets = PACKETS_MIN << source_below(source, 8);
}

/**
 * script_next() - the next packets
 * @script: the session's
 * @batch: filled; when a packet lets the program run, it is the last
 * @id_of: numbers of threads
 */
void script_next(struct script *script, struct batch *batch, id_of_t *id_of)
{
	static struct text t;
	unsigned int most;
	bool damage;

	random_source = &script->source;
	most = 1 + below(BATCH_MAX);
	batch->len = 0;
	batch->nr = 0;
	batch->answered = 0;
	batch->resumes = false;
	while (batch->nr < most && !batch->resumes) {
		next_text(script, &t);
		/* A number put in may begin with a c. */
		batch->resumes = text_resumes(&t);
		put_ids(&t, id_of);
		/* Few are damaged on their way. */
		damage = !below(100);
		put_frame(batch, &t, damage);
		batch->nr++;
		batch->answered += !damage && !batch->resumes;
	}
}
