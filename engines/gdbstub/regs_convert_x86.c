// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers between the kernel's regsets and the g packet.
 *
 * The regsets are the caller's copies; nothing here touches a thread. What
 * makes this more than copying: a component of the XSAVE area whose bit in
 * XSTATE_BV is clear has its initial values whatever its bytes are, and the x87
 * tag word is kept in a short form.
 */
#include "tdesc_x86.h"

#define FCW_INIT 0x37f
#define MXCSR_INIT 0x1f80
#define FOP_MASK 0x7ff

#define SSE_BIT BIT_ULL(TDESC_SSE)
#define YMM_BIT BIT_ULL(TDESC_YMM)

/* Bytes of each component of the extended area; fixed by the architecture. */
static const u16 xcomp_size[TDESC_NR_XCOMP] = {
	[TDESC_YMM] = 256,	 [TDESC_OPMASK] = 64, [TDESC_ZMM_HI256] = 512,
	[TDESC_HI16_ZMM] = 1024, [TDESC_PKRU] = 8,
};

static u16 load_u16(const u8 *at)
{
	u16 val;

	memcpy(&val, at, sizeof(val));
	return val;
}

static void store_u16(u8 *at, u16 val)
{
	memcpy(at, &val, sizeof(val));
}

static void store_u32(u8 *at, u32 val)
{
	memcpy(at, &val, sizeof(val));
}

/* Without an XSAVE header everything there is, is valid. */
static u64 get_xstate_bv(const struct tdesc_bufs *bufs)
{
	u64 bv;

	if (bufs->layout->size < TDESC_XSAVE_EXT)
		return BIT_ULL(TDESC_X87) | SSE_BIT;
	memcpy(&bv, bufs->xsave + TDESC_XSAVE_BV, sizeof(bv));
	return bv;
}

static void set_xstate_bv(const struct tdesc_bufs *bufs, u64 bv)
{
	if (bufs->layout->size >= TDESC_XSAVE_EXT)
		memcpy(bufs->xsave + TDESC_XSAVE_BV, &bv, sizeof(bv));
}

/* The component's bytes, or NULL where this CPU has none. */
static u8 *get_xcomp(const struct tdesc_bufs *bufs, u8 xcomp)
{
	u32 offset = bufs->layout->offset[xcomp];
	u32 size = bufs->layout->size;

	if (xcomp <= TDESC_SSE)
		return bufs->xsave;
	if (offset < TDESC_XSAVE_EXT || offset > size ||
	    size - offset < xcomp_size[xcomp])
		return NULL;
	return bufs->xsave + offset;
}

static bool is_mxcsr(const struct tdesc_reg *reg)
{
	return reg->where == TDESC_XSAVE && reg->xcomp == TDESC_SSE &&
	       reg->src_offset == TDESC_FX_MXCSR;
}

/* MXCSR counts as part of the SSE and of the AVX state. */
static bool is_init(const struct tdesc_reg *reg, u64 bv)
{
	if (is_mxcsr(reg))
		return !(bv & (SSE_BIT | YMM_BIT));
	return !(bv >> reg->xcomp & 1);
}

static void get_init_value(const struct tdesc_reg *reg, u8 *raw)
{
	memset(raw, 0, reg->src_size);
	if (is_mxcsr(reg))
		store_u32(raw, MXCSR_INIT);
	else if (reg->xcomp == TDESC_X87 && reg->src_offset == TDESC_FX_FCW)
		store_u16(raw, FCW_INIT);
}

/*
 * The register's bytes in its buffer (reg->src_size of them), or its initial
 * value.
 */
static void get_raw(const struct tdesc_reg *reg, const struct tdesc_bufs *bufs,
		    u8 *raw)
{
	const u8 *comp;

	if (reg->where == TDESC_GENERAL) {
		memcpy(raw, bufs->gregs + reg->src_offset, reg->src_size);
		return;
	}
	comp = get_xcomp(bufs, reg->xcomp);
	if (!comp || is_init(reg, get_xstate_bv(bufs)))
		get_init_value(reg, raw);
	else
		memcpy(raw, comp + reg->src_offset, reg->src_size);
}

/* x87 tags: two bits for each physical register. */
#define TAG_VALID 0
#define TAG_ZERO 1
#define TAG_SPECIAL 2
#define TAG_EMPTY 3

static unsigned int classify(const u8 *st)
{
	unsigned int exponent = load_u16(st + 8) & 0x7fff;
	u64 mantissa;

	memcpy(&mantissa, st, sizeof(mantissa));
	if (exponent == 0x7fff)
		return TAG_SPECIAL;
	if (!exponent)
		return mantissa ? TAG_SPECIAL : TAG_ZERO;
	return mantissa >> 63 ? TAG_VALID : TAG_SPECIAL;
}

/* @valid has a bit for each physical register that is not empty. */
static u16 expand_tags(const u8 *legacy, u8 valid)
{
	unsigned int top = load_u16(legacy + TDESC_FX_FSW) >> 11 & 7;
	unsigned int phys;
	u16 tags = 0;

	for (phys = 0; phys < 8; phys++) {
		unsigned int st = (phys - top) & 7;
		unsigned int tag = TAG_EMPTY;

		if (valid >> phys & 1)
			tag = classify(legacy + TDESC_FX_ST + 16 * st);
		tags |= tag << 2 * phys;
	}
	return tags;
}

static u8 abridge_tags(u16 tags)
{
	unsigned int phys;
	u8 valid = 0;

	for (phys = 0; phys < 8; phys++) {
		if ((tags >> 2 * phys & 3) != TAG_EMPTY)
			valid |= 1 << phys;
	}
	return valid;
}

static size_t min_size(const struct tdesc_reg *reg)
{
	return reg->size < reg->src_size ? reg->size : reg->src_size;
}

void tdesc_get_reg(const struct tdesc_reg *reg, const struct tdesc_bufs *bufs,
		   u8 *out)
{
	u8 raw[TDESC_MAX_REG_SIZE];

	get_raw(reg, bufs, raw);
	memset(out, 0, reg->size);
	switch (reg->how) {
	case TDESC_FTAG:
		store_u16(out, expand_tags(bufs->xsave, raw[0]));
		break;
	case TDESC_FOP:
		store_u16(out, load_u16(raw) & FOP_MASK);
		break;
	default:
		memcpy(out, raw, min_size(reg));
		break;
	}
}

/*
 * Gives the component of @reg its initial values in memory and marks it valid.
 * MXCSR is read from memory as soon as either SSE or AVX is valid.
 */
static void make_valid(const struct tdesc_reg *reg,
		       const struct tdesc_bufs *bufs, u8 *comp)
{
	u64 bv = get_xstate_bv(bufs);

	if (bv >> reg->xcomp & 1)
		return;
	if (reg->xcomp <= TDESC_YMM && reg->xcomp != TDESC_X87 &&
	    !(bv & (SSE_BIT | YMM_BIT)))
		store_u32(bufs->xsave + TDESC_FX_MXCSR, MXCSR_INIT);

	if (reg->xcomp == TDESC_X87) {
		memset(comp, 0, TDESC_FX_MXCSR);
		memset(comp + TDESC_FX_ST, 0, TDESC_FX_XMM - TDESC_FX_ST);
		store_u16(comp + TDESC_FX_FCW, FCW_INIT);
	} else if (reg->xcomp == TDESC_SSE) {
		memset(comp + TDESC_FX_XMM, 0, TDESC_FX_XMM_END - TDESC_FX_XMM);
	} else {
		memset(comp, 0, xcomp_size[reg->xcomp]);
	}
	set_xstate_bv(bufs, bv | BIT_ULL(reg->xcomp));
}

static u32 put_raw(const struct tdesc_reg *reg, const struct tdesc_bufs *bufs,
		   const u8 *raw)
{
	u8 *comp;

	if (reg->where == TDESC_GENERAL) {
		memcpy(bufs->gregs + reg->src_offset, raw, reg->src_size);
		return TDESC_DIRTY_GENERAL;
	}
	comp = get_xcomp(bufs, reg->xcomp);
	if (!comp)
		return 0;
	make_valid(reg, bufs, comp);
	memcpy(comp + reg->src_offset, raw, reg->src_size);
	return TDESC_DIRTY_XSAVE;
}

u32 tdesc_put_reg(const struct tdesc_reg *reg, const struct tdesc_bufs *bufs,
		  const u8 *in)
{
	u8 raw[TDESC_MAX_REG_SIZE] = { 0 };
	u8 old[TDESC_MAX_REG_SIZE];

	switch (reg->how) {
	case TDESC_FTAG:
		raw[0] = abridge_tags(load_u16(in));
		break;
	case TDESC_FOP:
		store_u16(raw, load_u16(in) & FOP_MASK);
		break;
	default:
		memcpy(raw, in, min_size(reg));
		break;
	}
	get_raw(reg, bufs, old);
	if (!memcmp(raw, old, reg->src_size))
		return 0;
	return put_raw(reg, bufs, raw);
}

void tdesc_get_all(const struct tdesc_x86 *tdesc, const struct tdesc_bufs *bufs,
		   u8 *g)
{
	unsigned int i;

	for (i = 0; i < tdesc->nr_regs; i++)
		tdesc_get_reg(&tdesc->reg[i], bufs, g + tdesc->reg[i].offset);
}

u32 tdesc_put_all(const struct tdesc_x86 *tdesc, const struct tdesc_bufs *bufs,
		  const u8 *g)
{
	unsigned int i;
	u32 dirty = 0;

	for (i = 0; i < tdesc->nr_regs; i++)
		dirty |= tdesc_put_reg(&tdesc->reg[i], bufs,
				       g + tdesc->reg[i].offset);
	return dirty;
}
