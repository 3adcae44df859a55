// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emulation of the x86-64 instructions that breakpoints mostly sit on.
 *
 * An instruction works on a copy of the registers and notes at most one write
 * to memory. When it got to its end, the write is done, and only when that
 * went well the copy becomes the registers: so it happens whole or not at all.
 */
#include "emulate_operand_x86.h"

#define FLAG_CF 0x001ULL
#define FLAG_PF 0x004ULL
#define FLAG_AF 0x010ULL
#define FLAG_ZF 0x040ULL
#define FLAG_SF 0x080ULL
#define FLAG_TF 0x100ULL
#define FLAG_OF 0x800ULL
#define FLAG_RF 0x10000ULL
#define FLAG_AC 0x40000ULL
#define ARITH_FLAGS (FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF)

/* Above it are addresses that are not canonical or not the user's. */
#define USER_END BIT_ULL(47)

/* Flags */

static bool parity_even(u64 val)
{
	val ^= val >> 4;
	val ^= val >> 2;
	val ^= val >> 1;
	return !(val & 1);
}

static void set_flags(struct emu *e, u64 which, u64 flags)
{
	e->r.flags = (e->r.flags & ~which) | (flags & which);
}

static u64 result_flags(u64 res, unsigned int size)
{
	u64 flags = 0;

	if (!(res & emu_size_mask(size)))
		flags |= FLAG_ZF;
	if (emu_is_negative(res, size))
		flags |= FLAG_SF;
	if (parity_even(res & 0xff))
		flags |= FLAG_PF;
	return flags;
}

/* @carries has a bit for each bit position that carried or borrowed. */
static u64 carry_flags(u64 carries, u64 overflow, unsigned int size)
{
	u64 flags = 0;

	if (emu_is_negative(carries, size))
		flags |= FLAG_CF;
	if (carries & 8)
		flags |= FLAG_AF;
	if (emu_is_negative(overflow, size))
		flags |= FLAG_OF;
	return flags;
}

static u64 do_add(struct emu *e, u64 a, u64 b, u64 carry, u64 which)
{
	u64 res = a + b + carry;
	u64 carries = (a & b) | ((a | b) & ~res);
	u64 overflow = (a ^ res) & (b ^ res);

	set_flags(e, which,
		  result_flags(res, e->size) |
			  carry_flags(carries, overflow, e->size));
	return res;
}

static u64 do_sub(struct emu *e, u64 a, u64 b, u64 borrow, u64 which)
{
	u64 res = a - b - borrow;
	u64 borrows = (~a & b) | ((~a | b) & res);
	u64 overflow = (a ^ b) & (a ^ res);

	set_flags(e, which,
		  result_flags(res, e->size) |
			  carry_flags(borrows, overflow, e->size));
	return res;
}

static u64 do_logic(struct emu *e, u64 res)
{
	set_flags(e, ARITH_FLAGS, result_flags(res, e->size));
	return res;
}

/* In the order of the opcodes 00, 08, ... 38 and of ModRM in 80, 81, 83. */
enum alu_op {
	ALU_ADD,
	ALU_OR,
	ALU_ADC,
	ALU_SBB,
	ALU_AND,
	ALU_SUB,
	ALU_XOR,
	ALU_CMP,
};

static u64 do_alu(struct emu *e, enum alu_op op, u64 a, u64 b)
{
	u64 carry = e->r.flags & FLAG_CF;

	switch (op) {
	case ALU_ADD:
		return do_add(e, a, b, 0, ARITH_FLAGS);
	case ALU_ADC:
		return do_add(e, a, b, carry, ARITH_FLAGS);
	case ALU_SBB:
		return do_sub(e, a, b, carry, ARITH_FLAGS);
	case ALU_OR:
		return do_logic(e, a | b);
	case ALU_AND:
		return do_logic(e, a & b);
	case ALU_XOR:
		return do_logic(e, a ^ b);
	default:
		return do_sub(e, a, b, 0, ARITH_FLAGS);
	}
}

/* The sixteen conditions of jcc, setcc and cmovcc; the odd ones negate. */
static bool condition(const struct emu *e, u8 cc)
{
	u64 flags = e->r.flags;
	bool less = !(flags & FLAG_SF) != !(flags & FLAG_OF);
	bool met;

	switch (cc >> 1 & 7) {
	case 0:
		met = flags & FLAG_OF;
		break;
	case 1:
		met = flags & FLAG_CF;
		break;
	case 2:
		met = flags & FLAG_ZF;
		break;
	case 3:
		met = flags & (FLAG_CF | FLAG_ZF);
		break;
	case 4:
		met = flags & FLAG_SF;
		break;
	case 5:
		met = flags & FLAG_PF;
		break;
	case 6:
		met = less;
		break;
	default:
		met = less || flags & FLAG_ZF;
		break;
	}
	return met != (cc & 1);
}

/*
 * Ends of instructions. finish() is every instruction's last word: the rest of
 * the program follows behind it. Before, no decision may depend on emu_next_rip().
 */
static bool finish(struct emu *e)
{
	e->r.rip = emu_next_rip(e);
	return true;
}

static bool finish_at(struct emu *e, u64 target)
{
	if (target >= USER_END)
		return false;
	e->r.rip = target;
	return true;
}

/* 16-bit branches and stack operations are the CPU's: vendors differ. */
static bool is_plain(const struct emu *e)
{
	return !e->opsize;
}

static bool run_call(struct emu *e, u64 target)
{
	if (!is_plain(e) || e->mode & EMULATE_SHADOW_STACK)
		return false;
	emu_push(e, emu_next_rip(e));
	return finish_at(e, target);
}

static bool run_ret(struct emu *e, unsigned int imm_size)
{
	u64 extra = 0, target;

	if (!is_plain(e) || e->mode & EMULATE_SHADOW_STACK)
		return false;
	if (imm_size && !emu_fetch(e, imm_size, &extra))
		return false;
	if (!emu_pop(e, &target))
		return false;
	e->r.gpr[EMULATE_RSP] += extra;
	return finish_at(e, target);
}

static bool run_branch(struct emu *e, unsigned int rel_size, bool is_call)
{
	u64 rel;

	if (!is_plain(e) || !emu_fetch_signed(e, rel_size, &rel))
		return false;
	if (is_call)
		return run_call(e, emu_next_rip(e) + rel);
	return finish_at(e, emu_next_rip(e) + rel);
}

static bool run_jcc(struct emu *e, u8 opcode, unsigned int rel_size)
{
	u64 rel;

	if (!is_plain(e) || !emu_fetch_signed(e, rel_size, &rel))
		return false;
	if (!condition(e, opcode))
		rel = 0;
	return finish_at(e, emu_next_rip(e) + rel);
}

/* Opcodes 00 to 3d: two operands in the six forms of the arithmetic group. */
static bool run_alu(struct emu *e, u8 opcode)
{
	enum alu_op op = opcode >> 3;
	unsigned int form = opcode & 7;
	bool to_reg = form & 2;
	u64 rm, reg, res;

	if (form >= 4) {
		if (!emu_fetch_imm(e, &rm))
			return false;
		reg = emu_get_reg(e, EMULATE_RAX, e->size);
		res = do_alu(e, op, reg, rm & emu_size_mask(e->size));
		if (op != ALU_CMP)
			emu_set_reg(e, EMULATE_RAX, e->size, res);
		return finish(e);
	}

	if (!emu_decode_modrm(e) || !emu_get_rm(e, e->size, &rm))
		return false;
	reg = emu_get_reg(e, emu_modrm_reg(e), e->size);
	res = to_reg ? do_alu(e, op, reg, rm) : do_alu(e, op, rm, reg);
	if (op == ALU_CMP)
		return finish(e);
	if (to_reg)
		emu_set_reg(e, emu_modrm_reg(e), e->size, res);
	else
		emu_set_rm(e, e->size, res);
	return finish(e);
}

/* 80, 81, 83: the same operations with an immediate. */
static bool run_alu_imm(struct emu *e, u8 opcode)
{
	u64 rm, imm, res;
	bool taken;

	if (!emu_decode_modrm(e))
		return false;
	taken = opcode == 0x83 ? emu_fetch_signed(e, 1, &imm) :
				 emu_fetch_imm(e, &imm);
	if (!taken || !emu_get_rm(e, e->size, &rm))
		return false;
	res = do_alu(e, emu_modrm_ext(e), rm, imm & emu_size_mask(e->size));
	if (emu_modrm_ext(e) != ALU_CMP)
		emu_set_rm(e, e->size, res);
	return finish(e);
}

static bool run_test(struct emu *e)
{
	u64 rm;

	if (!emu_decode_modrm(e) || !emu_get_rm(e, e->size, &rm))
		return false;
	do_logic(e, rm & emu_get_reg(e, emu_modrm_reg(e), e->size));
	return finish(e);
}

static bool run_test_rax(struct emu *e)
{
	u64 imm;

	if (!emu_fetch_imm(e, &imm))
		return false;
	do_logic(e, emu_get_reg(e, EMULATE_RAX, e->size) & imm);
	return finish(e);
}

/* f6, f7: test with an immediate, not, neg. */
static bool run_group3(struct emu *e)
{
	unsigned int ext;
	u64 rm, imm = 0;

	if (!emu_decode_modrm(e))
		return false;
	ext = emu_modrm_ext(e);
	if (ext == 0 && !emu_fetch_imm(e, &imm))
		return false;
	if (ext == 1 || ext > 3 || !emu_get_rm(e, e->size, &rm))
		return false;
	if (ext == 0)
		do_logic(e, rm & imm);
	else if (ext == 2)
		emu_set_rm(e, e->size, ~rm);
	else
		emu_set_rm(e, e->size, do_sub(e, 0, rm, 0, ARITH_FLAGS));
	return finish(e);
}

/* inc and dec leave CF alone. */
static bool run_inc_dec(struct emu *e, u64 rm)
{
	const u64 which = ARITH_FLAGS & ~FLAG_CF;
	u64 res;

	if (emu_modrm_ext(e) == 0)
		res = do_add(e, rm, 1, 0, which);
	else
		res = do_sub(e, rm, 1, 0, which);
	emu_set_rm(e, e->size, res);
	return finish(e);
}

/* fe, ff: inc, dec; and call, jmp, push through a register or memory. */
static bool run_group5(struct emu *e, u8 opcode)
{
	bool is_branch;
	u64 rm;

	if (!emu_decode_modrm(e))
		return false;
	is_branch = opcode == 0xff &&
		    (emu_modrm_ext(e) == 2 || emu_modrm_ext(e) == 4 ||
		     emu_modrm_ext(e) == 6);
	if (is_branch ? !is_plain(e) : emu_modrm_ext(e) > 1)
		return false;
	if (is_branch)
		e->size = 8;
	if (!emu_get_rm(e, e->size, &rm))
		return false;

	switch (emu_modrm_ext(e)) {
	case 2:
		return run_call(e, rm);
	case 4:
		return finish_at(e, rm);
	case 6:
		emu_push(e, rm);
		return finish(e);
	default:
		return run_inc_dec(e, rm);
	}
}

static bool run_mov(struct emu *e, u8 opcode)
{
	u64 val;

	if (!emu_decode_modrm(e))
		return false;
	if (opcode & 2) {
		if (!emu_get_rm(e, e->size, &val))
			return false;
		emu_set_reg(e, emu_modrm_reg(e), e->size, val);
	} else {
		emu_set_rm(e, e->size,
			   emu_get_reg(e, emu_modrm_reg(e), e->size));
	}
	return finish(e);
}

static bool run_mov_imm(struct emu *e)
{
	u64 imm;

	if (!emu_decode_modrm(e) || emu_modrm_ext(e) || !emu_fetch_imm(e, &imm))
		return false;
	emu_set_rm(e, e->size, imm);
	return finish(e);
}

/* b0 to bf, the only place of an immediate of 8 bytes. */
static bool run_mov_reg_imm(struct emu *e, u8 opcode)
{
	unsigned int num = emu_opcode_reg(e, opcode);
	u64 imm;

	if (!emu_fetch(e, e->size, &imm))
		return false;
	emu_set_reg(e, num, e->size, imm);
	return finish(e);
}

static bool run_lea(struct emu *e)
{
	if (!emu_decode_modrm(e) || !emu_is_memory(e))
		return false;
	emu_set_reg(e, emu_modrm_reg(e), e->size, emu_memory_addr(e));
	return finish(e);
}

/* movzx, movsx, movsxd: from @from bytes to the operand size. */
static bool run_mov_extend(struct emu *e, unsigned int from, bool sign)
{
	u64 val;

	if (!emu_decode_modrm(e) || !emu_get_rm(e, from, &val))
		return false;
	if (sign)
		val = emu_sign_extend(val, from);
	emu_set_reg(e, emu_modrm_reg(e), e->size, val);
	return finish(e);
}

/* The operand is read, and a 32-bit register cleared above, in any case. */
static bool run_cmov(struct emu *e, u8 opcode)
{
	u64 val;

	if (!emu_decode_modrm(e) || !emu_get_rm(e, e->size, &val))
		return false;
	if (!condition(e, opcode))
		val = emu_get_reg(e, emu_modrm_reg(e), e->size);
	emu_set_reg(e, emu_modrm_reg(e), e->size, val);
	return finish(e);
}

static bool run_setcc(struct emu *e, u8 opcode)
{
	if (!emu_decode_modrm(e))
		return false;
	emu_set_rm(e, 1, condition(e, opcode));
	return finish(e);
}

static bool run_push_reg(struct emu *e, u8 opcode)
{
	if (!is_plain(e))
		return false;
	emu_push(e, e->r.gpr[emu_opcode_reg(e, opcode)]);
	return finish(e);
}

static bool run_pop_reg(struct emu *e, u8 opcode)
{
	u64 val;

	if (!is_plain(e) || !emu_pop(e, &val))
		return false;
	e->r.gpr[emu_opcode_reg(e, opcode)] = val;
	return finish(e);
}

static bool run_push_imm(struct emu *e, unsigned int size)
{
	u64 imm;

	if (!is_plain(e) || !emu_fetch_signed(e, size, &imm))
		return false;
	emu_push(e, imm);
	return finish(e);
}

static bool run_leave(struct emu *e)
{
	u64 val;

	e->r.gpr[EMULATE_RSP] = e->r.gpr[EMULATE_RBP];
	if (!is_plain(e) || !emu_pop(e, &val))
		return false;
	e->r.gpr[EMULATE_RBP] = val;
	return finish(e);
}

/* 98: the lower half of rax extended; 99: its sign all over rdx. */
static bool run_convert(struct emu *e, u8 opcode)
{
	u64 rax = emu_get_reg(e, EMULATE_RAX, e->size);

	if (opcode == 0x98)
		emu_set_reg(e, EMULATE_RAX, e->size,
			    emu_sign_extend(rax, e->size / 2));
	else
		emu_set_reg(e, EMULATE_RDX, e->size,
			    emu_is_negative(rax, e->size) ? U64_MAX : 0);
	return finish(e);
}

/* 90 is a nop only for rax: with REX.B it exchanges r8 and rax. */
static bool run_nop(struct emu *e)
{
	if (e->rex & REX_B)
		return false;
	return finish(e);
}

static bool run_long_nop(struct emu *e)
{
	if (!emu_decode_modrm(e) || emu_modrm_ext(e))
		return false;
	return finish(e);
}

/* f3 0f 1e fa and fb. */
static bool run_endbr(struct emu *e)
{
	u8 modrm;

	if (e->rep != 0xf3 || e->opsize || e->segment ||
	    !emu_fetch_byte(e, &modrm) || (modrm != 0xfa && modrm != 0xfb))
		return false;
	return finish(e);
}

/* Decoding */

/* True when @byte was a prefix. */
static bool take_prefix(struct emu *e, u8 byte)
{
	switch (byte) {
	case 0x66:
		e->opsize = true;
		return true;
	case 0xf2:
	case 0xf3:
		e->rep = byte;
		return true;
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64:
	case 0x65:
		e->segment = true;
		return true;
	default:
		return false;
	}
}

/* REX is one only right before the opcode; LOCK and 67 are no opcodes here. */
static bool take_prefixes(struct emu *e, u8 *opcode)
{
	do {
		if (!emu_fetch_byte(e, opcode))
			return false;
	} while (take_prefix(e, *opcode));

	if ((*opcode & 0xf0) == 0x40) {
		e->rex = *opcode;
		if (!emu_fetch_byte(e, opcode))
			return false;
	}
	return true;
}

/*
 * Repeat prefixes are known on endbr, pause and ret; segments do not matter
 * where no memory is touched. Everything else with one is the CPU's.
 */
static bool prefixes_allowed(const struct emu *e, u8 opcode, u8 second)
{
	bool two_byte = opcode == 0x0f;

	if (e->rep && opcode != 0xc3 && opcode != 0x90 &&
	    !(two_byte && second == 0x1e))
		return false;
	if (e->segment && opcode != 0x90 && !(two_byte && second == 0x1f))
		return false;
	return true;
}

/* Opcodes whose lowest bit tells bytes from larger operands. */
static void set_size(struct emu *e, bool is_byte)
{
	if (is_byte)
		e->size = 1;
	else if (e->rex & REX_W)
		e->size = 8;
	else
		e->size = e->opsize ? 2 : 4;
}

static bool run_two_byte(struct emu *e, u8 opcode)
{
	set_size(e, false);
	switch (opcode) {
	case 0x1e:
		return run_endbr(e);
	case 0x1f:
		return run_long_nop(e);
	case 0x40 ... 0x4f:
		return run_cmov(e, opcode);
	case 0x80 ... 0x8f:
		return run_jcc(e, opcode, 4);
	case 0x90 ... 0x9f:
		return run_setcc(e, opcode);
	case 0xb6:
		return run_mov_extend(e, 1, false);
	case 0xb7:
		return run_mov_extend(e, 2, false);
	case 0xbe:
		return run_mov_extend(e, 1, true);
	case 0xbf:
		return run_mov_extend(e, 2, true);
	default:
		return false;
	}
}

static bool run_one_byte(struct emu *e, u8 opcode)
{
	set_size(e, !(opcode & 1));
	switch (opcode) {
	case 0x00 ... 0x3f:
		return (opcode & 7) < 6 && run_alu(e, opcode);
	case 0x50 ... 0x57:
		return run_push_reg(e, opcode);
	case 0x58 ... 0x5f:
		return run_pop_reg(e, opcode);
	case 0x63:
		return is_plain(e) && run_mov_extend(e, 4, true);
	case 0x68:
		return run_push_imm(e, 4);
	case 0x6a:
		return run_push_imm(e, 1);
	case 0x70 ... 0x7f:
		return run_jcc(e, opcode, 1);
	case 0x80:
	case 0x81:
	case 0x83:
		return run_alu_imm(e, opcode);
	case 0x84:
	case 0x85:
		return run_test(e);
	case 0x88 ... 0x8b:
		return run_mov(e, opcode);
	case 0x8d:
		return run_lea(e);
	case 0x90:
		return run_nop(e);
	case 0x98:
	case 0x99:
		set_size(e, false);
		return run_convert(e, opcode);
	case 0xa8:
	case 0xa9:
		return run_test_rax(e);
	case 0xb0 ... 0xbf:
		set_size(e, opcode < 0xb8);
		return run_mov_reg_imm(e, opcode);
	case 0xc2:
		return run_ret(e, 2);
	case 0xc3:
		return run_ret(e, 0);
	case 0xc6:
	case 0xc7:
		return run_mov_imm(e);
	case 0xc9:
		return run_leave(e);
	case 0xe8:
		return run_branch(e, 4, true);
	case 0xe9:
		return run_branch(e, 4, false);
	case 0xeb:
		return run_branch(e, 1, false);
	case 0xf6:
	case 0xf7:
		return run_group3(e);
	case 0xfe:
	case 0xff:
		return run_group5(e, opcode);
	default:
		return false;
	}
}

static bool run(struct emu *e)
{
	u8 opcode, second = 0;

	if (!take_prefixes(e, &opcode))
		return false;
	if (opcode == 0x0f && !emu_fetch_byte(e, &second))
		return false;
	if (!prefixes_allowed(e, opcode, second))
		return false;
	return opcode == 0x0f ? run_two_byte(e, second) :
				run_one_byte(e, opcode);
}

bool emulate_x86(struct emulate_regs *regs, const u8 *insn, size_t len,
		 u32 mode, const struct emulate_ops *ops, void *ctx)
{
	struct emu e = {
		.r = *regs,
		.ops = ops,
		.ctx = ctx,
		.mode = mode,
		.insn = insn,
		.len = len < EMULATE_MAX_INSN ? len : EMULATE_MAX_INSN,
	};

	if (regs->flags & (FLAG_TF | FLAG_AC) || !run(&e))
		return false;
	if (e.writes &&
	    ops->write(ctx, e.write_addr, &e.write_val, e.write_size))
		return false;
	e.r.flags &= ~FLAG_RF;
	*regs = e.r;
	return true;
}
