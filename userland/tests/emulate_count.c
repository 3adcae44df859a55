// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * emulate_count NAME: how many of the instructions that come on standard input,
 * as lines of objdump, are emulated. It should be nine tenths. Those that are
 * not are counted by their mnemonics.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "emulate_x86.h"

#define LINE_SIZE 1024
#define WORDS_MAX 1000
#define SHOWN 20

static struct word {
	char text[16];
	unsigned long nr;
} words[WORDS_MAX];

static unsigned int nr_words;

static void count_word(const char *text)
{
	size_t len = strcspn(text, " \n\t");
	unsigned int i;

	if (len >= sizeof(words[0].text))
		len = sizeof(words[0].text) - 1;
	for (i = 0; i < nr_words; i++)
		if (strlen(words[i].text) == len &&
		    !memcmp(words[i].text, text, len))
			break;
	if (i == WORDS_MAX)
		return;
	if (i == nr_words)
		memcpy(words[nr_words++].text, text, len);
	words[i].nr++;
}

static int by_number(const void *a, const void *b)
{
	const struct word *x = a, *y = b;

	return (x->nr < y->nr) - (x->nr > y->nr);
}

static int read_anything(void *ctx, u64 addr, void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	memset(buf, 0, len);
	return 0;
}

static int write_anything(void *ctx, u64 addr, const void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	(void)buf;
	(void)len;
	return 0;
}

static const struct emulate_ops ops = { read_anything, write_anything };

static size_t read_bytes(const char *text, u8 *bytes, size_t room)
{
	size_t nr = 0;
	char *end;

	while (nr < room && isxdigit((unsigned char)*text)) {
		bytes[nr++] = strtoul(text, &end, 16);
		text = end + (*end == ' ');
	}
	return nr;
}

static unsigned long nr_insns, nr_emulated;

static void check_line(const char *line)
{
	struct emulate_regs regs = { .rip = 0x400000, .flags = 0x202 };
	u8 bytes[EMULATE_MAX_INSN] = { 0 };
	const char *text;
	size_t nr, i;

	line = strchr(line, '\t');
	text = line ? strchr(line + 1, '\t') : NULL;
	if (!text)
		return;
	nr = read_bytes(line + 1, bytes, sizeof(bytes));
	for (i = 0; i < EMULATE_NR_GPR; i++)
		regs.gpr[i] = 0x10000;
	nr_insns++;
	if (emulate_x86(&regs, bytes, nr, 0, &ops, NULL))
		nr_emulated++;
	else
		count_word(text + 1);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "stdin";
	char line[LINE_SIZE];
	unsigned int i;

	while (fgets(line, sizeof(line), stdin))
		check_line(line);
	qsort(words, nr_words, sizeof(words[0]), by_number);
	for (i = 0; i < nr_words && i < SHOWN; i++)
		printf("# %8lu %s\n", words[i].nr, words[i].text);
	printf("# %s: %lu of %lu instructions are emulated, %.1f %%\n", name,
	       nr_emulated, nr_insns,
	       nr_insns ? 100.0 * nr_emulated / nr_insns : 0);
	printf("%s: nine tenths of %s are emulated\n",
	       nr_insns && nr_emulated * 10 >= nr_insns * 9 ? "PASS" : "FAIL",
	       name);
	return 0;
}
