// SPDX-License-Identifier: GPL-2.0-only
/*
 * Operands of an instruction that is being emulated.
 *
 * Registers change in the instruction's own copy, memory is only read: a write
 * is noted and done at the end by emulate_x86().
 */
#include "emulate_operand_x86.h"

/* The instruction's bytes */

bool emu_fetch(struct emu *e, unsigned int size, u64 *val)
{
	unsigned int i;

	if (e->len - e->pos < size)
		return false;
	*val = 0;
	for (i = 0; i < size; i++)
		*val |= (u64)e->insn[e->pos++] << 8 * i;
	return true;
}

bool emu_fetch_byte(struct emu *e, u8 *byte)
{
	if (e->pos == e->len)
		return false;
	*byte = e->insn[e->pos++];
	return true;
}

bool emu_fetch_signed(struct emu *e, unsigned int size, u64 *val)
{
	if (!emu_fetch(e, size, val))
		return false;
	*val = emu_sign_extend(*val, size);
	return true;
}

/* An immediate of the operand's size, but never more than 4 bytes. */
bool emu_fetch_imm(struct emu *e, u64 *val)
{
	return emu_fetch_signed(e, e->size < 4 ? e->size : 4, val);
}

/* ModRM */

/* Sets *@disp32 when there is no base register but a displacement. */
static bool decode_sib(struct emu *e, bool *disp32)
{
	unsigned int base, index;
	u8 sib;

	if (!emu_fetch_byte(e, &sib))
		return false;
	base = (sib & 7) | (e->rex & REX_B ? 8 : 0);
	index = (sib >> 3 & 7) | (e->rex & REX_X ? 8 : 0);
	*disp32 = (sib & 7) == 5 && e->modrm >> 6 == 0;
	if (!*disp32)
		e->base = e->r.gpr[base];
	if (index != EMULATE_RSP)
		e->base += e->r.gpr[index] << (sib >> 6);
	return true;
}

bool emu_decode_modrm(struct emu *e)
{
	unsigned int mod, disp_size = 0;
	bool disp32 = false;
	u64 disp = 0;

	if (!emu_fetch_byte(e, &e->modrm))
		return false;
	mod = e->modrm >> 6;
	if (mod == 3)
		return true;
	if ((e->modrm & 7) == 4) {
		if (!decode_sib(e, &disp32))
			return false;
	} else if (!mod && (e->modrm & 7) == 5) {
		e->rip_relative = true;
	} else {
		e->base = e->r.gpr[emu_modrm_rm(e)];
	}

	if (mod == 1)
		disp_size = 1;
	else if (mod == 2 || disp32 || e->rip_relative)
		disp_size = 4;
	if (disp_size && !emu_fetch_signed(e, disp_size, &disp))
		return false;
	e->disp = disp;
	return true;
}

/* Only right once the whole instruction was taken. */
u64 emu_memory_addr(const struct emu *e)
{
	return (e->rip_relative ? emu_next_rip(e) : e->base) + e->disp;
}

/* Registers and memory */

/* Without REX, the numbers 4 to 7 of byte registers are ah, ch, dh, bh. */
static bool is_high_byte(const struct emu *e, unsigned int num,
			 unsigned int size)
{
	return size == 1 && !e->rex && num >= 4;
}

u64 emu_get_reg(const struct emu *e, unsigned int num, unsigned int size)
{
	if (is_high_byte(e, num, size))
		return e->r.gpr[num - 4] >> 8 & 0xff;
	return e->r.gpr[num] & emu_size_mask(size);
}

/* A write of 4 bytes clears the upper half, one of 1 or 2 leaves the rest. */
void emu_set_reg(struct emu *e, unsigned int num, unsigned int size, u64 val)
{
	u64 mask = emu_size_mask(size);
	u64 *reg = &e->r.gpr[num];

	if (is_high_byte(e, num, size)) {
		reg = &e->r.gpr[num - 4];
		*reg = (*reg & ~0xff00ULL) | (val & 0xff) << 8;
	} else if (size >= 4) {
		*reg = val & mask;
	} else {
		*reg = (*reg & ~mask) | (val & mask);
	}
}

static bool read_memory(struct emu *e, u64 addr, unsigned int size, u64 *val)
{
	*val = 0;
	return !e->ops->read(e->ctx, addr, val, size);
}

static void note_write(struct emu *e, u64 addr, unsigned int size, u64 val)
{
	e->writes = true;
	e->write_addr = addr;
	e->write_size = size;
	e->write_val = val;
}

bool emu_get_rm(struct emu *e, unsigned int size, u64 *val)
{
	if (emu_is_memory(e))
		return read_memory(e, emu_memory_addr(e), size, val);
	*val = emu_get_reg(e, emu_modrm_rm(e), size);
	return true;
}

void emu_set_rm(struct emu *e, unsigned int size, u64 val)
{
	if (emu_is_memory(e))
		note_write(e, emu_memory_addr(e), size, val);
	else
		emu_set_reg(e, emu_modrm_rm(e), size, val);
}

void emu_push(struct emu *e, u64 val)
{
	e->r.gpr[EMULATE_RSP] -= 8;
	note_write(e, e->r.gpr[EMULATE_RSP], 8, val);
}

bool emu_pop(struct emu *e, u64 *val)
{
	if (!read_memory(e, e->r.gpr[EMULATE_RSP], 8, val))
		return false;
	e->r.gpr[EMULATE_RSP] += 8;
	return true;
}
