// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lengths of x86-64 instructions, and which of them can be moved.
 *
 * Two maps have a letter for each opcode, sixteen in a row. What has none is
 * bound to its place; so is everything that a newer processor gives a meaning to.
 */
#include "insn_x86.h"

/*
 *	.	nothing follows		m	ModRM
 *	b	1 byte			n	ModRM, 1 byte
 *	z	2 or 4 bytes		y	ModRM, 2 or 4 bytes
 *	v	2, 4 or 8 bytes		e	3 bytes
 *	a	an address		g	ModRM, and bytes for test alone
 *	-	bound, or treated elsewhere
 */
static const char one_byte[16][17] = {
	"mmmmbz--mmmmbz--", "mmmmbz--mmmmbz--", "mmmmbz--mmmmbz--",
	"mmmmbz--mmmmbz--", "----------------", "................",
	"---m----zybn....", "----------------", "ny-nmmmmmmmmmmmm",
	"..........-..-..", "aaaa....bz......", "bbbbbbbbvvvvvvvv",
	"nn----nye.------", "mmmm---.mmmmmmmm", "----bbbb----....",
	"----..gg......mm",
};

static const char two_byte[16][17] = {
	"-mmm-------.-m--", "mmmmmmmmmmmmmmmm", "--------mmmmmmmm",
	"-.-.------------", "mmmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmmm",
	"mmmmmmmmmmmmmmmm", "nnnnmmm.----mmmm", "----------------",
	"mmmmmmmmmmmmmmmm", "...mnm--..-mnmmm", "mmmmmmmmm-nmmmmm",
	"mmnmnnnm........", "mmmmmmmmmmmmmmmm", "mmmmmmmmmmmmmmmm",
	"mmmmmmmmmmmmmmm-",
};

#define REX_W 8

/**
 * struct scan - an instruction on its way
 * @bytes: the instruction
 * @len: how many there are
 * @pos: how many were taken
 * @opsize: prefix 66
 * @addrsize: prefix 67
 * @wide: REX.W
 * @rip_relative: it has such an operand
 * @disp_at: where that is
 */
struct scan {
	const u8 *bytes;
	unsigned int len;
	unsigned int pos;
	bool opsize;
	bool addrsize;
	bool wide;
	bool rip_relative;
	unsigned int disp_at;
};

static bool take(struct scan *s, u8 *byte)
{
	if (s->pos >= s->len)
		return false;
	*byte = s->bytes[s->pos++];
	return true;
}

static bool skip(struct scan *s, unsigned int nr)
{
	s->pos += nr;
	return s->pos <= s->len;
}

static bool take_prefix(struct scan *s, u8 byte)
{
	switch (byte) {
	case 0x66:
		s->opsize = true;
		return true;
	case 0x67:
		s->addrsize = true;
		return true;
	case 0x26:
	case 0x2e:
	case 0x36:
	case 0x3e:
	case 0x64:
	case 0x65:
	case 0xf0:
	case 0xf2:
	case 0xf3:
		return true;
	default:
		return false;
	}
}

/* REX counts only right before the opcode; a prefix is no opcode here. */
static bool take_prefixes(struct scan *s, u8 *opcode)
{
	do {
		if (!take(s, opcode))
			return false;
	} while (take_prefix(s, *opcode));
	if ((*opcode & 0xf0) != 0x40)
		return true;
	s->wide = *opcode & REX_W;
	return take(s, opcode);
}

static bool take_modrm(struct scan *s, u8 *modrm)
{
	unsigned int disp = 0;
	u8 mod, sib;

	if (!take(s, modrm))
		return false;
	mod = *modrm >> 6;
	if (mod == 3)
		return true;
	if (mod == 1)
		disp = 1;
	else if (mod == 2)
		disp = 4;
	if ((*modrm & 7) == 4) {
		if (!take(s, &sib))
			return false;
		if (mod == 0 && (sib & 7) == 5)
			disp = 4;
	} else if (mod == 0 && (*modrm & 7) == 5) {
		disp = 4;
		s->rip_relative = true;
		s->disp_at = s->pos;
	}
	return skip(s, disp);
}

static unsigned int imm_size(const struct scan *s)
{
	return s->opsize && !s->wide ? 2 : 4;
}

/* Take what follows the opcode. *@modrm is set when there is one. */
static bool take_rest(struct scan *s, char letter, u8 *modrm)
{
	switch (letter) {
	case '.':
		return true;
	case 'b':
		return skip(s, 1);
	case 'e':
		return skip(s, 3);
	case 'z':
		return skip(s, imm_size(s));
	case 'v':
		return skip(s, s->wide ? 8 : imm_size(s));
	case 'a':
		return skip(s, s->addrsize ? 4 : 8);
	case 'm':
	case 'g':
		return take_modrm(s, modrm);
	case 'n':
		return take_modrm(s, modrm) && skip(s, 1);
	case 'y':
		return take_modrm(s, modrm) && skip(s, imm_size(s));
	default:
		return false;
	}
}

/* Members of a group that are not like the others. */
static bool take_group(struct scan *s, u8 opcode, u8 modrm)
{
	unsigned int ext = modrm >> 3 & 7;

	switch (opcode) {
	case 0x8f:
		return ext == 0;
	case 0xc7:
		return ext == 0;
	case 0xf6:
		return ext > 1 || skip(s, 1);
	case 0xf7:
		return ext > 1 || skip(s, imm_size(s));
	case 0xfe:
		return ext < 2;
	case 0xff:
		return ext < 2 || ext == 6;
	default:
		return true;
	}
}

/* 0f 01 with a register's encoding: those known to be harmless. */
static bool is_known_system(u8 modrm)
{
	switch (modrm) {
	case 0xd0: /* xgetbv */
	case 0xd5: /* xend */
	case 0xd6: /* xtest */
	case 0xee: /* rdpkru */
	case 0xef: /* wrpkru */
	case 0xf9: /* rdtscp */
		return true;
	default:
		return modrm < 0xc0;
	}
}

static enum insn_kind scan_two_byte(struct scan *s)
{
	u8 opcode, modrm = 0;

	if (!take(s, &opcode))
		return INSN_BOUND;
	switch (opcode) {
	case 0x05:
		return INSN_SYSCALL;
	case 0x38:
		return take(s, &opcode) && take_modrm(s, &modrm) ? INSN_PLAIN :
								   INSN_BOUND;
	case 0x3a:
		return take(s, &opcode) && take_modrm(s, &modrm) && skip(s, 1) ?
			       INSN_PLAIN :
			       INSN_BOUND;
	}
	if (!take_rest(s, two_byte[opcode >> 4][opcode & 15], &modrm))
		return INSN_BOUND;
	if (opcode == 0x01 && !is_known_system(modrm))
		return INSN_BOUND;
	return INSN_PLAIN;
}

/* Behind the bytes of VEX or EVEX. Both have their own numbers for the maps. */
static enum insn_kind scan_vector(struct scan *s, unsigned int map)
{
	bool has_imm = map == 3;
	u8 opcode, modrm;

	if (!take(s, &opcode))
		return INSN_BOUND;
	if (map == 1) {
		if (opcode == 0x77)
			return INSN_PLAIN;
		has_imm = two_byte[opcode >> 4][opcode & 15] == 'n';
	}
	if (!take_modrm(s, &modrm) || (has_imm && !skip(s, 1)))
		return INSN_BOUND;
	return INSN_PLAIN;
}

static enum insn_kind scan_vex(struct scan *s, u8 escape)
{
	unsigned int map = 1;
	u8 byte;

	if (!take(s, &byte))
		return INSN_BOUND;
	if (escape == 0xc4) {
		map = byte & 0x1f;
		if (!skip(s, 1))
			return INSN_BOUND;
	}
	return map >= 1 && map <= 3 ? scan_vector(s, map) : INSN_BOUND;
}

static enum insn_kind scan_evex(struct scan *s)
{
	unsigned int map;
	u8 byte;

	if (!take(s, &byte) || !skip(s, 2))
		return INSN_BOUND;
	map = byte & 0xf;
	return (map >= 1 && map <= 3) || map == 5 || map == 6 ?
		       scan_vector(s, map) :
		       INSN_BOUND;
}

static enum insn_kind scan_int(struct scan *s)
{
	u8 nr;

	if (!take(s, &nr))
		return INSN_BOUND;
	switch (nr) {
	case 0x80:
		return INSN_SYSCALL;
	case 3:
		return INSN_TRAP;
	default:
		return INSN_PLAIN;
	}
}

static enum insn_kind scan(struct scan *s)
{
	u8 opcode, modrm = 0;

	if (!take_prefixes(s, &opcode))
		return INSN_BOUND;
	switch (opcode) {
	case 0x0f:
		return scan_two_byte(s);
	case 0x62:
		return scan_evex(s);
	case 0xc4:
	case 0xc5:
		return scan_vex(s, opcode);
	case 0xcc:
	case 0xf1:
		return INSN_TRAP;
	case 0xcd:
		return scan_int(s);
	}
	if (!take_rest(s, one_byte[opcode >> 4][opcode & 15], &modrm) ||
	    !take_group(s, opcode, modrm))
		return INSN_BOUND;
	return INSN_PLAIN;
}

struct insn_x86 insn_x86_decode(const u8 *bytes, size_t len)
{
	struct scan s = {
		.bytes = bytes,
		.len = len < INSN_MAX ? len : INSN_MAX,
	};
	struct insn_x86 insn = { .kind = scan(&s) };

	/* With an address size of 32 bits the sum would wrap elsewhere. */
	if (s.rip_relative && s.addrsize)
		insn.kind = INSN_BOUND;
	if (insn.kind == INSN_BOUND)
		return insn;
	insn.len = s.pos;
	if (s.rip_relative)
		insn.disp_at = s.disp_at;
	return insn;
}

bool insn_x86_move(const struct insn_x86 *insn, u8 *bytes, u64 from, u64 to)
{
	u32 low = 0;
	s64 disp;
	int i;

	if (!insn->disp_at)
		return true;
	for (i = 0; i < 4; i++)
		low |= (u32)bytes[insn->disp_at + i] << 8 * i;
	disp = (s64)((u64)(s64)(s32)low + from - to);
	if (disp != (s32)disp)
		return false;
	for (i = 0; i < 4; i++)
		bytes[insn->disp_at + i] = (u64)disp >> 8 * i;
	return true;
}
