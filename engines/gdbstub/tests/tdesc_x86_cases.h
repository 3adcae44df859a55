/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of tdesc_x86.c and regs_convert_x86.c, for KUnit and user space. */
#ifndef GDBSTUB_TDESC_X86_CASES_H
#define GDBSTUB_TDESC_X86_CASES_H

#include "pure_check.h"
#include "../tdesc_x86.h"

#define TDESC_ALL \
	(TDESC_X86_SEGMENTS | TDESC_X86_AVX | TDESC_X86_AVX512 | TDESC_X86_PKRU)

/* As CPUID of a CPU with all of it says. */
static const struct tdesc_xsave tdesc_layout = {
	.size = 2696,
	.offset = {
		[TDESC_YMM] = 576,
		[TDESC_OPMASK] = 1088,
		[TDESC_ZMM_HI256] = 1152,
		[TDESC_HI16_ZMM] = 1664,
		[TDESC_PKRU] = 2688,
	},
};

#define TDESC_BV_ALL 0x2e7ULL

static struct tdesc_x86 tdesc;
static u8 tdesc_gregs[TDESC_GREGS64_SIZE];
static u8 tdesc_area[2696];
static u8 tdesc_g[4096];
static u8 tdesc_g2[4096];
static char tdesc_xml[20480];

static const struct tdesc_bufs tdesc_bufs = { tdesc_gregs, tdesc_area,
					      &tdesc_layout };

static void tdesc_set_bv(u64 bv)
{
	memcpy(tdesc_area + TDESC_XSAVE_BV, &bv, 8);
}

static u64 tdesc_get_bv(void)
{
	u64 bv;

	memcpy(&bv, tdesc_area + TDESC_XSAVE_BV, 8);
	return bv;
}

/* No two bytes near each other are the same, and none is zero. */
static void tdesc_fill(u64 bv)
{
	size_t i;

	for (i = 0; i < sizeof(tdesc_area); i++)
		tdesc_area[i] = 1 + i % 251;
	for (i = 0; i < sizeof(tdesc_gregs); i++)
		tdesc_gregs[i] = 1 + i % 241;
	tdesc_set_bv(bv);
}

static const struct tdesc_reg *tdesc_named(const char *name)
{
	unsigned int i;

	for (i = 0; i < tdesc.nr_regs; i++) {
		if (!strcmp(tdesc.reg[i].name, name))
			return &tdesc.reg[i];
	}
	return NULL;
}

static u64 tdesc_value(const char *name)
{
	const struct tdesc_reg *reg = tdesc_named(name);
	u64 val = 0;

	if (!reg)
		return 0xbadbadbad;
	tdesc_get_reg(reg, &tdesc_bufs, tdesc_g2);
	memcpy(&val, tdesc_g2, reg->size < 8 ? reg->size : 8);
	return val;
}

static u32 tdesc_set(const char *name, u64 val)
{
	u8 in[TDESC_MAX_REG_SIZE] = { 0 };

	memcpy(in, &val, 8);
	return tdesc_put_reg(tdesc_named(name), &tdesc_bufs, in);
}

/* Numbers and offsets that gdb 13 gives registers of the same description. */
static void tdesc_numbers_64bit(CHECK)
{
	static const struct {
		const char *name;
		u16 num;
		u16 size;
		u16 offset;
	} rows[] = {
		{ "rax", 0, 8, 0 },	     { "rbx", 1, 8, 8 },
		{ "rbp", 6, 8, 48 },	     { "rsp", 7, 8, 56 },
		{ "r15", 15, 8, 120 },	     { "rip", 16, 8, 128 },
		{ "eflags", 17, 4, 136 },    { "cs", 18, 4, 140 },
		{ "gs", 23, 4, 160 },	     { "st0", 24, 10, 164 },
		{ "st7", 31, 10, 234 },	     { "fctrl", 32, 4, 244 },
		{ "ftag", 34, 4, 252 },	     { "fop", 39, 4, 272 },
		{ "xmm0", 40, 16, 276 },     { "xmm15", 55, 16, 516 },
		{ "mxcsr", 56, 4, 532 },     { "orig_rax", 57, 8, 536 },
		{ "fs_base", 58, 8, 544 },   { "gs_base", 59, 8, 552 },
		{ "ymm0h", 60, 16, 560 },    { "ymm15h", 75, 16, 800 },
		{ "xmm16", 76, 16, 816 },    { "xmm31", 91, 16, 1056 },
		{ "ymm16h", 92, 16, 1072 },  { "ymm31h", 107, 16, 1312 },
		{ "k0", 108, 8, 1328 },	     { "k7", 115, 8, 1384 },
		{ "zmm0h", 116, 32, 1392 },  { "zmm15h", 131, 32, 1872 },
		{ "zmm16h", 132, 32, 1904 }, { "zmm31h", 147, 32, 2384 },
		{ "pkru", 148, 4, 2416 },
	};
	size_t i;

	tdesc_x86_init(&tdesc, true, TDESC_ALL);
	EXPECT_EQ(tdesc.nr_regs, TDESC_MAX_REGS);
	EXPECT_EQ(tdesc.g_size, 2420);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tdesc_reg *reg = tdesc_named(rows[i].name);

		EXPECT_MSG(reg && reg->num == rows[i].num, rows[i].name);
		if (!reg)
			continue;
		EXPECT_MSG(reg->size == rows[i].size, rows[i].name);
		EXPECT_MSG(reg->offset == rows[i].offset, rows[i].name);
		EXPECT_MSG(tdesc_find(&tdesc, reg->num) == reg, rows[i].name);
	}
	EXPECT(!tdesc_find(&tdesc, TDESC_MAX_REGS));
	EXPECT(!tdesc_find(&tdesc, U64_MAX));
	EXPECT_EQ(tdesc_expedited(&tdesc).fp, 6);
	EXPECT_EQ(tdesc_expedited(&tdesc).sp, 7);
	EXPECT_EQ(tdesc_expedited(&tdesc).pc, 16);
}

static void tdesc_numbers_32bit(CHECK)
{
	static const struct {
		const char *name;
		u16 num;
	} rows[] = {
		{ "eax", 0 },	 { "esp", 4 },	  { "ebp", 5 },
		{ "eip", 8 },	 { "eflags", 9 }, { "gs", 15 },
		{ "st0", 16 },	 { "fop", 31 },	  { "xmm0", 32 },
		{ "xmm7", 39 },	 { "mxcsr", 40 }, { "orig_eax", 41 },
		{ "ymm0h", 42 }, { "k0", 50 },	  { "zmm0h", 58 },
		{ "pkru", 66 },
	};
	size_t i;

	tdesc_x86_init(&tdesc, false, TDESC_ALL);
	EXPECT_EQ(tdesc.nr_regs, 67);
	EXPECT_EQ(tdesc.features, TDESC_ALL & ~TDESC_X86_SEGMENTS);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tdesc_reg *reg = tdesc_named(rows[i].name);

		EXPECT_MSG(reg && reg->num == rows[i].num, rows[i].name);
	}
	EXPECT(!tdesc_named("fs_base") && !tdesc_named("xmm8"));
	EXPECT_EQ(tdesc_expedited(&tdesc).pc, 8);
}

static void tdesc_leaves_out(CHECK)
{
	tdesc_x86_init(&tdesc, true, 0);
	EXPECT_EQ(tdesc.nr_regs, 58);
	tdesc_x86_init(&tdesc, true, TDESC_X86_SEGMENTS | TDESC_X86_PKRU);
	EXPECT_EQ(tdesc.nr_regs, 61);
	EXPECT_EQ(tdesc_named("pkru")->num, 60);
	tdesc_x86_init(&tdesc, false, 0);
	EXPECT_EQ(tdesc.nr_regs, 42);
}

static void tdesc_reads_xcr0(CHECK)
{
	EXPECT_EQ(tdesc_x86_features(3, true), TDESC_X86_SEGMENTS);
	EXPECT_EQ(tdesc_x86_features(3, false), 0);
	EXPECT_EQ(tdesc_x86_features(7, false), TDESC_X86_AVX);
	EXPECT_EQ(tdesc_x86_features(0xe7, false),
		  TDESC_X86_AVX | TDESC_X86_AVX512);
	EXPECT_EQ(tdesc_x86_features(0x67, false), TDESC_X86_AVX);
	EXPECT_EQ(tdesc_x86_features(0x207, false),
		  TDESC_X86_AVX | TDESC_X86_PKRU);
	EXPECT_EQ(tdesc_x86_features(TDESC_BV_ALL, true), TDESC_ALL);
}

/* The document is whole, and its size does not depend on the buffer's. */
static void tdesc_writes_xml(CHECK)
{
	static const char end[] = "</feature>\n</target>\n";
	size_t len, cut;

	tdesc_x86_init(&tdesc, true, TDESC_ALL);
	len = tdesc_x86_xml(&tdesc, NULL, 0);
	EXPECT(len > 4096 && len < sizeof(tdesc_xml));
	tdesc_xml[len] = 'x';
	EXPECT_EQ(tdesc_x86_xml(&tdesc, tdesc_xml, sizeof(tdesc_xml)), len);
	EXPECT_EQ(tdesc_xml[len], 'x');
	EXPECT(!memcmp(tdesc_xml + len - sizeof(end) + 1, end,
		       sizeof(end) - 1));
	tdesc_xml[len] = '\0';
	EXPECT(strstr(tdesc_xml, "<architecture>i386:x86-64</architecture>"));
	EXPECT(strstr(tdesc_xml, "\"fctrl\" bitsize=\"32\" type=\"int\""));
	EXPECT(strstr(tdesc_xml, "regnum=\"32\" group=\"float\"/>"));
	EXPECT(strstr(tdesc_xml, "\"zmm31h\" bitsize=\"256\" "));
	EXPECT(strstr(tdesc_xml, "type=\"v2ui128\" regnum=\"147\"/>"));
	for (cut = 0; cut < 200; cut += 33) {
		tdesc_xml[cut] = '\1';
		EXPECT_EQ(tdesc_x86_xml(&tdesc, tdesc_xml, cut), len);
		EXPECT_EQ(tdesc_xml[cut], '\1');
	}
}

/* Where the bytes of some registers are, spelled out. */
static void tdesc_finds_bytes(CHECK)
{
	static const struct {
		const char *name;
		bool general;
		u16 at;
		u8 size;
	} rows[] = {
		{ "rax", true, 80, 8 },	       { "rip", true, 128, 8 },
		{ "rsp", true, 152, 8 },       { "r15", true, 0, 8 },
		{ "eflags", true, 144, 4 },    { "cs", true, 136, 4 },
		{ "ds", true, 184, 4 },	       { "orig_rax", true, 120, 8 },
		{ "fs_base", true, 168, 8 },   { "gs_base", true, 176, 8 },
		{ "st0", false, 32, 10 },      { "st7", false, 144, 10 },
		{ "fioff", false, 8, 4 },      { "fiseg", false, 12, 4 },
		{ "fooff", false, 16, 4 },     { "foseg", false, 20, 4 },
		{ "mxcsr", false, 24, 4 },     { "xmm0", false, 160, 16 },
		{ "xmm15", false, 400, 16 },   { "ymm0h", false, 576, 16 },
		{ "ymm15h", false, 816, 16 },  { "k1", false, 1096, 8 },
		{ "zmm1h", false, 1184, 32 },  { "xmm17", false, 1728, 16 },
		{ "ymm17h", false, 1744, 16 }, { "zmm17h", false, 1760, 32 },
		{ "pkru", false, 2688, 4 },
	};
	size_t i;

	tdesc_x86_init(&tdesc, true, TDESC_ALL);
	tdesc_fill(TDESC_BV_ALL);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const u8 *from = rows[i].general ? tdesc_gregs : tdesc_area;

		tdesc_get_reg(tdesc_named(rows[i].name), &tdesc_bufs, tdesc_g);
		EXPECT_MSG(!memcmp(tdesc_g, from + rows[i].at, rows[i].size),
			   rows[i].name);
	}
}

static void tdesc_finds_bytes_32bit(CHECK)
{
	tdesc_x86_init(&tdesc, false, TDESC_ALL);
	tdesc_fill(TDESC_BV_ALL);
	memcpy(tdesc_area + TDESC_FX_FCS, "\x23\x00\x99\x99", 4);
	EXPECT_EQ(tdesc_value("ebx"), 0x04030201);
	EXPECT_EQ(tdesc_value("eax"), 0x1c1b1a19);
	EXPECT_EQ(tdesc_value("orig_eax"), 0x302f2e2d);
	EXPECT_EQ(tdesc_value("eip"), 0x34333231);
	EXPECT_EQ(tdesc_value("esp"), 0x403f3e3d);
	EXPECT_EQ(tdesc_value("ss"), 0x44434241);
	EXPECT_EQ(tdesc_value("fiseg"), 0x23);
}

/* All out, all in, all out: the same, and nothing counts as changed. */
static void tdesc_goes_round(CHECK)
{
	static u8 area[sizeof(tdesc_area)];
	bool is_64bit;
	int pass;
	size_t i;

	for (pass = 0; pass < 2; pass++) {
		/* 32-bit programs have none of zmm16 to zmm31. */
		u64 unused = pass ? 0 : 1 << TDESC_HI16_ZMM;

		is_64bit = pass;
		tdesc_x86_init(&tdesc, is_64bit, TDESC_ALL);
		tdesc_fill(TDESC_BV_ALL);
		/* The opcode has 11 bits. */
		tdesc_area[TDESC_FX_FOP + 1] = 0x05;
		tdesc_get_all(&tdesc, &tdesc_bufs, tdesc_g);
		memcpy(area, tdesc_area, sizeof(area));
		/* The unused halves of 64-bit containers. */
		for (i = 136; is_64bit && i < 216; i += 8) {
			if (i != 152 && i != 168 && i != 176)
				memset(tdesc_gregs + i + 4, 0, 4);
		}
		EXPECT_EQ(tdesc_put_all(&tdesc, &tdesc_bufs, tdesc_g), 0);

		memset(tdesc_gregs, 0, sizeof(tdesc_gregs));
		memset(tdesc_area, 0, sizeof(tdesc_area));
		EXPECT_EQ(tdesc_put_all(&tdesc, &tdesc_bufs, tdesc_g),
			  TDESC_DIRTY_GENERAL | TDESC_DIRTY_XSAVE);
		EXPECT_EQ(tdesc_get_bv(), TDESC_BV_ALL & ~unused);
		tdesc_get_all(&tdesc, &tdesc_bufs, tdesc_g2);
		EXPECT(!memcmp(tdesc_g, tdesc_g2, tdesc.g_size));
		for (i = 0; is_64bit && i < 10; i++)
			EXPECT(tdesc_area[TDESC_FX_ST + i] ==
			       area[TDESC_FX_ST + i]);
	}
}

static void tdesc_reads_initial_state(CHECK)
{
	tdesc_x86_init(&tdesc, true, TDESC_ALL);
	tdesc_fill(0);
	EXPECT_EQ(tdesc_value("fctrl"), 0x37f);
	EXPECT_EQ(tdesc_value("fstat"), 0);
	EXPECT_EQ(tdesc_value("ftag"), 0xffff);
	EXPECT_EQ(tdesc_value("st0"), 0);
	EXPECT_EQ(tdesc_value("fop"), 0);
	EXPECT_EQ(tdesc_value("mxcsr"), 0x1f80);
	EXPECT_EQ(tdesc_value("xmm3"), 0);
	EXPECT_EQ(tdesc_value("ymm3h"), 0);
	EXPECT_EQ(tdesc_value("k3"), 0);
	EXPECT_EQ(tdesc_value("zmm3h"), 0);
	EXPECT_EQ(tdesc_value("zmm20h"), 0);
	EXPECT_EQ(tdesc_value("pkru"), 0);
	EXPECT(tdesc_value("rax") != 0);

	/* MXCSR is valid with SSE or AVX; the others with their own bit. */
	tdesc_set_bv(1 << TDESC_YMM);
	EXPECT(tdesc_value("mxcsr") != 0x1f80);
	EXPECT_EQ(tdesc_value("xmm3"), 0);
	EXPECT(tdesc_value("ymm3h") != 0);
	tdesc_set_bv(1 << TDESC_SSE);
	EXPECT(tdesc_value("mxcsr") != 0x1f80);
	EXPECT(tdesc_value("xmm3") != 0);
	EXPECT_EQ(tdesc_value("fctrl"), 0x37f);
}

/* Writing one register makes the rest of its component what it read as. */
static void tdesc_leaves_initial_state(CHECK)
{
	static const struct {
		const char *name;
		u8 xcomp;
	} rows[] = {
		{ "st3", TDESC_X87 },	      { "fctrl", TDESC_X87 },
		{ "xmm3", TDESC_SSE },	      { "mxcsr", TDESC_SSE },
		{ "ymm3h", TDESC_YMM },	      { "k3", TDESC_OPMASK },
		{ "zmm3h", TDESC_ZMM_HI256 }, { "xmm16", TDESC_HI16_ZMM },
		{ "ymm31h", TDESC_HI16_ZMM }, { "zmm20h", TDESC_HI16_ZMM },
		{ "pkru", TDESC_PKRU },
	};
	size_t i, at;

	tdesc_x86_init(&tdesc, true, TDESC_ALL);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tdesc_reg *reg = tdesc_named(rows[i].name);

		tdesc_fill(0);
		tdesc_get_all(&tdesc, &tdesc_bufs, tdesc_g);
		EXPECT_EQ(tdesc_set(rows[i].name, tdesc_value(rows[i].name)),
			  0);
		EXPECT_EQ(tdesc_get_bv(), 0);
		EXPECT_EQ(tdesc_set(rows[i].name, 0x1234), TDESC_DIRTY_XSAVE);
		EXPECT_EQ(tdesc_get_bv(), BIT_ULL(rows[i].xcomp));
		EXPECT_EQ(tdesc_value(rows[i].name), 0x1234);
		tdesc_get_all(&tdesc, &tdesc_bufs, tdesc_g2);
		for (at = 0; at < tdesc.g_size; at++) {
			if (at - reg->offset < reg->size)
				continue;
			EXPECT_MSG(tdesc_g[at] == tdesc_g2[at], rows[i].name);
		}
	}
}

static void tdesc_converts_tags(CHECK)
{
	static const struct {
		u16 exponent;
		u64 mantissa;
		unsigned int tag;
	} rows[] = {
		{ 0, 0, 1 },
		{ 0x8000, 0, 1 },
		{ 0, 1, 2 },
		{ 0, BIT_ULL(63), 2 },
		{ 0x3fff, BIT_ULL(63), 0 },
		{ 0xbfff, ~0ULL, 0 },
		{ 0x3fff, BIT_ULL(62), 2 },
		{ 0x7fff, BIT_ULL(63), 2 },
		{ 0xffff, ~0ULL, 2 },
	};
	unsigned int top;
	size_t i;

	tdesc_x86_init(&tdesc, true, TDESC_ALL);
	for (top = 0; top < 8; top++) {
		/* Only ST(2), which is physical register top + 2. */
		unsigned int phys = (top + 2) & 7;

		for (i = 0; i < ARRAY_SIZE(rows); i++) {
			u32 want = 0xffff & ~(3 << 2 * phys);
			u8 *st2 = tdesc_area + TDESC_FX_ST + 32;

			tdesc_fill(1);
			tdesc_area[TDESC_FX_FSW + 1] = top << 3;
			tdesc_area[TDESC_FX_FTW] = 1 << phys;
			memcpy(st2, &rows[i].mantissa, 8);
			memcpy(st2 + 8, &rows[i].exponent, 2);
			want |= rows[i].tag << 2 * phys;
			EXPECT_EQ(tdesc_value("ftag"), want);
			EXPECT_EQ(tdesc_set("ftag", want), 0);
			EXPECT_EQ(tdesc_set("ftag", 0xffff), TDESC_DIRTY_XSAVE);
			EXPECT_EQ(tdesc_area[TDESC_FX_FTW], 0);
			EXPECT_EQ(tdesc_set("ftag", 0), TDESC_DIRTY_XSAVE);
			EXPECT_EQ(tdesc_area[TDESC_FX_FTW], 0xff);
		}
	}
	tdesc_set("fop", 0xffff);
	EXPECT_EQ(tdesc_value("fop"), 0x7ff);
}

/* A layout that lacks a component reads as initial and takes no write. */
static void tdesc_bears_missing_components(CHECK)
{
	static const struct tdesc_xsave layouts[] = {
		{ .size = 512 },
		{ .size = 576 },
		{ .size = 832, .offset = { [TDESC_YMM] = 576 } },
		{ .size = 600,
		  .offset = { [TDESC_YMM] = 576, [TDESC_PKRU] = 0xfffffff0 } },
	};
	static u8 area[sizeof(tdesc_area)];
	size_t i;

	tdesc_x86_init(&tdesc, true, TDESC_ALL);
	for (i = 0; i < ARRAY_SIZE(layouts); i++) {
		struct tdesc_bufs bufs = { tdesc_gregs, tdesc_area,
					   &layouts[i] };
		u32 size = layouts[i].size;

		tdesc_fill(TDESC_BV_ALL);
		memcpy(area, tdesc_area, sizeof(area));
		tdesc_get_all(&tdesc, &bufs, tdesc_g);
		tdesc_get_reg(tdesc_named("pkru"), &bufs, tdesc_g2);
		EXPECT(!tdesc_g2[0] && !tdesc_g2[3]);
		tdesc_get_reg(tdesc_named("xmm1"), &bufs, tdesc_g2);
		EXPECT(!memcmp(tdesc_g2, tdesc_area + 176, 16));
		memset(tdesc_g, 0x55, sizeof(tdesc_g));
		EXPECT_EQ(tdesc_put_reg(tdesc_named("pkru"), &bufs, tdesc_g),
			  0);
		tdesc_put_all(&tdesc, &bufs, tdesc_g);
		EXPECT(!memcmp(tdesc_area + size, area + size,
			       sizeof(area) - size));
	}
}

static CHECK_TABLE tdesc_x86_cases[] = {
	CASE(tdesc_numbers_64bit),
	CASE(tdesc_numbers_32bit),
	CASE(tdesc_leaves_out),
	CASE(tdesc_reads_xcr0),
	CASE(tdesc_writes_xml),
	CASE(tdesc_finds_bytes),
	CASE(tdesc_finds_bytes_32bit),
	CASE(tdesc_goes_round),
	CASE(tdesc_reads_initial_state),
	CASE(tdesc_leaves_initial_state),
	CASE(tdesc_converts_tags),
	CASE(tdesc_bears_missing_components),
	CASES_END,
};

#endif /* GDBSTUB_TDESC_X86_CASES_H */
