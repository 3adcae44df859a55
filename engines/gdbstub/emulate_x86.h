/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The x86-64 instructions that breakpoints mostly sit on, emulated on a struct
 * of registers, so that such a breakpoint is passed without a single step.
 * Pure: user memory is reached through callbacks.
 */
#ifndef GDBSTUB_EMULATE_X86_H
#define GDBSTUB_EMULATE_X86_H

#include "pure.h"

/* No x86 instruction is longer. */
#define EMULATE_MAX_INSN 15

/* Indices into emulate_regs.gpr: the hardware's numbers. */
enum emulate_gpr {
	EMULATE_RAX,
	EMULATE_RCX,
	EMULATE_RDX,
	EMULATE_RBX,
	EMULATE_RSP,
	EMULATE_RBP,
	EMULATE_RSI,
	EMULATE_RDI,
	EMULATE_R8,
	EMULATE_R9,
	EMULATE_R10,
	EMULATE_R11,
	EMULATE_R12,
	EMULATE_R13,
	EMULATE_R14,
	EMULATE_R15,
	EMULATE_NR_GPR,
};

/**
 * struct emulate_regs - the user registers an emulated instruction can touch
 * @gpr: general registers by the hardware's numbers
 * @rip: address of the instruction, afterwards of the next one
 * @flags: rflags; CF PF AF ZF SF OF as the instruction leaves them, RF cleared
 *	as every instruction does, all others unchanged
 */
struct emulate_regs {
	u64 gpr[EMULATE_NR_GPR];
	u64 rip;
	u64 flags;
};

/**
 * struct emulate_ops - user memory
 *
 * Both move all of @len (1, 2, 4 or 8) bytes or none and return 0, or a
 * negative errno when the CPU would fault there. Each has to be one access of
 * that size (get_user(), put_user()), never a copy in pieces: other threads
 * must not see half of a store, and one that faults in its second page must
 * leave the first as it was.
 */
struct emulate_ops {
	/** @read: from user memory. */
	int (*read)(void *ctx, u64 addr, void *buf, size_t len);
	/** @write: to user memory; never called more than once, and last. */
	int (*write)(void *ctx, u64 addr, const void *buf, size_t len);
};

/* The task runs with a shadow stack: calls and returns are left to the CPU. */
#define EMULATE_SHADOW_STACK 0x1

/**
 * emulate_x86() - do one instruction of 64-bit user code
 * @regs: registers before, on success after the instruction
 * @insn: its bytes as the program has them (no breakpoint in them)
 * @len: bytes at @insn that are readable, at most EMULATE_MAX_INSN are looked at
 * @mode: EMULATE_* flags
 * @ops: user memory
 * @ctx: for @ops
 *
 * All or nothing: either the effect is exactly the CPU's (registers, flags,
 * memory, rip) or nothing has changed and the CPU has to do it, which also
 * brings about whatever fault there was. An instruction is refused when it is
 * none of those known, when a prefix changes what it means (LOCK, REP, fs, gs,
 * address size), when TF or AC is set, when it would continue outside the user
 * half of the address space, and when memory cannot be accessed. The caller makes
 * sure that the task is in 64-bit mode.
 *
 * Flags that the SDM calls undefined for AND, OR, XOR and TEST (AF) are
 * cleared, as the CPUs do.
 *
 * Context: any that suits the callbacks.
 * Return: true - @regs are those after the instruction; false - not emulated.
 */
bool emulate_x86(struct emulate_regs *regs, const u8 *insn, size_t len,
		 u32 mode, const struct emulate_ops *ops, void *ctx);

#endif /* GDBSTUB_EMULATE_X86_H */
