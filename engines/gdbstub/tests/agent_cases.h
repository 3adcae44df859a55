/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of agent.c and agent_format.c, for KUnit and user space. */
#ifndef GDBSTUB_AGENT_CASES_H
#define GDBSTUB_AGENT_CASES_H

#include "pure_check.h"
#include "../agent.h"

/*
 * The target: register n has the value 0x100 + n, there are 32; memory is
 * readable in two pages, in which byte i has the value i but for the strings;
 * variable n has the value 0x200 + n, there are 4.
 */
#define AGENT_TEST_MEM 0x1000
#define AGENT_TEST_MEM_END 0x3000

struct agent_target {
	char out[256];
	size_t out_len;
	/* What trace and variable opcodes did: kind, first and second value. */
	char kind;
	u64 first;
	u64 second;
};

static struct agent_target agent_target;
static u8 agent_scratch[AGENT_MAX_LEN];
static u8 agent_code[AGENT_MAX_LEN + 16];

static u8 agent_byte(u64 addr)
{
	/* One string lies across the pages' border, one ends at the hole. */
	static const char across[] = "across pages";
	static const char at_end[] = "cut";

	if (addr >= 0x1ffa && addr < 0x1ffa + sizeof(across))
		return across[addr - 0x1ffa];
	if (addr >= AGENT_TEST_MEM_END - 3)
		return at_end[addr - (AGENT_TEST_MEM_END - 3)];
	return addr;
}

static int agent_read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	u8 *bytes = buf;

	(void)ctx;
	if (addr < AGENT_TEST_MEM || addr >= AGENT_TEST_MEM_END ||
	    len > AGENT_TEST_MEM_END - addr)
		return -EFAULT;
	while (len--)
		*bytes++ = agent_byte(addr++);
	return 0;
}

static int agent_read_reg(void *ctx, unsigned int regnum, u64 *val)
{
	(void)ctx;
	*val = 0x100 + regnum;
	return regnum < 32 ? 0 : -EINVAL;
}

static int agent_print(void *ctx, const char *text, size_t len)
{
	struct agent_target *t = ctx;

	if (len > sizeof(t->out) - t->out_len)
		return -ENOSPC;
	memcpy(t->out + t->out_len, text, len);
	t->out_len += len;
	return 0;
}

static int agent_note(struct agent_target *t, char kind, u64 first, u64 second)
{
	t->kind = kind;
	t->first = first;
	t->second = second;
	return 0;
}

static int agent_trace_mem(void *ctx, u64 addr, u64 len)
{
	return agent_note(ctx, 'm', addr, len);
}

static int agent_trace_str(void *ctx, u64 addr, u64 max)
{
	return agent_note(ctx, 's', addr, max);
}

static int agent_get_var(void *ctx, unsigned int num, u64 *val)
{
	(void)ctx;
	*val = 0x200 + num;
	return num < 4 ? 0 : -EINVAL;
}

static int agent_set_var(void *ctx, unsigned int num, u64 val)
{
	return agent_note(ctx, 'v', num, val);
}

static int agent_trace_var(void *ctx, unsigned int num)
{
	return agent_note(ctx, 't', num, 0);
}

static const struct agent_ops agent_test_ops = {
	.read_reg = agent_read_reg,
	.read_mem = agent_read_mem,
	.print = agent_print,
	.trace_mem = agent_trace_mem,
	.trace_str = agent_trace_str,
	.get_var = agent_get_var,
	.set_var = agent_set_var,
	.trace_var = agent_trace_var,
};

static const struct agent_ops agent_no_ops;

#define AGENT_ALL (AGENT_MAY_PRINT | AGENT_MAY_TRACE | AGENT_MAY_SETV)

/**
 * struct agent_vector - an expression and what becomes of it
 * @what: what it is about
 * @code: bytecode
 * @len: bytes at @code
 * @verdict: of agent_verify(), with all effects allowed and a result needed
 * @status: of agent_eval(), when @verdict is AGENT_OK
 * @result: of agent_eval(), when @status is AGENT_OK
 */
struct agent_vector {
	const char *what;
	const char *code;
	size_t len;
	enum agent_status verdict;
	enum agent_status status;
	u64 result;
};

#define RUNS(what_, code_, result_)                                          \
	{                                                                    \
		what_, code_, sizeof(code_) - 1, AGENT_OK, AGENT_OK, result_ \
	}
#define STOPS(what_, code_, status_)                                  \
	{                                                             \
		what_, code_, sizeof(code_) - 1, AGENT_OK, status_, 0 \
	}
#define REFUSED(what_, code_, verdict_)                                \
	{                                                              \
		what_, code_, sizeof(code_) - 1, verdict_, AGENT_OK, 0 \
	}

/* Opcodes in the strings: 22 const8, 23 const16, 24 const32, 25 const64. */
#define MINUS1 "\x25\xff\xff\xff\xff\xff\xff\xff\xff"
#define LOWEST "\x25\x80\x00\x00\x00\x00\x00\x00\x00"

static const struct agent_vector agent_vectors[] = {
	RUNS("const8", "\x22\xff\x27", 0xff),
	RUNS("const16", "\x23\x12\x34\x27", 0x1234),
	RUNS("const32", "\x24\x80\x00\x00\x01\x27", 0x80000001),
	RUNS("const64", "\x25\x01\x23\x45\x67\x89\xab\xcd\xef\x27",
	     0x0123456789abcdef),
	RUNS("add", "\x22\x05\x22\x03\x02\x27", 8),
	RUNS("add wraps", MINUS1 "\x22\x02\x02\x27", 1),
	RUNS("sub", "\x22\x05\x22\x03\x03\x27", 2),
	RUNS("mul", "\x22\x05\x22\x03\x04\x27", 15),
	RUNS("div_signed", MINUS1 "\x22\x01\x05\x27", U64_MAX),
	RUNS("div_signed overflow", LOWEST MINUS1 "\x05\x27", BIT_ULL(63)),
	RUNS("div_signed rounds to zero", "\x22\xf9\x16\x08\x22\x02\x05\x27",
	     (u64)-3),
	RUNS("div_unsigned", MINUS1 "\x22\x10\x06\x27", U64_MAX / 16),
	RUNS("rem_signed", "\x22\xf9\x16\x08\x22\x02\x07\x27", (u64)-1),
	RUNS("rem_signed overflow", LOWEST MINUS1 "\x07\x27", 0),
	RUNS("rem_unsigned", MINUS1 "\x22\x10\x08\x27", 15),
	STOPS("div_signed by 0", "\x22\x01\x22\x00\x05\x27", AGENT_DIV_ZERO),
	STOPS("div_unsigned by 0", "\x22\x01\x22\x00\x06\x27", AGENT_DIV_ZERO),
	STOPS("rem_signed by 0", "\x22\x01\x22\x00\x07\x27", AGENT_DIV_ZERO),
	STOPS("rem_unsigned by 0", "\x22\x01\x22\x00\x08\x27", AGENT_DIV_ZERO),
	RUNS("lsh", "\x22\x05\x22\x04\x09\x27", 0x50),
	RUNS("lsh 63", "\x22\x01\x22\x3f\x09\x27", BIT_ULL(63)),
	RUNS("lsh 64", "\x22\x01\x22\x40\x09\x27", 0),
	RUNS("rsh_signed", LOWEST "\x22\x3f\x0a\x27", U64_MAX),
	RUNS("rsh_signed 200", LOWEST "\x22\xc8\x0a\x27", U64_MAX),
	RUNS("rsh_unsigned", LOWEST "\x22\x3f\x0b\x27", 1),
	RUNS("rsh_unsigned 64", MINUS1 "\x22\x40\x0b\x27", 0),
	RUNS("log_not 0", "\x22\x00\x0e\x27", 1),
	RUNS("log_not 2", "\x22\x02\x0e\x27", 0),
	RUNS("bit_and", "\x22\x0c\x22\x0a\x0f\x27", 0x08),
	RUNS("bit_or", "\x22\x0c\x22\x0a\x10\x27", 0x0e),
	RUNS("bit_xor", "\x22\x0c\x22\x0a\x11\x27", 0x06),
	RUNS("bit_not", "\x22\x0c\x12\x27", ~0x0cULL),
	RUNS("equal", "\x22\x0c\x22\x0c\x13\x27", 1),
	RUNS("not equal", "\x22\x0c\x22\x0d\x13\x27", 0),
	RUNS("less_signed", MINUS1 "\x22\x01\x14\x27", 1),
	RUNS("less_signed no", "\x22\x01" MINUS1 "\x14\x27", 0),
	RUNS("less_signed same", "\x22\x01\x22\x01\x14\x27", 0),
	RUNS("less_unsigned", MINUS1 "\x22\x01\x15\x27", 0),
	RUNS("less_unsigned yes", "\x22\x01" MINUS1 "\x15\x27", 1),
	RUNS("ext 8 negative", "\x22\x80\x16\x08\x27", (u64)-128),
	RUNS("ext 8 positive", "\x23\xff\x7f\x16\x08\x27", 127),
	RUNS("ext 64", "\x22\x80\x16\x40\x27", 128),
	RUNS("ext 255", "\x22\x80\x16\xff\x27", 128),
	RUNS("zero_ext 8", "\x23\x12\x34\x2a\x08\x27", 0x34),
	RUNS("zero_ext 1", "\x22\x03\x2a\x01\x27", 1),
	RUNS("zero_ext 64", MINUS1 "\x2a\x40\x27", U64_MAX),
	RUNS("zero_ext 0", MINUS1 "\x2a\x00\x27", 0),
	RUNS("ref8", "\x23\x10\x81\x17\x27", 0x81),
	RUNS("ref16", "\x23\x10\x81\x18\x27", 0x8281),
	RUNS("ref32", "\x23\x10\x81\x19\x27", 0x84838281),
	RUNS("ref64", "\x23\x10\x81\x1a\x27", 0x8887868584838281),
	STOPS("ref8 in a hole", "\x22\x00\x17\x27", AGENT_BAD_MEMORY),
	STOPS("ref64 into a hole", "\x23\x2f\xf9\x1a\x27", AGENT_BAD_MEMORY),
	RUNS("reg", "\x26\x00\x07\x27", 0x107),
	STOPS("no such reg", "\x26\x01\x07\x27", AGENT_BAD_REGISTER),
	RUNS("dup", "\x22\x03\x28\x04\x27", 9),
	RUNS("pop", "\x22\x03\x22\x04\x29\x27", 3),
	RUNS("swap", "\x22\x05\x22\x03\x2b\x03\x27", (u64)-2),
	RUNS("pick 0", "\x22\x05\x32\x00\x02\x27", 10),
	RUNS("pick 2", "\x22\x05\x22\x06\x22\x07\x32\x02\x27", 5),
	/* a b c become c a b: pops 2, then 1, then 3 of 1 2 3. */
	RUNS("rot top", "\x22\x01\x22\x02\x22\x03\x33\x27", 2),
	RUNS("rot middle", "\x22\x01\x22\x02\x22\x03\x33\x29\x27", 1),
	RUNS("rot bottom", "\x22\x01\x22\x02\x22\x03\x33\x29\x29\x27", 3),
	RUNS("getv", "\x2c\x00\x02\x27", 0x202),
	STOPS("no such variable", "\x2c\x00\x09\x27", AGENT_CALLBACK),
	RUNS("setv", "\x22\x09\x2d\x00\x01\x27", 9),
	RUNS("tracev", "\x2e\x00\x01\x27", 0x201),
	RUNS("trace", "\x22\x00\x22\x10\x22\x08\x0c\x27", 0),
	RUNS("trace_quick", "\x22\x10\x0d\x04\x27", 0x10),
	RUNS("trace16", "\x22\x10\x30\x01\x00\x27", 0x10),
	RUNS("tracenz", "\x22\x00\x22\x10\x22\x08\x2f\x27", 0),
	RUNS("goto", "\x22\x01\x21\x00\x07\x22\x02\x27", 1),
	RUNS("if_goto taken", "\x22\x01\x28\x20\x00\x09\x29\x22\x02\x27", 1),
	RUNS("if_goto not taken", "\x22\x00\x28\x20\x00\x09\x29\x22\x02\x27",
	     2),
	/* Counts from 5 down to 0. */
	RUNS("loop", "\x22\x05\x22\x01\x03\x28\x20\x00\x02\x27", 0),
	STOPS("endless", "\x22\x00\x21\x00\x02\x27", AGENT_TOO_MANY_STEPS),
	RUNS("unreachable code", "\x22\x01\x27\x29\x29", 1),

	REFUSED("empty", "", AGENT_EMPTY),
	REFUSED("opcode 0", "\x00\x27", AGENT_BAD_OPCODE),
	REFUSED("invalid2", "\x31\x27", AGENT_BAD_OPCODE),
	REFUSED("opcode 35", "\x35\x27", AGENT_BAD_OPCODE),
	REFUSED("opcode ff", "\xff\x27", AGENT_BAD_OPCODE),
	REFUSED("float", "\x01\x27", AGENT_FLOAT),
	REFUSED("ref_float", "\x22\x01\x1b\x27", AGENT_FLOAT),
	REFUSED("ref_double", "\x22\x01\x1c\x27", AGENT_FLOAT),
	REFUSED("ref_long_double", "\x22\x01\x1d\x27", AGENT_FLOAT),
	REFUSED("l_to_d", "\x22\x01\x1e\x27", AGENT_FLOAT),
	REFUSED("d_to_l", "\x22\x01\x1f\x27", AGENT_FLOAT),
	REFUSED("const8 cut", "\x22", AGENT_CUT_OFF),
	REFUSED("const64 cut", "\x25\x00\x00\x00", AGENT_CUT_OFF),
	REFUSED("goto out", "\x22\x01\x21\x00\x06\x27", AGENT_BAD_JUMP),
	REFUSED("goto far out", "\x22\x01\x21\xff\xff\x27", AGENT_BAD_JUMP),
	REFUSED("goto inside", "\x22\x27\x21\x00\x01\x27", AGENT_BAD_JUMP),
	REFUSED("add underflow", "\x22\x01\x02\x27", AGENT_UNDERFLOW),
	REFUSED("pop underflow", "\x29\x22\x01\x27", AGENT_UNDERFLOW),
	REFUSED("pick underflow", "\x22\x01\x32\x01\x27", AGENT_UNDERFLOW),
	REFUSED("pick 255", "\x22\x01\x32\xff\x27", AGENT_UNDERFLOW),
	REFUSED("rot underflow", "\x22\x01\x28\x33\x27", AGENT_UNDERFLOW),
	REFUSED("growing loop", "\x22\x01\x21\x00\x00\x27", AGENT_UNEVEN),
	REFUSED("uneven", "\x22\x01\x20\x00\x07\x22\x02\x22\x03\x27",
		AGENT_UNEVEN),
	REFUSED("no end", "\x22\x01", AGENT_NO_END),
	REFUSED("no result", "\x27", AGENT_NO_RESULT),
	REFUSED("result popped", "\x22\x01\x29\x27", AGENT_NO_RESULT),
};

static struct agent_expr agent_expr_of(const struct agent_vector *v)
{
	struct agent_expr expr = { (const u8 *)v->code, v->len };

	return expr;
}

static void agent_verifies(CHECK)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(agent_vectors); i++) {
		const struct agent_vector *v = &agent_vectors[i];
		struct agent_expr expr = agent_expr_of(v);

		EXPECT_MSG(agent_verify(&expr, AGENT_ALL | AGENT_NEEDS_RESULT,
					agent_scratch) == v->verdict,
			   v->what);
	}
}

static void agent_runs(CHECK)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(agent_vectors); i++) {
		const struct agent_vector *v = &agent_vectors[i];
		struct agent_expr expr = agent_expr_of(v);
		enum agent_status status;
		u64 result = 77;

		status = agent_eval(&expr, &agent_test_ops, &agent_target,
				    &result);
		if (v->verdict)
			continue;
		EXPECT_MSG(status == v->status, v->what);
		EXPECT_MSG(result == v->result, v->what);
	}
}

static void agent_decides(CHECK)
{
	static const u8 yes[] = { 0x22, 2, 0x27 };
	static const u8 no[] = { 0x22, 0, 0x27 };
	static const u8 error[] = { 0x22, 0, 0x17, 0x27 };
	struct agent_expr expr = { yes, sizeof(yes) };

	EXPECT(agent_condition(&expr, &agent_test_ops, &agent_target));
	expr.code = no;
	EXPECT(!agent_condition(&expr, &agent_test_ops, &agent_target));
	expr.code = error;
	expr.len = sizeof(error);
	EXPECT(agent_condition(&expr, &agent_test_ops, &agent_target));
}

/* What no callback serves must fail, not crash. */
static void agent_misses_callbacks(CHECK)
{
	static const struct {
		const char *code;
		size_t len;
		enum agent_status status;
	} rows[] = {
		{ "\x26\x00\x01\x27", 4, AGENT_BAD_REGISTER },
		{ "\x22\x10\x17\x27", 4, AGENT_BAD_MEMORY },
		{ "\x2c\x00\x01\x27", 4, AGENT_CALLBACK },
		{ "\x2e\x00\x01\x27", 4, AGENT_CALLBACK },
		{ "\x22\x01\x2d\x00\x01\x27", 6, AGENT_CALLBACK },
		{ "\x22\x01\x0d\x01\x27", 5, AGENT_CALLBACK },
		{ "\x22\x01\x28\x2f\x27", 5, AGENT_CALLBACK },
		{ "\x22\x00\x28\x34\x00\x00\x01\x00\x27", 9, AGENT_CALLBACK },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct agent_expr expr = { (const u8 *)rows[i].code,
					   rows[i].len };
		u64 result;

		EXPECT_EQ(agent_verify(&expr, AGENT_ALL, agent_scratch),
			  AGENT_OK);
		EXPECT_EQ(agent_eval(&expr, &agent_no_ops, NULL, &result),
			  rows[i].status);
	}
}

static void agent_allows_effects(CHECK)
{
	static const struct {
		const char *code;
		size_t len;
		u32 needs;
	} rows[] = {
		{ "\x22\x00\x28\x34\x00\x00\x01\x00\x27", 9, AGENT_MAY_PRINT },
		{ "\x22\x00\x28\x0c\x27", 5, AGENT_MAY_TRACE },
		{ "\x22\x00\x0d\x01\x27", 5, AGENT_MAY_TRACE },
		{ "\x22\x00\x30\x00\x01\x27", 6, AGENT_MAY_TRACE },
		{ "\x22\x00\x28\x2f\x27", 5, AGENT_MAY_TRACE },
		{ "\x2e\x00\x01\x27", 4, AGENT_MAY_TRACE },
		{ "\x22\x00\x2d\x00\x01\x27", 6, AGENT_MAY_SETV },
		{ "\x2c\x00\x01\x27", 4, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct agent_expr expr = { (const u8 *)rows[i].code,
					   rows[i].len };
		u32 without = AGENT_ALL & ~rows[i].needs;

		EXPECT_EQ(agent_verify(&expr, rows[i].needs, agent_scratch),
			  AGENT_OK);
		EXPECT_EQ(agent_verify(&expr, without, agent_scratch),
			  rows[i].needs ? AGENT_NOT_ALLOWED : AGENT_OK);
	}
}

static void agent_traces(CHECK)
{
	static const struct {
		const char *code;
		size_t len;
		char kind;
		u64 first;
		u64 second;
	} rows[] = {
		{ "\x22\x10\x22\x08\x0c\x27", 6, 'm', 0x10, 8 },
		{ "\x22\x10\x0d\xff\x27", 5, 'm', 0x10, 255 },
		{ "\x22\x10\x30\x01\x02\x27", 6, 'm', 0x10, 0x102 },
		{ "\x22\x10\x22\x08\x2f\x27", 6, 's', 0x10, 8 },
		{ "\x2e\x00\x03\x27", 4, 't', 3, 0 },
		{ "\x22\x09\x2d\x00\x03\x27", 6, 'v', 3, 9 },
	};
	struct agent_target *t = &agent_target;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct agent_expr expr = { (const u8 *)rows[i].code,
					   rows[i].len };
		u64 result;

		t->kind = 0;
		EXPECT_EQ(agent_eval(&expr, &agent_test_ops, t, &result),
			  AGENT_OK);
		EXPECT_EQ(t->kind, rows[i].kind);
		EXPECT_EQ(t->first, rows[i].first);
		EXPECT_EQ(t->second, rows[i].second);
	}
}

static void agent_bounds_length(CHECK)
{
	struct agent_expr expr = { agent_code, AGENT_MAX_LEN };
	size_t i;
	u64 result;

	/* log_not over and over keeps the stack as it is. */
	memset(agent_code, 0x0e, sizeof(agent_code));
	agent_code[0] = 0x22;
	agent_code[1] = 0;
	agent_code[AGENT_MAX_LEN - 1] = 0x27;
	EXPECT_EQ(agent_verify(&expr, 0, agent_scratch), AGENT_OK);
	expr.len = AGENT_MAX_LEN + 1;
	EXPECT_EQ(agent_verify(&expr, 0, agent_scratch), AGENT_TOO_LONG);

	/* dup until the stack is full, and once more. */
	expr.len = AGENT_MAX_STACK + 2;
	memset(agent_code + 2, 0x28, AGENT_MAX_STACK);
	agent_code[expr.len - 1] = 0x27;
	EXPECT_EQ(agent_verify(&expr, 0, agent_scratch), AGENT_OK);
	EXPECT_EQ(agent_eval(&expr, &agent_no_ops, NULL, &result), AGENT_OK);
	agent_code[expr.len - 1] = 0x28;
	agent_code[expr.len++] = 0x27;
	EXPECT_EQ(agent_verify(&expr, 0, agent_scratch), AGENT_OVERFLOW);
	EXPECT_EQ(agent_eval(&expr, &agent_no_ops, NULL, &result),
		  AGENT_OVERFLOW);

	/* Jumps from the end to the beginning, the verifier's worst case. */
	memset(agent_code, 0, sizeof(agent_code));
	for (i = 0; i + 3 <= AGENT_MAX_LEN; i += 3) {
		size_t to = i ? i - 3 : 0;

		agent_code[i] = 0x21;
		agent_code[i + 1] = to >> 8;
		agent_code[i + 2] = to;
	}
	agent_code[0] = 0x27;
	agent_code[1] = 0x27;
	agent_code[2] = 0x27;
	expr.len = i;
	EXPECT_EQ(agent_verify(&expr, 0, agent_scratch), AGENT_OK);
}

/* printf as gdb compiles it: arguments last to first, channel, function. */
static void agent_prints(CHECK)
{
	static const u8 code[] = {
		0x22, 7,   0x22, 5,   0x22, 0,	  0x22, 0,   0x34, 2, 0,    10,
		'%',  'd', '-',	 '%', 'd',  '\\', 'n',	'!', 'x',  0, 0x27,
	};
	struct agent_expr expr = { code, sizeof(code) };
	struct agent_target *t = &agent_target;
	u64 result;

	EXPECT_EQ(agent_verify(&expr, AGENT_FOR_COMMAND, agent_scratch),
		  AGENT_OK);
	t->out_len = 0;
	EXPECT_EQ(agent_eval(&expr, &agent_test_ops, t, &result), AGENT_OK);
	EXPECT(same_text(t->out, t->out_len, "5-7\n!x"));
}

static void agent_refuses_printf(CHECK)
{
	static const struct {
		const char *code;
		size_t len;
		enum agent_status verdict;
	} rows[] = {
		/* No string, string cut, no NUL, too few values, format. */
		{ "\x22\x00\x28\x34\x00\x00\x00\x27", 8, AGENT_CUT_OFF },
		{ "\x22\x00\x28\x34\x00\x00\x09\x00\x27", 9, AGENT_CUT_OFF },
		{ "\x22\x00\x28\x34\x00\x00\x01\x61\x27", 9, AGENT_BAD_FORMAT },
		{ "\x22\x00\x34\x00\x00\x01\x00\x27", 8, AGENT_UNDERFLOW },
		{ "\x22\x00\x28\x34\x01\x00\x03%d\x00\x27", 11,
		  AGENT_UNDERFLOW },
		{ "\x22\x00\x28\x34\x00\x00\x03%d\x00\x27", 11,
		  AGENT_BAD_FORMAT },
		{ "\x22\x00\x28\x28\x34\x01\x00\x03%f\x00\x27", 12,
		  AGENT_BAD_FORMAT },
		{ "\x22\x00\x28\x34\x00", 5, AGENT_CUT_OFF },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct agent_expr expr = { (const u8 *)rows[i].code,
					   rows[i].len };
		u64 result;

		EXPECT_EQ(agent_verify(&expr, AGENT_FOR_COMMAND, agent_scratch),
			  rows[i].verdict);
		EXPECT(agent_eval(&expr, &agent_test_ops, &agent_target,
				  &result) != AGENT_OK);
	}
}

/**
 * struct agent_format_vector - a format and what it prints
 * @format: the format, with two values at most
 * @val: the values
 * @nr: how many
 * @status: of agent_format()
 * @text: what it prints
 */
struct agent_format_vector {
	const char *format;
	u64 val[2];
	unsigned int nr;
	enum agent_status status;
	const char *text;
};

static const struct agent_format_vector agent_formats[] = {
	{ "", { 0 }, 0, AGENT_OK, "" },
	{ "plain", { 0 }, 0, AGENT_OK, "plain" },
	{ "100%%", { 0 }, 0, AGENT_OK, "100%" },
	{ "%d %d", { 1, 2 }, 2, AGENT_OK, "1 2" },
	{ "%d", { (u64)-5 }, 1, AGENT_OK, "-5" },
	{ "%d", { 0x80000000 }, 1, AGENT_OK, "-2147483648" },
	{ "%d", { 0x1ffffffffULL }, 1, AGENT_OK, "-1" },
	{ "%u", { 0x1ffffffffULL }, 1, AGENT_OK, "4294967295" },
	{ "%ld", { BIT_ULL(63) }, 1, AGENT_OK, "-9223372036854775808" },
	{ "%llu", { U64_MAX }, 1, AGENT_OK, "18446744073709551615" },
	{ "%hhd %hd", { 0x1ff, 0x18000 }, 2, AGENT_OK, "-1 -32768" },
	{ "%jx %zx", { U64_MAX, 1 }, 2, AGENT_OK, "ffffffffffffffff 1" },
	{ "%tX", { 0xabc }, 1, AGENT_OK, "ABC" },
	{ "%x %#x", { 0xabc, 0xabc }, 2, AGENT_OK, "abc 0xabc" },
	{ "%#X %#o", { 0xabc, 8 }, 2, AGENT_OK, "0XABC 010" },
	{ "%#x %#o", { 0, 0 }, 2, AGENT_OK, "0 0" },
	{ "[%5d|%-5d]", { 42, 42 }, 2, AGENT_OK, "[   42|42   ]" },
	{ "[%05d|%+d]", { (u64)-42, 42 }, 2, AGENT_OK, "[-0042|+42]" },
	{ "[% d|%.4d]", { 42, 42 }, 2, AGENT_OK, "[ 42|0042]" },
	{ "[%8.4d|%-8.4d]", { 42, 42 }, 2, AGENT_OK, "[    0042|0042    ]" },
	{ "[%08.4d|%.0d]", { 42, 0 }, 2, AGENT_OK, "[    0042|]" },
	{ "[%#010x]", { 0xabc }, 1, AGENT_OK, "[0x00000abc]" },
	{ "%c%c", { 'a', 0x162 }, 2, AGENT_OK, "ab" },
	{ "[%3c|%-3c]", { 'a', 'b' }, 2, AGENT_OK, "[  a|b  ]" },
	{ "%p %p", { 0xdead, 0 }, 2, AGENT_OK, "0xdead (nil)" },
	{ "[%10p]", { 0xdead }, 1, AGENT_OK, "[    0xdead]" },
	{ "%s", { 0x1ffa }, 1, AGENT_OK, "across pages" },
	{ "[%15s|%-15s]",
	  { 0x1ffa, 0x1ffa },
	  2,
	  AGENT_OK,
	  "[   across pages|across pages   ]" },
	{ "[%.6s|%8.6s]", { 0x1ffa, 0x1ffa }, 2, AGENT_OK, "[across|  across]" },
	{ "%s", { 0 }, 1, AGENT_OK, "(null)" },
	{ "%.3s", { 0x2ffd }, 1, AGENT_OK, "cut" },
	{ "%s", { 0x2ffd }, 1, AGENT_BAD_MEMORY, "cut" },
	{ "a%s", { 0x10 }, 1, AGENT_BAD_MEMORY, "a" },
	{ "\\a\\b\\e\\f\\n\\r\\t\\v\\\\\\\"",
	  { 0 },
	  0,
	  AGENT_OK,
	  "\a\b\033\f\n\r\t\v\\\"" },

	{ "%", { 0 }, 0, AGENT_BAD_FORMAT, "" },
	{ "%l", { 0 }, 1, AGENT_BAD_FORMAT, "" },
	{ "%d", { 0 }, 0, AGENT_BAD_FORMAT, "" },
	{ "x", { 0 }, 1, AGENT_BAD_FORMAT, "x" },
	{ "%f", { 0 }, 1, AGENT_BAD_FORMAT, "" },
	{ "%n", { 0 }, 1, AGENT_BAD_FORMAT, "" },
	{ "%*d", { 0, 0 }, 2, AGENT_BAD_FORMAT, "" },
	{ "%ls", { 0 }, 1, AGENT_BAD_FORMAT, "" },
	{ "%513d", { 0 }, 1, AGENT_BAD_FORMAT, "" },
	{ "%99999999999d", { 0 }, 1, AGENT_BAD_FORMAT, "" },
	{ "%.513d", { 0 }, 1, AGENT_BAD_FORMAT, "" },
	{ "\\", { 0 }, 0, AGENT_BAD_FORMAT, "" },
	{ "\\q", { 0 }, 0, AGENT_BAD_FORMAT, "" },
};

static void agent_formats_values(CHECK)
{
	struct agent_target *t = &agent_target;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(agent_formats); i++) {
		const struct agent_format_vector *v = &agent_formats[i];
		enum agent_status status;

		t->out_len = 0;
		status = agent_format(v->format, v->val, v->nr, &agent_test_ops,
				      t);
		EXPECT_MSG(status == v->status, v->format);
		EXPECT_MSG(same_text(t->out, t->out_len, v->text), v->format);
		/* Without a target only the format can be wrong. */
		status = agent_format(v->format, NULL, v->nr, NULL, NULL);
		EXPECT_MSG((status == AGENT_BAD_FORMAT) ==
				   (v->status == AGENT_BAD_FORMAT),
			   v->format);
	}
}

/* Output that has no room ends in an error, and is not tried again. */
static void agent_reports_lost_output(CHECK)
{
	static const u64 vals[] = { 1, 2 };

	agent_target.out_len = 0;
	EXPECT_EQ(agent_format("%200d%100d", vals, 2, &agent_test_ops,
			       &agent_target),
		  AGENT_CALLBACK);
}

static void agent_names_statuses(CHECK)
{
	int status;

	for (status = AGENT_OK; status <= AGENT_CALLBACK + 1; status++) {
		const char *text = agent_status_text(status);

		EXPECT(text && *text);
		EXPECT(!strpbrk(text, "#$}*"));
	}
}

static CHECK_TABLE agent_cases[] = {
	CASE(agent_verifies),
	CASE(agent_runs),
	CASE(agent_decides),
	CASE(agent_misses_callbacks),
	CASE(agent_allows_effects),
	CASE(agent_traces),
	CASE(agent_bounds_length),
	CASE(agent_prints),
	CASE(agent_refuses_printf),
	CASE(agent_formats_values),
	CASE(agent_reports_lost_output),
	CASE(agent_names_statuses),
	CASES_END,
};

#endif /* GDBSTUB_AGENT_CASES_H */
