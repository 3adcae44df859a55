// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * tdesc_dump xml|regs 32|64 FEATURES: target.xml of a description, or its
 * registers as "name number offset size" lines, to be compared with what gdb
 * makes of the same target.xml. FEATURES is the mask TDESC_X86_*.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tdesc_x86.h"

static struct tdesc_x86 tdesc;
static char xml[1 << 16];

static void dump_regs(void)
{
	unsigned int i;

	for (i = 0; i < tdesc.nr_regs; i++)
		printf("%s %u %u %u\n", tdesc.reg[i].name, tdesc.reg[i].num,
		       tdesc.reg[i].offset, tdesc.reg[i].size);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: tdesc_dump xml|regs 32|64 FEATURES\n");
		return 2;
	}
	tdesc_x86_init(&tdesc, atoi(argv[2]) == 64, strtoul(argv[3], NULL, 0));
	if (!strcmp(argv[1], "xml"))
		fwrite(xml, 1, tdesc_x86_xml(&tdesc, xml, sizeof(xml)), stdout);
	else
		dump_regs();
	return 0;
}
