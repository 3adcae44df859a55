/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of trace_parse.c. */
#ifndef GDBSTUB_TRACE_PARSE_CASES_H
#define GDBSTUB_TRACE_PARSE_CASES_H

#include "../agent.h"
#include "../proto.h"
#include "../trace_parse.h"
#include "pure_check.h"

static u8 parse_buf[256];
static u8 parse_scratch[AGENT_MAX_LEN];

/* Parsers decode in place, so each input is copied first. */
static struct proto_cursor parse_at(const char *text)
{
	memcpy(parse_buf, text, strlen(text));
	return (struct proto_cursor){ parse_buf, parse_buf + strlen(text) };
}

static int parse_head(const char *text, struct trace_head *head)
{
	struct proto_cursor c = parse_at(text);
	const char *reason;

	return trace_parse_head(&c, parse_scratch, head, &reason);
}

static int parse_item(const char *text, struct trace_item *item)
{
	struct proto_cursor c = parse_at(text);
	const char *reason;

	return trace_parse_item(&c, parse_scratch, item, &reason);
}

static int parse_var(const char *text, struct trace_var_def *def)
{
	struct proto_cursor c = parse_at(text);

	return trace_parse_var(&c, def);
}

static void heads(CHECK)
{
	struct trace_head head;

	EXPECT_EQ(parse_head("1a:401000:E:3:2:X3,220127-", &head), 0);
	EXPECT_EQ(head.number, 0x1a);
	EXPECT_EQ(head.addr, 0x401000);
	EXPECT_EQ(head.steps, 3);
	EXPECT_EQ(head.pass, 2);
	EXPECT_EQ(head.cond_len, 3);
	EXPECT(head.is_enabled && head.is_open);
	EXPECT(same_text(head.cond, 3, "\x22\x01\x27"));
	EXPECT_EQ(parse_head("1:8:D:0:0", &head), 0);
	EXPECT(!head.is_enabled && !head.is_open && !head.cond);
	EXPECT_EQ(parse_head("10000:8:D:0:0", &head), -ERANGE);
	EXPECT_EQ(parse_head("1:8:D:0:0:F5", &head), -EOPNOTSUPP);
	EXPECT_EQ(parse_head("1:8:D:0:0:S", &head), -EOPNOTSUPP);
	EXPECT_EQ(parse_head("1:8:Q:0:0", &head), -EINVAL);
	EXPECT_EQ(parse_head("1:8:D:0", &head), -EINVAL);
	EXPECT_EQ(parse_head("1:8:D:0:0--", &head), -EINVAL);
	EXPECT_EQ(parse_head("1:8:D:0:0:X3,2201", &head), -EINVAL);
	EXPECT_EQ(parse_head("1:8:D:0:0:X1,ff", &head), -EINVAL);
	EXPECT_EQ(parse_head("1:8:D:0:0:X3,220127:X3,220127", &head), -EINVAL);
	EXPECT_EQ(parse_head("1:8:D:0:0:Xffffffffffffffff,22", &head), -EINVAL);
	EXPECT_EQ(parse_head("", &head), -EINVAL);
}

static void items(CHECK)
{
	struct proto_cursor c = parse_at("R03FFM7,-8,4");
	struct trace_item item;
	const char *reason;

	EXPECT_EQ(trace_parse_item(&c, parse_scratch, &item, &reason), 1);
	EXPECT_EQ(item.kind, 'R');
	EXPECT_EQ(trace_parse_item(&c, parse_scratch, &item, &reason), -EINVAL);
	EXPECT_EQ(parse_item("M7,8,4", &item), 1);
	EXPECT(item.has_base && item.base == 7 && item.offset == 8 &&
	       item.len == 4);
	EXPECT_EQ(parse_item("M-1,8,4", &item), 1);
	EXPECT(!item.has_base);
	EXPECT_EQ(parse_item("MFFFFFFFF,8,4", &item), 1);
	EXPECT(!item.has_base);
	EXPECT_EQ(parse_item("M1FFFFFFFF,8,4", &item), 1);
	EXPECT(item.has_base && item.base == U32_MAX);
	EXPECT_EQ(parse_item("M1,8", &item), -EINVAL);
	EXPECT_EQ(parse_item("X4,22012727", &item), 1);
	EXPECT_EQ(item.code_len, 4);
	EXPECT_EQ(parse_item("X1,02", &item), -EINVAL);
	EXPECT_EQ(parse_item("Y", &item), -EINVAL);
	EXPECT_EQ(parse_item("-", &item), 0);
	EXPECT_EQ(parse_item("", &item), 0);
}

static void vars(CHECK)
{
	struct trace_var_def def;

	EXPECT_EQ(parse_var("2:ffffffffffffffff:1:6162", &def), 0);
	EXPECT(def.number == 2 && def.initial == U64_MAX && def.is_builtin);
	EXPECT(same_text(def.name, def.name_len, "ab"));
	EXPECT_EQ(parse_var("2:5:0:", &def), 0);
	EXPECT_EQ(def.name_len, 0);
	EXPECT_EQ(parse_var("2:5:0:6", &def), -EINVAL);
	EXPECT_EQ(parse_var("2:5:0:6100", &def), -EINVAL);
	EXPECT_EQ(parse_var("80000000:5:0:61", &def), -EINVAL);
	EXPECT_EQ(parse_var("2:5:0", &def), -EINVAL);
}

static CHECK_TABLE trace_parse_cases[] = { CASE(heads), CASE(items), CASE(vars),
					   CASES_END };

#endif /* GDBSTUB_TRACE_PARSE_CASES_H */
