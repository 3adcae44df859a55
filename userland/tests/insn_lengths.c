// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * insn_lengths NAME: the decoder of instructions against objdump, whose output
 * (objdump -dw) comes on standard input: the length of each instruction, and
 * whether it has a rip-relative operand. Of those that are no branches, nearly
 * all must be movable.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "insn_x86.h"

#define LINE_SIZE 1024

static unsigned long nr_insns, nr_wrong, nr_bound;

/* The hex bytes between an objdump line's tabs. Return: how many. */
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

/* The mnemonic may stand behind prefixes. */
static bool is_branch(const char *text)
{
	static const char *const words[] = { "call", "ret", "loop", "bnd", "j",
					     "xbegin" };
	unsigned int i;

	while (text) {
		for (i = 0; i < ARRAY_SIZE(words); i++)
			if (!strncmp(text, words[i], strlen(words[i])))
				return true;
		text = strchr(text, ' ');
		if (text)
			text++;
	}
	return false;
}

static void check_line(const char *line)
{
	u8 bytes[INSN_MAX] = { 0 };
	struct insn_x86 insn;
	const char *text;
	size_t nr;

	line = strchr(line, '\t');
	text = line ? strchr(line + 1, '\t') : NULL;
	if (!text || strstr(text, "(bad)"))
		return;
	nr = read_bytes(line + 1, bytes, sizeof(bytes));
	if (!nr)
		return;
	nr_insns++;
	insn = insn_x86_decode(bytes, sizeof(bytes));
	if (insn.kind == INSN_BOUND) {
		nr_bound += !is_branch(text + 1);
		return;
	}
	if (insn.len == nr && !insn.disp_at == !strstr(text, "(%rip)") &&
	    !is_branch(text + 1))
		return;
	if (nr_wrong++ < 10)
		printf("# length %u, not %zu: %s", insn.len, nr, line);
}

int main(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "stdin";
	char line[LINE_SIZE];

	while (fgets(line, sizeof(line), stdin))
		check_line(line);
	printf("# %s: %lu instructions, %lu wrong, %lu bound without need\n",
	       name, nr_insns, nr_wrong, nr_bound);
	printf("%s: %s is decoded as objdump decodes it\n",
	       nr_insns && !nr_wrong ? "PASS" : "FAIL", name);
	printf("%s: nearly all of %s that does not branch can be moved\n",
	       nr_bound * 1000 < nr_insns ? "PASS" : "FAIL", name);
	return !nr_insns || nr_wrong || nr_bound * 1000 >= nr_insns;
}
