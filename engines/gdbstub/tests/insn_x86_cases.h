/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of insn_x86.c. */
#ifndef GDBSTUB_INSN_X86_CASES_H
#define GDBSTUB_INSN_X86_CASES_H

#include "../insn_x86.h"
#include "pure_check.h"

struct insn_row {
	const char *what;
	u8 bytes[INSN_MAX];
	u8 nr;
	enum insn_kind kind;
	u8 disp_at;
};

static const struct insn_row insn_rows[] = {
	{ "nop", { 0x90 }, 1, INSN_PLAIN, 0 },
	{ "mov (rip), eax", { 0x8b, 0x05, 1, 2, 3, 4 }, 6, INSN_PLAIN, 2 },
	{ "cmpl 8, (rip)", { 0x83, 0x3d, 1, 2, 3, 4, 8 }, 7, INSN_PLAIN, 2 },
	{ "movabs", { 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 8 }, 10, INSN_PLAIN, 0 },
	{ "mov imm16", { 0x66, 0xb8, 1, 2 }, 4, INSN_PLAIN, 0 },
	{ "mov moffs", { 0xa1, 1, 2, 3, 4, 5, 6, 7, 8 }, 9, INSN_PLAIN, 0 },
	{ "mov moffs32", { 0x67, 0xa1, 1, 2, 3, 4 }, 6, INSN_PLAIN, 0 },
	{ "sib without base",
	  { 0x8b, 0x04, 0x25, 1, 2, 3, 4 },
	  7,
	  INSN_PLAIN,
	  0 },
	{ "testb", { 0xf6, 0xc0, 1 }, 3, INSN_PLAIN, 0 },
	{ "negl", { 0xf7, 0xd8 }, 2, INSN_PLAIN, 0 },
	{ "rep stos", { 0xf3, 0x48, 0xab }, 3, INSN_PLAIN, 0 },
	{ "lock cmpxchg", { 0xf0, 0x0f, 0xb1, 0x0f }, 4, INSN_PLAIN, 0 },
	{ "pushf", { 0x9c }, 1, INSN_PLAIN, 0 },
	{ "vzeroupper", { 0xc5, 0xf8, 0x77 }, 3, INSN_PLAIN, 0 },
	{ "vpshufd", { 0xc5, 0xf9, 0x70, 0xc0, 0x1b }, 5, INSN_PLAIN, 0 },
	{ "vpaddd (rip)",
	  { 0xc5, 0xf9, 0xfe, 0x05, 1, 2, 3, 4 },
	  8,
	  INSN_PLAIN,
	  4 },
	{ "vpalignr", { 0xc4, 0xe3, 0x79, 0x0f, 0xc1, 8 }, 6, INSN_PLAIN, 0 },
	{ "vmovdqu64 disp8",
	  { 0x62, 0xf1, 0xfe, 0x48, 0x6f, 0x46, 1 },
	  7,
	  INSN_PLAIN,
	  0 },
	{ "vpternlogd",
	  { 0x62, 0xf3, 0x7d, 0x48, 0x25, 0xc0, 0xff },
	  7,
	  INSN_PLAIN,
	  0 },
	{ "ud2", { 0x0f, 0x0b }, 2, INSN_PLAIN, 0 },
	{ "xgetbv", { 0x0f, 0x01, 0xd0 }, 3, INSN_PLAIN, 0 },
	{ "syscall", { 0x0f, 0x05 }, 2, INSN_SYSCALL, 0 },
	{ "int 0x80", { 0xcd, 0x80 }, 2, INSN_SYSCALL, 0 },
	{ "int3", { 0xcc }, 1, INSN_TRAP, 0 },
	{ "int 3", { 0xcd, 3 }, 2, INSN_TRAP, 0 },
	{ "int1", { 0xf1 }, 1, INSN_TRAP, 0 },
	{ "jmp", { 0xe9, 1, 2, 3, 4 }, 5, INSN_BOUND, 0 },
	{ "je", { 0x74, 1 }, 2, INSN_BOUND, 0 },
	{ "je near", { 0x0f, 0x84, 1, 2, 3, 4 }, 6, INSN_BOUND, 0 },
	{ "loop", { 0xe2, 1 }, 2, INSN_BOUND, 0 },
	{ "call", { 0xe8, 1, 2, 3, 4 }, 5, INSN_BOUND, 0 },
	{ "call *(rip)", { 0xff, 0x15, 1, 2, 3, 4 }, 6, INSN_BOUND, 0 },
	{ "jmp *rax", { 0xff, 0xe0 }, 2, INSN_BOUND, 0 },
	{ "ret", { 0xc3 }, 1, INSN_BOUND, 0 },
	{ "iretq", { 0x48, 0xcf }, 2, INSN_BOUND, 0 },
	{ "popf", { 0x9d }, 1, INSN_BOUND, 0 },
	{ "xbegin", { 0xc7, 0xf8, 1, 2, 3, 4 }, 6, INSN_BOUND, 0 },
	{ "sysenter", { 0x0f, 0x34 }, 2, INSN_BOUND, 0 },
	{ "xop", { 0x8f, 0xe8, 0x78, 0xc0, 0xc0, 1 }, 6, INSN_BOUND, 0 },
	{ "rex2", { 0xd5, 0x11, 0x89, 0xc0 }, 4, INSN_BOUND, 0 },
	{ "mov (eip), eax", { 0x67, 0x8b, 0x05, 1, 2, 3, 4 }, 7, INSN_BOUND, 0 },
};

static void kinds_and_lengths(CHECK)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(insn_rows); i++) {
		const struct insn_row *row = &insn_rows[i];
		struct insn_x86 insn = insn_x86_decode(row->bytes, INSN_MAX);

		EXPECT_MSG(insn.kind == row->kind, row->what);
		EXPECT_MSG(insn.disp_at == row->disp_at, row->what);
		EXPECT_MSG(insn.len == (row->kind == INSN_BOUND ? 0 : row->nr),
			   row->what);
	}
}

static void cut_off_is_bound(CHECK)
{
	unsigned int i, len;

	for (i = 0; i < ARRAY_SIZE(insn_rows); i++) {
		const struct insn_row *row = &insn_rows[i];

		for (len = 0; len < row->nr; len++)
			EXPECT_MSG(insn_x86_decode(row->bytes, len).kind ==
					   INSN_BOUND,
				   row->what);
	}
}

static void too_long_is_bound(CHECK)
{
	u8 bytes[20] = { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
			 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90 };

	EXPECT_EQ(insn_x86_decode(bytes, sizeof(bytes)).kind, INSN_BOUND);
	EXPECT_EQ(insn_x86_decode(bytes + 1, sizeof(bytes) - 1).len, INSN_MAX);
}

static void moved_operand_stays(CHECK)
{
	u8 bytes[] = { 0x8b, 0x05, 0x10, 0, 0, 0 };
	struct insn_x86 insn = insn_x86_decode(bytes, sizeof(bytes));
	const u64 from = 0x555500000000;

	EXPECT(insn_x86_move(&insn, bytes, from, from - 0x1000));
	EXPECT_EQ(bytes[2], 0x10);
	EXPECT_EQ(bytes[3], 0x10);
	EXPECT_EQ(bytes[4], 0);
	EXPECT(insn_x86_move(&insn, bytes, from - 0x1000, from + 0x2000));
	EXPECT_EQ(bytes[2], 0x10);
	EXPECT_EQ(bytes[3], 0xe0);
	EXPECT_EQ(bytes[5], 0xff);
	EXPECT(!insn_x86_move(&insn, bytes, from, from + 0x90000000ULL));
	EXPECT(!insn_x86_move(&insn, bytes, from, from - 0x90000000ULL));
	EXPECT_EQ(bytes[3], 0xe0);
}

static CHECK_TABLE insn_x86_cases[] = { CASE(kinds_and_lengths),
					CASE(cut_off_is_bound),
					CASE(too_long_is_bound),
					CASE(moved_operand_stays), CASES_END };

#endif /* GDBSTUB_INSN_X86_CASES_H */
