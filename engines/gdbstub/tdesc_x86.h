/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of x86 as GDB knows them: target.xml, numbers, the layout of the g
 * packet, and where each register's bytes are in the kernel's regsets. Pure.
 */
#ifndef GDBSTUB_TDESC_X86_H
#define GDBSTUB_TDESC_X86_H

#include "pure.h"

/* GDB's number of a register that is asked for by name, in 64-bit programs. */
#define TDESC_NUM_FS_BASE 58

/* Optional registers; general, x87, SSE and orig_rax are always there. */
#define TDESC_X86_SEGMENTS 0x1 /* fs_base, gs_base; 64-bit only */
#define TDESC_X86_AVX 0x2
#define TDESC_X86_AVX512 0x4
#define TDESC_X86_PKRU 0x8

/* XSAVE component numbers, as in CPUID leaf 0xd and XCR0. */
enum tdesc_xcomp {
	TDESC_X87 = 0,
	TDESC_SSE = 1,
	TDESC_YMM = 2,
	TDESC_OPMASK = 5,
	TDESC_ZMM_HI256 = 6,
	TDESC_HI16_ZMM = 7,
	TDESC_PKRU = 9,
	TDESC_NR_XCOMP = 10,
};

/* Offsets in the legacy part of the XSAVE area, which is the FXSAVE area. */
#define TDESC_FX_FCW 0
#define TDESC_FX_FSW 2
#define TDESC_FX_FTW 4
#define TDESC_FX_FOP 6
#define TDESC_FX_FIP 8
#define TDESC_FX_FCS 12
#define TDESC_FX_FDP 16
#define TDESC_FX_FDS 20
#define TDESC_FX_MXCSR 24
#define TDESC_FX_ST 32
#define TDESC_FX_XMM 160
#define TDESC_FX_XMM_END 416

/* Where in the XSAVE area its header is, and where the extended part begins. */
#define TDESC_XSAVE_BV 512
#define TDESC_XSAVE_EXT 576

/* Sizes of the kernel's general regsets (NT_PRSTATUS) by the task's view. */
#define TDESC_GREGS64_SIZE (27 * 8)
#define TDESC_GREGS32_SIZE (17 * 4)

/* No description has more registers, no register more bytes. */
#define TDESC_MAX_REGS 149
#define TDESC_MAX_REG_SIZE 32

/**
 * enum tdesc_where - which buffer holds a register's bytes
 * @TDESC_GENERAL: the general regset (NT_PRSTATUS)
 * @TDESC_XSAVE: the XSAVE area (NT_X86_XSTATE, standard format) or, for x87 and
 *	SSE on a CPU without XSAVE, the FXSAVE area (NT_PRFPREG) alone
 */
enum tdesc_where {
	TDESC_GENERAL,
	TDESC_XSAVE,
};

/**
 * enum tdesc_how - how the bytes in the buffer become those of the g packet
 * @TDESC_COPY: the same number, zero-extended to the wider of both sides
 * @TDESC_FTAG: the x87 tag word, two bits a register, made from the abridged
 *	one in the buffer, one bit a register, and the registers' contents
 * @TDESC_FOP: the x87 opcode, 11 bits
 */
enum tdesc_how {
	TDESC_COPY,
	TDESC_FTAG,
	TDESC_FOP,
};

/**
 * struct tdesc_reg - one register
 * @name: GDB's name
 * @num: GDB's number: in p and P, in stop replies, in agent expressions
 * @size: bytes in the g packet
 * @offset: of its bytes in the g packet, before hex
 * @where: which buffer
 * @xcomp: with TDESC_XSAVE: the component
 * @how: conversion
 * @src_offset: in the general regset, the legacy area, or the component
 * @src_size: bytes there
 */
struct tdesc_reg {
	char name[10];
	u16 num;
	u16 size;
	u16 offset;
	u8 where;
	u8 xcomp;
	u8 how;
	u8 src_size;
	u16 src_offset;
};

/**
 * struct tdesc_x86 - the registers of one kind of process
 * @is_64bit: amd64, else i386
 * @features: TDESC_X86_*
 * @nr_regs: used entries of @reg
 * @g_size: bytes of the g packet, before hex
 * @reg: by GDB's number
 *
 * Written by tdesc_x86_init(), constant afterwards: share one for all processes
 * of a kind (about 3.3 KiB).
 */
struct tdesc_x86 {
	bool is_64bit;
	u32 features;
	u16 nr_regs;
	u16 g_size;
	struct tdesc_reg reg[TDESC_MAX_REGS];
};

/**
 * struct tdesc_xsave - where this CPU keeps the XSAVE components
 * @size: bytes of the whole area; 512: FXSAVE only
 * @offset: of each component in the standard format, from CPUID leaf 0xd
 *	(EBX of the component's sub-leaf); 0 where the CPU has none
 */
struct tdesc_xsave {
	u32 size;
	u32 offset[TDESC_NR_XCOMP];
};

/**
 * struct tdesc_bufs - a stopped thread's registers as the kernel's regsets
 * @gregs: contents of NT_PRSTATUS: TDESC_GREGS64_SIZE or TDESC_GREGS32_SIZE
 *	bytes by the description's width; may be NULL where none is touched
 * @xsave: contents of NT_X86_XSTATE, @layout->size bytes; may be NULL likewise
 * @layout: of @xsave
 */
struct tdesc_bufs {
	u8 *gregs;
	u8 *xsave;
	const struct tdesc_xsave *layout;
};

/* What tdesc_put_*() changed: which regset has to be written back. */
#define TDESC_DIRTY_GENERAL 0x1
#define TDESC_DIRTY_XSAVE 0x2

/**
 * tdesc_x86_features() - what this CPU and kernel can show
 * @xcr0: XCR0, or the bits the kernel hands out in NT_X86_XSTATE; 3 without XSAVE
 * @is_64bit: for amd64, else i386
 *
 * Return: TDESC_X86_* for tdesc_x86_init().
 */
u32 tdesc_x86_features(u64 xcr0, bool is_64bit);

/**
 * tdesc_x86_init() - number the registers and lay out the g packet
 * @tdesc: filled in
 * @is_64bit: amd64, else i386
 * @features: TDESC_X86_*; TDESC_X86_SEGMENTS is dropped for i386, whose regset
 *	does not have them
 */
void tdesc_x86_init(struct tdesc_x86 *tdesc, bool is_64bit, u32 features);

/**
 * tdesc_x86_xml() - write target.xml
 * @tdesc: an initialised description
 * @buf: where to; may be NULL with @size 0
 * @size: bytes at @buf
 *
 * Return: bytes of the whole document; when more than @size, only @size of them
 * were written. There is no NUL.
 */
size_t tdesc_x86_xml(const struct tdesc_x86 *tdesc, char *buf, size_t size);

/**
 * tdesc_find() - a register by GDB's number
 * @tdesc: the description
 * @num: the number
 *
 * Return: the register, or NULL: there is none of this number.
 */
const struct tdesc_reg *tdesc_find(const struct tdesc_x86 *tdesc, u64 num);

/**
 * tdesc_get_reg() - one register, for p and for stop replies
 * @reg: the register
 * @bufs: the thread's regsets; only the one of @reg->where is read
 * @out: @reg->size bytes are written
 *
 * A component in its initial state (its bit in XSTATE_BV is clear) reads as
 * its initial values, whatever its bytes are.
 */
void tdesc_get_reg(const struct tdesc_reg *reg, const struct tdesc_bufs *bufs,
		   u8 *out);

/**
 * tdesc_put_reg() - set one register, for P
 * @reg: the register
 * @bufs: the thread's regsets
 * @in: @reg->size bytes
 *
 * A value that the register has already changes nothing. Else, a component in
 * its initial state is made valid: its other registers are written as initial
 * values and its bit in XSTATE_BV is set.
 *
 * Return: TDESC_DIRTY_*, 0 when nothing changed.
 */
u32 tdesc_put_reg(const struct tdesc_reg *reg, const struct tdesc_bufs *bufs,
		  const u8 *in);

/**
 * tdesc_get_all() - all registers, for g
 * @tdesc: the description
 * @bufs: the thread's regsets
 * @g: @tdesc->g_size bytes are written
 */
void tdesc_get_all(const struct tdesc_x86 *tdesc, const struct tdesc_bufs *bufs,
		   u8 *g);

/**
 * tdesc_put_all() - set all registers, for G
 * @tdesc: the description
 * @bufs: the thread's regsets
 * @g: @tdesc->g_size bytes
 *
 * Return: TDESC_DIRTY_*, 0 when nothing changed.
 */
u32 tdesc_put_all(const struct tdesc_x86 *tdesc, const struct tdesc_bufs *bufs,
		  const u8 *g);

/* GDB's numbers of the registers that stop replies carry (expedited). */
struct tdesc_expedited {
	u16 fp;
	u16 sp;
	u16 pc;
};

/**
 * tdesc_expedited() - frame pointer, stack pointer and pc
 * @tdesc: the description
 *
 * Return: their numbers.
 */
struct tdesc_expedited tdesc_expedited(const struct tdesc_x86 *tdesc);

#endif /* GDBSTUB_TDESC_X86_H */
