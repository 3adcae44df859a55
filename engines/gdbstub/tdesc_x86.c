// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of x86 as GDB knows them.
 *
 * One table of rows per width is the only description there is: numbers,
 * offsets, target.xml and the way to the bytes are all derived from it. Names,
 * types and order are those of GDB's standard features org.gnu.gdb.i386.*.
 */
#include "tdesc_x86.h"

enum feature {
	IN_CORE,
	IN_SSE,
	IN_LINUX,
	IN_SEGMENTS,
	IN_AVX,
	IN_AVX512,
	IN_PKEYS,
	NR_FEATURES,
};

/**
 * struct row - one register, or several of a kind in a row
 * @name: '#' in it stands for the index
 * @type: GDB's type
 * @group: GDB's register group, or NULL
 * @feature: where target.xml has it
 * @first: index of the first
 * @count: how many
 * @size: bytes in the g packet
 * @where: enum tdesc_where
 * @xcomp: enum tdesc_xcomp, with TDESC_XSAVE
 * @how: enum tdesc_how
 * @src_size: bytes in the buffer; 0: as many as in the g packet
 * @src_offset: of the first; from the beginning of the general regset, of the
 *	XSAVE area (x87 and SSE) or of the component
 * @src_stride: from one to the next
 */
struct row {
	const char *name;
	const char *type;
	const char *group;
	u8 feature;
	u8 first;
	u8 count;
	u8 size;
	u8 where;
	u8 xcomp;
	u8 how;
	u8 src_size;
	u16 src_offset;
	u16 src_stride;
};

#define GENERAL(feature_, name_, type_, size_, src_size_, src_offset_)         \
	{                                                                      \
		.name = name_, .type = type_, .feature = feature_, .count = 1, \
		.size = size_, .where = TDESC_GENERAL, .src_size = src_size_,  \
		.src_offset = src_offset_,                                     \
	}

#define GREG64(name_, type_, src_offset_) \
	GENERAL(IN_CORE, name_, type_, 8, 8, src_offset_)
#define SEG64(name_, src_offset_) \
	GENERAL(IN_CORE, name_, "int32", 4, 8, src_offset_)
#define GREG32(name_, type_, src_offset_) \
	GENERAL(IN_CORE, name_, type_, 4, 4, src_offset_)

/* A 32-bit x87 control register; how it lies in the FXSAVE area differs. */
#define X87_CTL(name_, how_, src_size_, src_offset_)                   \
	{                                                              \
		.name = name_, .type = "int", .group = "float",        \
		.feature = IN_CORE, .count = 1, .size = 4,             \
		.where = TDESC_XSAVE, .xcomp = TDESC_X87, .how = how_, \
		.src_size = src_size_, .src_offset = src_offset_,      \
	}

#define VECTOR(feature_, name_, type_, first_, count_, size_, xcomp_, \
	       src_offset_, src_stride_)                              \
	{                                                             \
		.name = name_, .type = type_, .feature = feature_,    \
		.first = first_, .count = count_, .size = size_,      \
		.where = TDESC_XSAVE, .xcomp = xcomp_,                \
		.src_offset = src_offset_, .src_stride = src_stride_, \
	}

#define MXCSR                                                             \
	{                                                                 \
		.name = "mxcsr", .type = "i386_mxcsr", .group = "vector", \
		.feature = IN_SSE, .count = 1, .size = 4,                 \
		.where = TDESC_XSAVE, .xcomp = TDESC_SSE, .src_size = 4,  \
		.src_offset = TDESC_FX_MXCSR,                             \
	}

#define PKRU_ROW VECTOR(IN_PKEYS, "pkru", "uint32", 0, 1, 4, TDESC_PKRU, 0, 0)

/*
 * General registers: offsets in struct user_regs_struct. In 64-bit mode the CPU
 * keeps the whole of FIP and FDP, and gdb shows their upper halves as fiseg and
 * foseg.
 */
static const struct row rows_64bit[] = {
	GREG64("rax", "int64", 80),
	GREG64("rbx", "int64", 40),
	GREG64("rcx", "int64", 88),
	GREG64("rdx", "int64", 96),
	GREG64("rsi", "int64", 104),
	GREG64("rdi", "int64", 112),
	GREG64("rbp", "data_ptr", 32),
	GREG64("rsp", "data_ptr", 152),
	GREG64("r8", "int64", 72),
	GREG64("r9", "int64", 64),
	GREG64("r10", "int64", 56),
	GREG64("r11", "int64", 48),
	GREG64("r12", "int64", 24),
	GREG64("r13", "int64", 16),
	GREG64("r14", "int64", 8),
	GREG64("r15", "int64", 0),
	GREG64("rip", "code_ptr", 128),
	GENERAL(IN_CORE, "eflags", "i386_eflags", 4, 8, 144),
	SEG64("cs", 136),
	SEG64("ss", 160),
	SEG64("ds", 184),
	SEG64("es", 192),
	SEG64("fs", 200),
	SEG64("gs", 208),
	VECTOR(IN_CORE, "st#", "i387_ext", 0, 8, 10, TDESC_X87, TDESC_FX_ST,
	       16),
	X87_CTL("fctrl", TDESC_COPY, 2, TDESC_FX_FCW),
	X87_CTL("fstat", TDESC_COPY, 2, TDESC_FX_FSW),
	X87_CTL("ftag", TDESC_FTAG, 1, TDESC_FX_FTW),
	X87_CTL("fiseg", TDESC_COPY, 4, TDESC_FX_FCS),
	X87_CTL("fioff", TDESC_COPY, 4, TDESC_FX_FIP),
	X87_CTL("foseg", TDESC_COPY, 4, TDESC_FX_FDS),
	X87_CTL("fooff", TDESC_COPY, 4, TDESC_FX_FDP),
	X87_CTL("fop", TDESC_FOP, 2, TDESC_FX_FOP),
	VECTOR(IN_SSE, "xmm#", "vec128", 0, 16, 16, TDESC_SSE, TDESC_FX_XMM,
	       16),
	MXCSR,
	GENERAL(IN_LINUX, "orig_rax", "int", 8, 8, 120),
	GENERAL(IN_SEGMENTS, "fs_base", "int", 8, 8, 168),
	GENERAL(IN_SEGMENTS, "gs_base", "int", 8, 8, 176),
	VECTOR(IN_AVX, "ymm#h", "uint128", 0, 16, 16, TDESC_YMM, 0, 16),
	VECTOR(IN_AVX512, "xmm#", "vec128", 16, 16, 16, TDESC_HI16_ZMM, 0, 64),
	VECTOR(IN_AVX512, "ymm#h", "uint128", 16, 16, 16, TDESC_HI16_ZMM, 16,
	       64),
	VECTOR(IN_AVX512, "k#", "uint64", 0, 8, 8, TDESC_OPMASK, 0, 8),
	VECTOR(IN_AVX512, "zmm#h", "v2ui128", 0, 16, 32, TDESC_ZMM_HI256, 0,
	       32),
	VECTOR(IN_AVX512, "zmm#h", "v2ui128", 16, 16, 32, TDESC_HI16_ZMM, 32,
	       64),
	PKRU_ROW,
};

/* Offsets in struct user_regs_struct32; x87 segments have 16 bits. */
static const struct row rows_32bit[] = {
	GREG32("eax", "int32", 24),
	GREG32("ecx", "int32", 4),
	GREG32("edx", "int32", 8),
	GREG32("ebx", "int32", 0),
	GREG32("esp", "data_ptr", 60),
	GREG32("ebp", "data_ptr", 20),
	GREG32("esi", "int32", 12),
	GREG32("edi", "int32", 16),
	GREG32("eip", "code_ptr", 48),
	GREG32("eflags", "i386_eflags", 56),
	GREG32("cs", "int32", 52),
	GREG32("ss", "int32", 64),
	GREG32("ds", "int32", 28),
	GREG32("es", "int32", 32),
	GREG32("fs", "int32", 36),
	GREG32("gs", "int32", 40),
	VECTOR(IN_CORE, "st#", "i387_ext", 0, 8, 10, TDESC_X87, TDESC_FX_ST,
	       16),
	X87_CTL("fctrl", TDESC_COPY, 2, TDESC_FX_FCW),
	X87_CTL("fstat", TDESC_COPY, 2, TDESC_FX_FSW),
	X87_CTL("ftag", TDESC_FTAG, 1, TDESC_FX_FTW),
	X87_CTL("fiseg", TDESC_COPY, 2, TDESC_FX_FCS),
	X87_CTL("fioff", TDESC_COPY, 4, TDESC_FX_FIP),
	X87_CTL("foseg", TDESC_COPY, 2, TDESC_FX_FDS),
	X87_CTL("fooff", TDESC_COPY, 4, TDESC_FX_FDP),
	X87_CTL("fop", TDESC_FOP, 2, TDESC_FX_FOP),
	VECTOR(IN_SSE, "xmm#", "vec128", 0, 8, 16, TDESC_SSE, TDESC_FX_XMM, 16),
	MXCSR,
	GENERAL(IN_LINUX, "orig_eax", "int", 4, 4, 44),
	VECTOR(IN_AVX, "ymm#h", "uint128", 0, 8, 16, TDESC_YMM, 0, 16),
	VECTOR(IN_AVX512, "k#", "uint64", 0, 8, 8, TDESC_OPMASK, 0, 8),
	VECTOR(IN_AVX512, "zmm#h", "v2ui128", 0, 8, 32, TDESC_ZMM_HI256, 0, 32),
	PKRU_ROW,
};

/* Which bit of the mask a feature depends on; 0: always there. */
static const u32 feature_needs[NR_FEATURES] = {
	[IN_SEGMENTS] = TDESC_X86_SEGMENTS,
	[IN_AVX] = TDESC_X86_AVX,
	[IN_AVX512] = TDESC_X86_AVX512,
	[IN_PKEYS] = TDESC_X86_PKRU,
};

static const struct row *get_rows(bool is_64bit, size_t *nr)
{
	if (is_64bit) {
		*nr = ARRAY_SIZE(rows_64bit);
		return rows_64bit;
	}
	*nr = ARRAY_SIZE(rows_32bit);
	return rows_32bit;
}

static bool row_shown(const struct row *row, u32 features)
{
	return !(feature_needs[row->feature] & ~features);
}

u32 tdesc_x86_features(u64 xcr0, bool is_64bit)
{
	const u64 avx = 1 << TDESC_YMM;
	const u64 avx512 = avx | 1 << TDESC_OPMASK | 1 << TDESC_ZMM_HI256 |
			   1 << TDESC_HI16_ZMM;
	u32 features = is_64bit ? TDESC_X86_SEGMENTS : 0;

	if ((xcr0 & avx) == avx)
		features |= TDESC_X86_AVX;
	if ((xcr0 & avx512) == avx512)
		features |= TDESC_X86_AVX512;
	if (xcr0 & 1 << TDESC_PKRU)
		features |= TDESC_X86_PKRU;
	return features;
}

/* Writes @name with '#' replaced by @index; returns its length. */
static size_t make_name(char *out, const char *name, unsigned int index)
{
	char *at = out;

	for (; *name; name++) {
		if (*name != '#') {
			*at++ = *name;
			continue;
		}
		if (index >= 10)
			*at++ = '0' + index / 10;
		*at++ = '0' + index % 10;
	}
	*at = '\0';
	return at - out;
}

static void add_reg(struct tdesc_x86 *tdesc, const struct row *row,
		    unsigned int i)
{
	struct tdesc_reg *reg = &tdesc->reg[tdesc->nr_regs];

	make_name(reg->name, row->name, row->first + i);
	reg->num = tdesc->nr_regs++;
	reg->size = row->size;
	reg->offset = tdesc->g_size;
	reg->where = row->where;
	reg->xcomp = row->xcomp;
	reg->how = row->how;
	reg->src_size = row->src_size ? row->src_size : row->size;
	reg->src_offset = row->src_offset + i * row->src_stride;
	tdesc->g_size += row->size;
}

void tdesc_x86_init(struct tdesc_x86 *tdesc, bool is_64bit, u32 features)
{
	const struct row *rows;
	unsigned int i;
	size_t nr, r;

	if (!is_64bit)
		features &= ~TDESC_X86_SEGMENTS;
	memset(tdesc, 0, sizeof(*tdesc));
	tdesc->is_64bit = is_64bit;
	tdesc->features = features;
	rows = get_rows(is_64bit, &nr);
	for (r = 0; r < nr; r++) {
		if (!row_shown(&rows[r], features))
			continue;
		for (i = 0; i < rows[r].count; i++)
			add_reg(tdesc, &rows[r], i);
	}
}

const struct tdesc_reg *tdesc_find(const struct tdesc_x86 *tdesc, u64 num)
{
	return num < tdesc->nr_regs ? &tdesc->reg[num] : NULL;
}

struct tdesc_expedited tdesc_expedited(const struct tdesc_x86 *tdesc)
{
	static const struct tdesc_expedited amd64 = { 6, 7, 16 };
	static const struct tdesc_expedited i386 = { 5, 4, 8 };

	return tdesc->is_64bit ? amd64 : i386;
}

/* target.xml */

static const char xml_eflags[] =
	"<flags id=\"i386_eflags\" size=\"4\">\n"
	"<field name=\"CF\" start=\"0\" end=\"0\"/>\n"
	"<field name=\"\" start=\"1\" end=\"1\"/>\n"
	"<field name=\"PF\" start=\"2\" end=\"2\"/>\n"
	"<field name=\"AF\" start=\"4\" end=\"4\"/>\n"
	"<field name=\"ZF\" start=\"6\" end=\"6\"/>\n"
	"<field name=\"SF\" start=\"7\" end=\"7\"/>\n"
	"<field name=\"TF\" start=\"8\" end=\"8\"/>\n"
	"<field name=\"IF\" start=\"9\" end=\"9\"/>\n"
	"<field name=\"DF\" start=\"10\" end=\"10\"/>\n"
	"<field name=\"OF\" start=\"11\" end=\"11\"/>\n"
	"<field name=\"NT\" start=\"14\" end=\"14\"/>\n"
	"<field name=\"RF\" start=\"16\" end=\"16\"/>\n"
	"<field name=\"VM\" start=\"17\" end=\"17\"/>\n"
	"<field name=\"AC\" start=\"18\" end=\"18\"/>\n"
	"<field name=\"VIF\" start=\"19\" end=\"19\"/>\n"
	"<field name=\"VIP\" start=\"20\" end=\"20\"/>\n"
	"<field name=\"ID\" start=\"21\" end=\"21\"/>\n"
	"</flags>\n";

static const char xml_vec128[] =
	"<vector id=\"v8bf16\" type=\"bfloat16\" count=\"8\"/>\n"
	"<vector id=\"v8h\" type=\"ieee_half\" count=\"8\"/>\n"
	"<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>\n"
	"<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>\n"
	"<vector id=\"v16i8\" type=\"int8\" count=\"16\"/>\n"
	"<vector id=\"v8i16\" type=\"int16\" count=\"8\"/>\n"
	"<vector id=\"v4i32\" type=\"int32\" count=\"4\"/>\n"
	"<vector id=\"v2i64\" type=\"int64\" count=\"2\"/>\n"
	"<union id=\"vec128\">\n"
	"<field name=\"v8_bfloat16\" type=\"v8bf16\"/>\n"
	"<field name=\"v8_half\" type=\"v8h\"/>\n"
	"<field name=\"v4_float\" type=\"v4f\"/>\n"
	"<field name=\"v2_double\" type=\"v2d\"/>\n"
	"<field name=\"v16_int8\" type=\"v16i8\"/>\n"
	"<field name=\"v8_int16\" type=\"v8i16\"/>\n"
	"<field name=\"v4_int32\" type=\"v4i32\"/>\n"
	"<field name=\"v2_int64\" type=\"v2i64\"/>\n"
	"<field name=\"uint128\" type=\"uint128\"/>\n"
	"</union>\n";

static const char xml_mxcsr[] = "<flags id=\"i386_mxcsr\" size=\"4\">\n"
				"<field name=\"IE\" start=\"0\" end=\"0\"/>\n"
				"<field name=\"DE\" start=\"1\" end=\"1\"/>\n"
				"<field name=\"ZE\" start=\"2\" end=\"2\"/>\n"
				"<field name=\"OE\" start=\"3\" end=\"3\"/>\n"
				"<field name=\"UE\" start=\"4\" end=\"4\"/>\n"
				"<field name=\"PE\" start=\"5\" end=\"5\"/>\n"
				"<field name=\"DAZ\" start=\"6\" end=\"6\"/>\n"
				"<field name=\"IM\" start=\"7\" end=\"7\"/>\n"
				"<field name=\"DM\" start=\"8\" end=\"8\"/>\n"
				"<field name=\"ZM\" start=\"9\" end=\"9\"/>\n"
				"<field name=\"OM\" start=\"10\" end=\"10\"/>\n"
				"<field name=\"UM\" start=\"11\" end=\"11\"/>\n"
				"<field name=\"PM\" start=\"12\" end=\"12\"/>\n"
				"<field name=\"FZ\" start=\"15\" end=\"15\"/>\n"
				"</flags>\n";

static const char xml_v2ui128[] =
	"<vector id=\"v2ui128\" type=\"uint128\" count=\"2\"/>\n";

/**
 * struct feature_xml - a feature as target.xml has it
 * @name: behind "org.gnu.gdb.i386."
 * @types: what its registers' types need, up to two pieces
 */
struct feature_xml {
	const char *name;
	const char *types[2];
};

static const struct feature_xml feature_xml[NR_FEATURES] = {
	[IN_CORE] = { "core", { xml_eflags } },
	[IN_SSE] = { "sse", { xml_vec128, xml_mxcsr } },
	[IN_LINUX] = { "linux", { NULL } },
	[IN_SEGMENTS] = { "segments", { NULL } },
	[IN_AVX] = { "avx", { NULL } },
	[IN_AVX512] = { "avx512", { xml_vec128, xml_v2ui128 } },
	[IN_PKEYS] = { "pkeys", { NULL } },
};

struct writer {
	char *buf;
	size_t size;
	size_t len;
};

static void put_str(struct writer *w, const char *str)
{
	for (; str && *str; str++) {
		if (w->len < w->size)
			w->buf[w->len] = *str;
		w->len++;
	}
}

static void put_num(struct writer *w, unsigned int num)
{
	char digits[12];
	char *at = digits + sizeof(digits);

	*--at = '\0';
	do {
		*--at = '0' + num % 10;
		num /= 10;
	} while (num);
	put_str(w, at);
}

static void put_reg(struct writer *w, const struct row *row,
		    const struct tdesc_reg *reg)
{
	put_str(w, "<reg name=\"");
	put_str(w, reg->name);
	put_str(w, "\" bitsize=\"");
	put_num(w, reg->size * 8);
	put_str(w, "\" type=\"");
	put_str(w, row->type);
	put_str(w, "\" regnum=\"");
	put_num(w, reg->num);
	if (row->group) {
		put_str(w, "\" group=\"");
		put_str(w, row->group);
	}
	put_str(w, "\"/>\n");
}

static void put_feature_head(struct writer *w, const struct tdesc_x86 *tdesc,
			     int feature)
{
	const struct feature_xml *xml = &feature_xml[feature];

	put_str(w, "<feature name=\"org.gnu.gdb.i386.");
	put_str(w, xml->name);
	put_str(w, "\">\n");
	/* xmm16 to xmm31 are what AVX-512 needs vec128 for. */
	if (feature != IN_AVX512 || tdesc->is_64bit)
		put_str(w, xml->types[0]);
	put_str(w, xml->types[1]);
}

static void put_features(struct writer *w, const struct tdesc_x86 *tdesc)
{
	int feature = -1;
	unsigned int num = 0, i;
	size_t nr, r;
	const struct row *rows = get_rows(tdesc->is_64bit, &nr);

	for (r = 0; r < nr; r++) {
		if (!row_shown(&rows[r], tdesc->features))
			continue;
		if (feature != rows[r].feature) {
			if (feature >= 0)
				put_str(w, "</feature>\n");
			feature = rows[r].feature;
			put_feature_head(w, tdesc, feature);
		}
		for (i = 0; i < rows[r].count; i++)
			put_reg(w, &rows[r], &tdesc->reg[num++]);
	}
	put_str(w, "</feature>\n");
}

size_t tdesc_x86_xml(const struct tdesc_x86 *tdesc, char *buf, size_t size)
{
	struct writer w = { buf, size, 0 };

	put_str(&w, "<?xml version=\"1.0\"?>\n"
		    "<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
		    "<target>\n<architecture>");
	put_str(&w, tdesc->is_64bit ? "i386:x86-64" : "i386");
	put_str(&w, "</architecture>\n<osabi>GNU/Linux</osabi>\n");
	put_features(&w, tdesc);
	put_str(&w, "</target>\n");
	return w.len;
}
