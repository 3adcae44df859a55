/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operands of an instruction that is being emulated: its bytes, ModRM,
 * registers, memory. Pure. For emulate_x86.c alone; no one else needs to know
 * how far an instruction got.
 */
#ifndef GDBSTUB_EMULATE_OPERAND_X86_H
#define GDBSTUB_EMULATE_OPERAND_X86_H

#include "emulate_x86.h"

#define REX_W 8
#define REX_R 4
#define REX_X 2
#define REX_B 1

/**
 * struct emu - one instruction on its way
 * @r: registers, becoming those after the instruction
 * @ops: user memory
 * @ctx: for @ops
 * @mode: EMULATE_*
 * @insn: the instruction's bytes
 * @len: how many may be looked at
 * @pos: how many were taken
 * @rex: REX prefix, 0 for none
 * @opsize: prefix 66
 * @segment: a segment prefix
 * @rep: prefix f2 or f3, 0 for none
 * @size: bytes of the operands
 * @modrm: the byte, when the instruction has one
 * @base: base and index registers of a memory operand added up
 * @disp: its displacement
 * @rip_relative: it counts from the next instruction
 * @writes: a write to memory is noted
 * @write_size: bytes to write
 * @write_addr: where
 * @write_val: what
 */
struct emu {
	struct emulate_regs r;
	const struct emulate_ops *ops;
	void *ctx;
	u32 mode;
	const u8 *insn;
	unsigned int len;
	unsigned int pos;
	u8 rex;
	bool opsize;
	bool segment;
	u8 rep;
	unsigned int size;
	u8 modrm;
	u64 base;
	s64 disp;
	bool rip_relative;
	bool writes;
	unsigned int write_size;
	u64 write_addr;
	u64 write_val;
};

/* Numbers of @size bytes. */
static inline u64 emu_size_mask(unsigned int size)
{
	return size == 8 ? U64_MAX : (1ULL << 8 * size) - 1;
}

static inline u64 emu_sign_extend(u64 val, unsigned int size)
{
	unsigned int unused = 64 - 8 * size;

	return (u64)((s64)(val << unused) >> unused);
}

static inline bool emu_is_negative(u64 val, unsigned int size)
{
	return val >> (8 * size - 1) & 1;
}

/* The number of the register in ModRM's reg field. */
static inline unsigned int emu_modrm_reg(const struct emu *e)
{
	return (e->modrm >> 3 & 7) | (e->rex & REX_R ? 8 : 0);
}

/* The number of the register in its rm field. */
static inline unsigned int emu_modrm_rm(const struct emu *e)
{
	return (e->modrm & 7) | (e->rex & REX_B ? 8 : 0);
}

/* The part of the opcode that stands in ModRM. */
static inline unsigned int emu_modrm_ext(const struct emu *e)
{
	return e->modrm >> 3 & 7;
}

/* The number of the register in an opcode's low bits. */
static inline unsigned int emu_opcode_reg(const struct emu *e, u8 opcode)
{
	return (opcode & 7) | (e->rex & REX_B ? 8 : 0);
}

static inline bool emu_is_memory(const struct emu *e)
{
	return e->modrm >> 6 != 3;
}

/* The address behind the bytes taken so far. */
static inline u64 emu_next_rip(const struct emu *e)
{
	return e->r.rip + e->pos;
}

/**
 * emu_fetch_byte() - take the instruction's next byte
 * @e: the instruction
 * @byte: set to it
 *
 * Return: false when there is none.
 */
bool emu_fetch_byte(struct emu *e, u8 *byte);

/**
 * emu_fetch() - take the next bytes as a number
 * @e: the instruction
 * @size: how many
 * @val: set to the number, zero-extended
 *
 * Return: false when there are not so many.
 */
bool emu_fetch(struct emu *e, unsigned int size, u64 *val);

/**
 * emu_fetch_signed() - take the next bytes as a signed number
 * @e: the instruction
 * @size: how many
 * @val: set to the number, sign-extended
 *
 * Return: false when there are not so many.
 */
bool emu_fetch_signed(struct emu *e, unsigned int size, u64 *val);

/**
 * emu_fetch_imm() - take an immediate of the operand's size, at most 4 bytes
 * @e: the instruction; its size is known
 * @val: set to the number, sign-extended
 *
 * Return: false when the bytes are not there.
 */
bool emu_fetch_imm(struct emu *e, u64 *val);

/**
 * emu_decode_modrm() - take ModRM, SIB and displacement
 * @e: the instruction
 *
 * Return: false when the bytes are not there.
 */
bool emu_decode_modrm(struct emu *e);

/**
 * emu_memory_addr() - the address of the memory operand
 * @e: the instruction, taken whole: the address may count from its end
 *
 * Return: the address.
 */
u64 emu_memory_addr(const struct emu *e);

/**
 * emu_get_reg() - read a register
 * @e: the instruction
 * @num: its number as encoded
 * @size: bytes
 *
 * Return: its value, zero-extended.
 */
u64 emu_get_reg(const struct emu *e, unsigned int num, unsigned int size);

/**
 * emu_set_reg() - write a register as the CPU does
 * @e: the instruction
 * @num: its number as encoded
 * @size: bytes: 4 clear the upper half, 1 and 2 leave the rest
 * @val: the value; bits above @size do not matter
 */
void emu_set_reg(struct emu *e, unsigned int num, unsigned int size, u64 val);

/**
 * emu_get_rm() - read the register or memory that ModRM names
 * @e: the instruction, taken whole
 * @size: bytes
 * @val: set to the value, zero-extended
 *
 * Return: false when memory cannot be read.
 */
bool emu_get_rm(struct emu *e, unsigned int size, u64 *val);

/**
 * emu_set_rm() - write the register or note the write to memory
 * @e: the instruction, taken whole
 * @size: bytes
 * @val: the value; bits above @size do not matter
 */
void emu_set_rm(struct emu *e, unsigned int size, u64 val);

/**
 * emu_push() - push 8 bytes
 * @e: the instruction
 * @val: the value
 */
void emu_push(struct emu *e, u64 val);

/**
 * emu_pop() - pop 8 bytes
 * @e: the instruction
 * @val: set to the value
 *
 * Return: false when the stack cannot be read.
 */
bool emu_pop(struct emu *e, u64 *val);

#endif /* GDBSTUB_EMULATE_OPERAND_X86_H */
