/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of proto.c, for KUnit and user space. */
#ifndef GDBSTUB_PROTO_CASES_H
#define GDBSTUB_PROTO_CASES_H

#include "pure_check.h"
#include "../proto.h"

static u8 proto_buf[256];
static struct proto_args proto_args;

/* Parsers decode in place, so each input is copied first. */
static size_t proto_load(const char *text)
{
	size_t len = strlen(text);

	memcpy(proto_buf, text, len);
	return len;
}

static struct proto_cursor proto_cursor(const char *text)
{
	struct proto_cursor c = { proto_buf, proto_buf + proto_load(text) };

	return c;
}

struct proto_test_row {
	struct proto_row row;
	int id;
};

static const struct proto_test_row proto_table[] = {
	{ { "q", "", PROTO_PREFIX }, 0 },
	{ { "qC", "", PROTO_EXACT }, 1 },
	{ { "qCRC:", "h,h", PROTO_PREFIX }, 2 },
	{ { "m", "h,h", PROTO_PREFIX }, 3 },
	{ { "vCont?", "", PROTO_EXACT }, 4 },
	{ { "vCont", NULL, PROTO_WORD }, 5 },
	{ { "vCtrlC", "", PROTO_EXACT }, 6 },
	{ { "qSupported", NULL, PROTO_WORD }, 7 },
	{ { "D", "[;p]", PROTO_WORD }, 8 },
	{ { "?", "", PROTO_EXACT }, 9 },
	{ { "qXfer:", NULL, PROTO_PREFIX }, 10 },
	{ { "qXfer:auxv:read:", "w:h,h", PROTO_PREFIX }, 11 },
};

static void proto_finds(CHECK)
{
	static const struct {
		const char *packet;
		int id;
	} rows[] = {
		{ "qC", 1 },
		{ "qCRC:1,2", 2 },
		{ "qCx", 0 },
		{ "qCRC", 0 },
		{ "q", 0 },
		{ "m1,2", 3 },
		{ "m", 3 },
		{ "M1,2", -1 },
		{ "vCont?", 4 },
		{ "vCont;c", 5 },
		{ "vCont", 5 },
		{ "vCont?x", 5 },
		{ "vContx", -1 },
		{ "vCtrlC", 6 },
		{ "vCtrlC;", -1 },
		{ "vC", -1 },
		{ "qSupported", 7 },
		{ "qSupported:a+", 7 },
		{ "qSupportedX", 0 },
		{ "D", 8 },
		{ "D;1", 8 },
		{ "D1", -1 },
		{ "?", 9 },
		{ "?x", -1 },
		{ "qXfer:auxv:read::0,1", 11 },
		{ "qXfer:auxv:write::0,1", 10 },
		{ "", -1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct proto_row *row;
		int id = -1;

		row = proto_find(&proto_table[0].row, ARRAY_SIZE(proto_table),
				 sizeof(proto_table[0]),
				 (const u8 *)rows[i].packet,
				 strlen(rows[i].packet));
		if (row)
			id = ((const struct proto_test_row *)row)->id;
		EXPECT_MSG(id == rows[i].id, rows[i].packet);
	}
}

/**
 * struct proto_vector - arguments and how they read
 * @schema: the schema
 * @in: the bytes
 * @result: what proto_parse() returns
 * @text: for each argument: - when missing, number or ids in hex, or the bytes
 */
struct proto_vector {
	const char *schema;
	const char *in;
	int result;
	const char *text;
};

static const struct proto_vector proto_vectors[] = {
	{ "", "", 0, "" },
	{ "", "x", -EINVAL, "" },
	{ "h,h", "1f,2", 0, "1f 2" },
	{ "h,h", "DEADbeef,0", 0, "deadbeef 0" },
	{ "h,h", "ffffffffffffffff,1", 0, "ffffffffffffffff 1" },
	{ "h,h", "0000000000000000000001,1", 0, "1 1" },
	{ "h,h", "10000000000000000,1", -ERANGE, "" },
	{ "h,h", ",1", -EINVAL, "" },
	{ "h,h", "1,", -EINVAL, "" },
	{ "h,h", "1", -EINVAL, "" },
	{ "h,h", "1;2", -EINVAL, "" },
	{ "h,h", "1,2,3", -EINVAL, "" },
	{ "h,h", "-1,2", -EINVAL, "" },
	{ "h,h", "0x1,2", -EINVAL, "" },
	{ "h,h", "", -EINVAL, "" },
	{ "h,h:b", "10,2:41f2", 0, "10 2 A\362" },
	{ "h,h:b", "10,2:", 0, "10 2 " },
	{ "h,h:b", "10,2:414", -EINVAL, "" },
	{ "h,h:b", "10,2:4g", -EINVAL, "" },
	{ "h,h:x", "10,2:4:,g", 0, "10 2 4:,g" },
	{ "h,h:x", "10,2:", 0, "10 2 " },
	{ "h,h[;x]", "10,1", 0, "10 1 -" },
	{ "h,h[;x]", "10,1;X1,27", 0, "10 1 X1,27" },
	{ "h,h[;x]", "10,1;", 0, "10 1 " },
	{ "h,h[;x]", "10,1:", -EINVAL, "" },
	{ "s[;h]", "5", 0, "5 -" },
	{ "s[;h]", "0f;400", 0, "f 400" },
	{ "s[;h]", "100", -ERANGE, "" },
	{ "s[;h]", "", -EINVAL, "" },
	{ "[h]", "", 0, "-" },
	{ "[h]", "12", 0, "12" },
	{ "[h]", "x", -EINVAL, "" },
	{ "[h][;h]", ";1", -EINVAL, "" },
	{ "d", "18446744073709551615", 0, "ffffffffffffffff" },
	{ "d", "18446744073709551616", -ERANGE, "" },
	{ "d", "99999999999999999999999", -ERANGE, "" },
	{ "d", "a", -EINVAL, "" },
	{ "t", "0", 0, "0.0" },
	{ "t", "-1", 0, "0.-1" },
	{ "t", "1f", 0, "0.1f" },
	{ "t", "p1.2", 0, "p1.2" },
	{ "t", "p1", 0, "p1.-1" },
	{ "t", "p1.-1", 0, "p1.-1" },
	{ "t", "p1.0", 0, "p1.0" },
	{ "t", "p-1.-1", 0, "p-1.-1" },
	{ "t", "p-1", 0, "p-1.-1" },
	{ "t", "p0.0", 0, "p0.0" },
	{ "t", "p-1.5", -EINVAL, "" },
	{ "t", "p", -EINVAL, "" },
	{ "t", "p.1", -EINVAL, "" },
	{ "t", "p1.", -EINVAL, "" },
	{ "t", "-2", -EINVAL, "" },
	{ "t", "-", -EINVAL, "" },
	{ "t", "7fffffff", 0, "0.7fffffff" },
	{ "t", "80000000", -ERANGE, "" },
	{ "t", "ffffffffffffffffffff", -ERANGE, "" },
	{ "t", "p80000000.1", -ERANGE, "" },
	{ ";p", ";1f", 0, "p1f.-1" },
	{ ";p", ";-1", 0, "p-1.-1" },
	{ ";p", ";p1", -EINVAL, "" },
	{ "[;p]", "", 0, "-" },
	{ "w:h,h", "target.xml:0,fff", 0, "target.xml 0 fff" },
	{ "w:h,h", ":0,fff", 0, " 0 fff" },
	{ "w:h,h", "0,fff", -EINVAL, "" },
	{ "w", "", 0, "" },
	{ "w[;w]", "a", 0, "a -" },
	{ "w[;w]", "a;b;c", 0, "a b;c" },
	{ "h=b", "10=0102", 0, "10 \001\002" },
	{ "b;b", "41;42", 0, "A B" },
	{ "h;h;x", "0;10;a;b", 0, "0 10 a;b" },
	{ "h,h,h,h,h,h", "1,2,3,4,5,6", 0, "1 2 3 4 5 6" },
	{ "h,h,h,h,h,h,h", "1,2,3,4,5,6,7", -EINVAL, "" },
	{ "?", "?", 0, "" },
	{ "y", "y", -EINVAL, "" },
};

/* Arguments as text, so that a table can say what they should be. */
struct proto_text {
	char buf[128];
	size_t len;
};

static void proto_say(struct proto_text *t, const void *data, size_t len)
{
	if (len > sizeof(t->buf) - t->len)
		len = sizeof(t->buf) - t->len;
	memcpy(t->buf + t->len, data, len);
	t->len += len;
}

static void proto_say_hex(struct proto_text *t, u64 val)
{
	char digits[16];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[val & 15];
		val >>= 4;
	} while (val);
	proto_say(t, digits + at, sizeof(digits) - at);
}

static void proto_say_id(struct proto_text *t, s32 id)
{
	if (id < 0)
		proto_say(t, "-", 1);
	proto_say_hex(t, id < 0 ? 0 - (u64)id : (u64)id);
}

static void proto_say_tid(struct proto_text *t, const struct proto_tid *tid)
{
	if (tid->has_pid)
		proto_say(t, "p", 1);
	proto_say_id(t, tid->pid);
	proto_say(t, ".", 1);
	proto_say_id(t, tid->tid);
}

/* @schema tells which member of an argument counts. */
static void proto_say_args(struct proto_text *t, const char *schema)
{
	unsigned int i = 0;

	t->len = 0;
	for (; *schema; schema++) {
		const struct proto_arg *arg = &proto_args.arg[i];

		if (!strchr("hdstpwbx", *schema))
			continue;
		if (i++)
			proto_say(t, " ", 1);
		if (!arg->present)
			proto_say(t, "-", 1);
		else if (strchr("hds", *schema))
			proto_say_hex(t, arg->num);
		else if (strchr("tp", *schema))
			proto_say_tid(t, &arg->tid);
		else
			proto_say(t, arg->data, arg->len);
	}
}

static void proto_parses(CHECK)
{
	static struct proto_text text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(proto_vectors); i++) {
		const struct proto_vector *v = &proto_vectors[i];
		int result = proto_parse(v->schema, proto_buf,
					 proto_load(v->in), &proto_args);

		EXPECT_MSG(result == v->result, v->in);
		if (result || v->result)
			continue;
		proto_say_args(&text, v->schema);
		EXPECT_MSG(same_text(text.buf, text.len, v->text), v->in);
	}
}

static void proto_reads_actions(CHECK)
{
	struct proto_cursor c = proto_cursor(";c:p1.2;S0b:3;r10,20:-1;t;C05");
	struct proto_action a;

	EXPECT_EQ(proto_next_action(&c, &a), 1);
	EXPECT(a.kind == 'c' && !a.signal && !a.is_default);
	EXPECT(a.tid.has_pid && a.tid.pid == 1 && a.tid.tid == 2);
	EXPECT_EQ(proto_next_action(&c, &a), 1);
	EXPECT(a.kind == 's' && a.signal == 11 && a.tid.tid == 3);
	EXPECT_EQ(proto_next_action(&c, &a), 1);
	EXPECT(a.kind == 'r' && a.start == 0x10 && a.end == 0x20);
	EXPECT(a.tid.tid == PROTO_ID_ALL && !a.is_default);
	EXPECT_EQ(proto_next_action(&c, &a), 1);
	EXPECT(a.kind == 't' && a.is_default && a.tid.tid == PROTO_ID_ALL);
	EXPECT_EQ(proto_next_action(&c, &a), 1);
	EXPECT(a.kind == 'c' && a.signal == 5 && a.is_default);
	EXPECT_EQ(proto_next_action(&c, &a), 0);
}

static void proto_refuses_actions(CHECK)
{
	static const struct {
		const char *in;
		int result;
	} rows[] = {
		{ "", 0 },
		{ ";", -EINVAL },
		{ "c", -EINVAL },
		{ ";x", -EINVAL },
		{ ";C", -EINVAL },
		{ ";C100", -ERANGE },
		{ ";r", -EINVAL },
		{ ";r1", -EINVAL },
		{ ";r1,", -EINVAL },
		{ ";r1,2", 1 },
		{ ";c:", -EINVAL },
		{ ";c:p", -EINVAL },
		{ ";cc", -EINVAL },
		{ ";c:1x", -EINVAL },
		{ ";c:1;c", 1 },
		{ ";r1,10000000000000000", -ERANGE },
		{ ";s5:1", -EINVAL },
		{ ";t:p1.-1", 1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct proto_cursor c = proto_cursor(rows[i].in);
		struct proto_action a;

		EXPECT_MSG(proto_next_action(&c, &a) == rows[i].result,
			   rows[i].in);
	}
}

static void proto_reads_bparts(CHECK)
{
	size_t len = proto_load("X3,220127X1,27;cmds:1,X2,2227X1,29");
	struct proto_bparts it;
	struct proto_bpart part;

	proto_bparts_init(&it, proto_buf, len);
	EXPECT_EQ(proto_next_bpart(&it, &part), 1);
	EXPECT(!part.is_command && part.len == 3);
	EXPECT(!memcmp(part.code, "\x22\x01\x27", 3));
	EXPECT_EQ(proto_next_bpart(&it, &part), 1);
	EXPECT(!part.is_command && part.len == 1 && part.code[0] == 0x27);
	EXPECT_EQ(proto_next_bpart(&it, &part), 1);
	EXPECT(part.is_command && part.persist && part.len == 2);
	EXPECT(!memcmp(part.code, "\x22\x27", 2));
	EXPECT_EQ(proto_next_bpart(&it, &part), 1);
	EXPECT(part.is_command && part.persist && part.len == 1);
	EXPECT_EQ(proto_next_bpart(&it, &part), 0);
	EXPECT_EQ(proto_next_bpart(&it, &part), 0);
}

static void proto_refuses_bparts(CHECK)
{
	static const struct {
		const char *in;
		int result;
	} rows[] = {
		{ "", 0 },
		{ ";", 0 },
		{ "X1,27", 1 },
		{ ";X1,27", 1 },
		{ "X0,", 1 },
		{ "cmds:0,X1,27", 1 },
		{ "X", -EINVAL },
		{ "X1", -EINVAL },
		{ "X1,", -EINVAL },
		{ "X1,2", -EINVAL },
		{ "X1,2g", -EINVAL },
		{ "X2,27", -EINVAL },
		{ "Xffffffffffffffff,27", -EINVAL },
		{ "X8000000000000001,2727", -EINVAL },
		{ "X10000000000000000,27", -ERANGE },
		{ "Y1,27", -EINVAL },
		{ "cmds:", -EINVAL },
		{ "cmds:1", -EINVAL },
		{ "cmds:1,", -EINVAL },
		{ "cmds:1,Y", -EINVAL },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct proto_bparts it;
		struct proto_bpart part;

		proto_bparts_init(&it, proto_buf, proto_load(rows[i].in));
		EXPECT_MSG(proto_next_bpart(&it, &part) == rows[i].result,
			   rows[i].in);
	}
}

static void proto_reads_features(CHECK)
{
	static const char in[] = "multiprocess+;swbreak-;;x;=;"
				 "PacketSize=3fff;xmlRegisters=;q?";
	struct proto_cursor c = proto_cursor(in);
	struct proto_feature f;

	EXPECT(proto_next_feature(&c, &f));
	EXPECT(proto_feature_is(&f, "multiprocess") && f.sign == '+');
	EXPECT(!proto_feature_is(&f, "multi"));
	EXPECT(!proto_feature_is(&f, "multiprocess+"));
	EXPECT(proto_next_feature(&c, &f));
	EXPECT(proto_feature_is(&f, "swbreak") && f.sign == '-');
	EXPECT(proto_next_feature(&c, &f));
	EXPECT(proto_feature_is(&f, "PacketSize") && f.sign == '=');
	EXPECT(same_text(f.value, f.value_len, "3fff"));
	EXPECT(proto_next_feature(&c, &f));
	EXPECT(proto_feature_is(&f, "xmlRegisters") && f.sign == '=');
	EXPECT_EQ(f.value_len, 0);
	EXPECT(proto_next_feature(&c, &f));
	EXPECT(proto_feature_is(&f, "q") && f.sign == '?');
	EXPECT(!proto_next_feature(&c, &f));
}

static void proto_reads_xfer(CHECK)
{
	static struct proto_xfer x;

	EXPECT_EQ(proto_parse_xfer(proto_buf,
				   proto_load("features:read:target.xml:0,ffb"),
				   &x),
		  0);
	EXPECT(same_text(x.object, x.object_len, "features"));
	EXPECT(same_text(x.annex, x.annex_len, "target.xml"));
	EXPECT(!x.is_write && x.offset == 0 && x.length == 0xffb);

	EXPECT_EQ(proto_parse_xfer(proto_buf,
				   proto_load("siginfo:write::10:a:b"), &x),
		  0);
	EXPECT(same_text(x.object, x.object_len, "siginfo"));
	EXPECT(x.is_write && !x.annex_len && x.offset == 0x10);
	EXPECT(same_text(x.data, x.data_len, "a:b"));
}

static void proto_refuses_xfer(CHECK)
{
	static const struct {
		const char *in;
		int result;
	} rows[] = {
		{ "", -EINVAL },
		{ "a", -EINVAL },
		{ "a:read", -EINVAL },
		{ "a:read:b", -EINVAL },
		{ "a:read:b:", -EINVAL },
		{ "a:read:b:0", -EINVAL },
		{ "a:read:b:0,", -EINVAL },
		{ "a:read:b:0,1:2", -EINVAL },
		{ "a:read:b:10000000000000000,1", -ERANGE },
		{ "a:peek:b:0,1", -EOPNOTSUPP },
		{ "a:write:b:0", -EINVAL },
		{ "a:write:b:0:", 0 },
	};
	static struct proto_xfer x;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int result =
			proto_parse_xfer(proto_buf, proto_load(rows[i].in), &x);

		EXPECT_MSG(result == rows[i].result, rows[i].in);
	}
}

static void proto_maps_signals(CHECK)
{
	static const struct {
		int linux_nr;
		int gdb_nr;
	} rows[] = {
		{ 0, 0 },   { 1, 1 },	{ 2, 2 },   { 5, 5 },	{ 6, 6 },
		{ 7, 10 },  { 8, 8 },	{ 9, 9 },   { 10, 30 }, { 11, 11 },
		{ 12, 31 }, { 14, 14 }, { 15, 15 }, { 17, 20 }, { 18, 19 },
		{ 19, 17 }, { 20, 18 }, { 23, 16 }, { 28, 28 }, { 29, 23 },
		{ 30, 32 }, { 31, 12 }, { 32, 77 }, { 33, 45 }, { 34, 46 },
		{ 63, 75 }, { 64, 78 },
	};
	size_t i;
	int sig;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		EXPECT_EQ(proto_signal_to_gdb(rows[i].linux_nr),
			  rows[i].gdb_nr);
		EXPECT_EQ(proto_signal_from_gdb(rows[i].gdb_nr),
			  rows[i].linux_nr);
	}
	for (sig = 0; sig <= 64; sig++) {
		u8 gdb = proto_signal_to_gdb(sig);

		if (sig == 16)
			EXPECT_EQ(gdb, PROTO_GDB_SIGNAL_UNKNOWN);
		else
			EXPECT_EQ(proto_signal_from_gdb(gdb), sig);
	}
	EXPECT_EQ(proto_signal_to_gdb(65), PROTO_GDB_SIGNAL_UNKNOWN);
	EXPECT_EQ(proto_signal_to_gdb(-1), PROTO_GDB_SIGNAL_UNKNOWN);
	/* SIGPOLL is SIGIO; SIGEMT, SIGLOST and SIGCANCEL are not Linux's. */
	EXPECT_EQ(proto_signal_from_gdb(33), 29);
	EXPECT_EQ(proto_signal_from_gdb(7), -EINVAL);
	EXPECT_EQ(proto_signal_from_gdb(29), -EINVAL);
	EXPECT_EQ(proto_signal_from_gdb(76), -EINVAL);
	EXPECT_EQ(proto_signal_from_gdb(PROTO_GDB_SIGNAL_UNKNOWN), -EINVAL);
	EXPECT_EQ(proto_signal_from_gdb(U64_MAX), -EINVAL);
}

static CHECK_TABLE proto_cases[] = {
	CASE(proto_finds),
	CASE(proto_parses),
	CASE(proto_reads_actions),
	CASE(proto_refuses_actions),
	CASE(proto_reads_bparts),
	CASE(proto_refuses_bparts),
	CASE(proto_reads_features),
	CASE(proto_reads_xfer),
	CASE(proto_refuses_xfer),
	CASE(proto_maps_signals),
	CASES_END,
};

#endif /* GDBSTUB_PROTO_CASES_H */
