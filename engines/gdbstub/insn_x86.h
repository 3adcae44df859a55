/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How long a 64-bit instruction is, and whether it does the same when it stands
 * elsewhere. Pure.
 */
#ifndef GDBSTUB_INSN_X86_H
#define GDBSTUB_INSN_X86_H

#include "pure.h"

/* No x86 instruction is longer. */
#define INSN_MAX 15

/**
 * enum insn_kind - what may be done with an instruction
 * @INSN_PLAIN: It continues behind itself or faults, and does the same anywhere
 *	when its rip-relative operand is adjusted.
 * @INSN_SYSCALL: syscall or int 0x80: the kernel sees and says where it stood.
 * @INSN_TRAP: int3, int 3 or int1: the trap says where it stood.
 * @INSN_BOUND: It has to stand where it stands, or is not known.
 */
enum insn_kind {
	INSN_PLAIN,
	INSN_SYSCALL,
	INSN_TRAP,
	INSN_BOUND,
};

/**
 * struct insn_x86 - what insn_x86_decode() found out
 * @kind: see there
 * @len: bytes; of INSN_BOUND not known, 0
 * @disp_at: offset of the four bytes of a rip-relative displacement, 0: none
 */
struct insn_x86 {
	enum insn_kind kind;
	u8 len;
	u8 disp_at;
};

/**
 * insn_x86_decode() - look at an instruction of 64-bit user code
 * @bytes: the instruction
 * @len: bytes that are readable; at most INSN_MAX are looked at
 *
 * What is not known to be movable is bound: branches of all sorts, what changes
 * the trap flag or the code segment, undefined opcodes, and what is cut off.
 *
 * Context: any.
 * Return: what it is.
 */
struct insn_x86 insn_x86_decode(const u8 *bytes, size_t len);

/**
 * insn_x86_move() - adjust an instruction to another place
 * @insn: what was found out about it
 * @bytes: the instruction; its displacement is changed
 * @from: address where it stood
 * @to: address where it will stand
 *
 * Context: any.
 * Return: false when its operand is too far from there; then nothing changed.
 */
bool insn_x86_move(const struct insn_x86 *insn, u8 *bytes, u64 from, u64 to);

#endif /* GDBSTUB_INSN_X86_H */
