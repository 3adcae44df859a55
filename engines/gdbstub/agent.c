// SPDX-License-Identifier: GPL-2.0-only
/*
 * Agent expressions: the verifier and the interpreter.
 *
 * One table says of each opcode how many operand bytes it has and what it does
 * to the stack; the verifier proves with it what the interpreter checks again
 * while it runs, so that a mistake in the first costs a wrong answer and never
 * memory.
 */
#include "agent.h"
#include "agent_format.h"

enum opcode {
	OP_FLOAT = 0x01,
	OP_ADD = 0x02,
	OP_SUB = 0x03,
	OP_MUL = 0x04,
	OP_DIV_SIGNED = 0x05,
	OP_DIV_UNSIGNED = 0x06,
	OP_REM_SIGNED = 0x07,
	OP_REM_UNSIGNED = 0x08,
	OP_LSH = 0x09,
	OP_RSH_SIGNED = 0x0a,
	OP_RSH_UNSIGNED = 0x0b,
	OP_TRACE = 0x0c,
	OP_TRACE_QUICK = 0x0d,
	OP_LOG_NOT = 0x0e,
	OP_BIT_AND = 0x0f,
	OP_BIT_OR = 0x10,
	OP_BIT_XOR = 0x11,
	OP_BIT_NOT = 0x12,
	OP_EQUAL = 0x13,
	OP_LESS_SIGNED = 0x14,
	OP_LESS_UNSIGNED = 0x15,
	OP_EXT = 0x16,
	OP_REF8 = 0x17,
	OP_REF16 = 0x18,
	OP_REF32 = 0x19,
	OP_REF64 = 0x1a,
	OP_REF_FLOAT = 0x1b,
	OP_REF_DOUBLE = 0x1c,
	OP_REF_LONG_DOUBLE = 0x1d,
	OP_L_TO_D = 0x1e,
	OP_D_TO_L = 0x1f,
	OP_IF_GOTO = 0x20,
	OP_GOTO = 0x21,
	OP_CONST8 = 0x22,
	OP_CONST16 = 0x23,
	OP_CONST32 = 0x24,
	OP_CONST64 = 0x25,
	OP_REG = 0x26,
	OP_END = 0x27,
	OP_DUP = 0x28,
	OP_POP = 0x29,
	OP_ZERO_EXT = 0x2a,
	OP_SWAP = 0x2b,
	OP_GETV = 0x2c,
	OP_SETV = 0x2d,
	OP_TRACEV = 0x2e,
	OP_TRACENZ = 0x2f,
	OP_TRACE16 = 0x30,
	OP_PICK = 0x32,
	OP_ROT = 0x33,
	OP_PRINTF = 0x34,
};

/**
 * struct opcode_info - what is known of an opcode before it runs
 * @valid: there is such an opcode
 * @is_float: and it is floating point
 * @operands: bytes behind it in the bytecode; printf has more
 * @pops: values taken off the stack; pick and printf need more
 * @pushes: values put on it
 * @needs: AGENT_MAY_* flag without which it is refused
 */
struct opcode_info {
	bool valid;
	bool is_float;
	u8 operands;
	u8 pops;
	u8 pushes;
	u8 needs;
};

#define OP(operands_, pops_, pushes_)                                \
	{                                                            \
		.valid = true, .operands = operands_, .pops = pops_, \
		.pushes = pushes_                                    \
	}
#define EFFECT(operands_, pops_, pushes_, needs_)                    \
	{                                                            \
		.valid = true, .operands = operands_, .pops = pops_, \
		.pushes = pushes_, .needs = needs_                   \
	}
#define FLOAT                                   \
	{                                       \
		.valid = true, .is_float = true \
	}

static const struct opcode_info opcode_table[] = {
	[OP_FLOAT] = FLOAT,
	[OP_ADD] = OP(0, 2, 1),
	[OP_SUB] = OP(0, 2, 1),
	[OP_MUL] = OP(0, 2, 1),
	[OP_DIV_SIGNED] = OP(0, 2, 1),
	[OP_DIV_UNSIGNED] = OP(0, 2, 1),
	[OP_REM_SIGNED] = OP(0, 2, 1),
	[OP_REM_UNSIGNED] = OP(0, 2, 1),
	[OP_LSH] = OP(0, 2, 1),
	[OP_RSH_SIGNED] = OP(0, 2, 1),
	[OP_RSH_UNSIGNED] = OP(0, 2, 1),
	[OP_TRACE] = EFFECT(0, 2, 0, AGENT_MAY_TRACE),
	[OP_TRACE_QUICK] = EFFECT(1, 1, 1, AGENT_MAY_TRACE),
	[OP_LOG_NOT] = OP(0, 1, 1),
	[OP_BIT_AND] = OP(0, 2, 1),
	[OP_BIT_OR] = OP(0, 2, 1),
	[OP_BIT_XOR] = OP(0, 2, 1),
	[OP_BIT_NOT] = OP(0, 1, 1),
	[OP_EQUAL] = OP(0, 2, 1),
	[OP_LESS_SIGNED] = OP(0, 2, 1),
	[OP_LESS_UNSIGNED] = OP(0, 2, 1),
	[OP_EXT] = OP(1, 1, 1),
	[OP_REF8] = OP(0, 1, 1),
	[OP_REF16] = OP(0, 1, 1),
	[OP_REF32] = OP(0, 1, 1),
	[OP_REF64] = OP(0, 1, 1),
	[OP_REF_FLOAT] = FLOAT,
	[OP_REF_DOUBLE] = FLOAT,
	[OP_REF_LONG_DOUBLE] = FLOAT,
	[OP_L_TO_D] = FLOAT,
	[OP_D_TO_L] = FLOAT,
	[OP_IF_GOTO] = OP(2, 1, 0),
	[OP_GOTO] = OP(2, 0, 0),
	[OP_CONST8] = OP(1, 0, 1),
	[OP_CONST16] = OP(2, 0, 1),
	[OP_CONST32] = OP(4, 0, 1),
	[OP_CONST64] = OP(8, 0, 1),
	[OP_REG] = OP(2, 0, 1),
	[OP_END] = OP(0, 0, 0),
	[OP_DUP] = OP(0, 1, 2),
	[OP_POP] = OP(0, 1, 0),
	[OP_ZERO_EXT] = OP(1, 1, 1),
	[OP_SWAP] = OP(0, 2, 2),
	[OP_GETV] = OP(2, 0, 1),
	[OP_SETV] = EFFECT(2, 1, 1, AGENT_MAY_SETV),
	[OP_TRACEV] = EFFECT(2, 0, 1, AGENT_MAY_TRACE),
	[OP_TRACENZ] = EFFECT(0, 2, 0, AGENT_MAY_TRACE),
	[OP_TRACE16] = EFFECT(2, 1, 1, AGENT_MAY_TRACE),
	[OP_PICK] = OP(1, 0, 1),
	[OP_ROT] = OP(0, 3, 3),
	[OP_PRINTF] = EFFECT(3, 2, 0, AGENT_MAY_PRINT),
};

static u64 get_be(const u8 *bytes, size_t len)
{
	u64 val = 0;

	while (len--)
		val = val << 8 | *bytes++;
	return val;
}

/**
 * struct insn - one decoded instruction
 * @op: its opcode
 * @next: offset of the instruction behind it
 * @needs: depth that the stack must have
 * @pops: values it takes off
 * @pushes: values it puts on
 * @operand: its operand bytes as a number, most significant byte first
 * @format: of printf; NUL-terminated
 * @nr_args: of printf
 */
struct insn {
	enum opcode op;
	size_t next;
	unsigned int needs;
	unsigned int pops;
	unsigned int pushes;
	u64 operand;
	const char *format;
	unsigned int nr_args;
};

/* printf's operands: the number of arguments, the length of the format with
 * its NUL, the format. On the stack are function, channel and the arguments.
 */
static enum agent_status decode_printf(const struct agent_expr *expr,
				       struct insn *insn)
{
	size_t format_len = insn->operand & 0xffff;
	size_t format_at = insn->next;

	if (!format_len || format_len > expr->len - format_at)
		return AGENT_CUT_OFF;
	if (expr->code[format_at + format_len - 1])
		return AGENT_BAD_FORMAT;
	insn->format = (const char *)expr->code + format_at;
	insn->nr_args = insn->operand >> 16;
	insn->pops += insn->nr_args;
	insn->needs = insn->pops;
	insn->next += format_len;
	return AGENT_OK;
}

static enum agent_status decode(const struct agent_expr *expr, size_t pc,
				struct insn *insn)
{
	u8 op = expr->code[pc];
	const struct opcode_info *info;

	if (op >= ARRAY_SIZE(opcode_table) || !opcode_table[op].valid)
		return AGENT_BAD_OPCODE;
	info = &opcode_table[op];
	if (info->is_float)
		return AGENT_FLOAT;
	if (info->operands > expr->len - pc - 1)
		return AGENT_CUT_OFF;

	insn->op = op;
	insn->next = pc + 1 + info->operands;
	insn->pops = info->pops;
	insn->needs = info->pops;
	insn->pushes = info->pushes;
	insn->operand = get_be(expr->code + pc + 1, info->operands);
	if (op == OP_PICK)
		insn->needs = insn->operand + 1;
	if (op == OP_PRINTF)
		return decode_printf(expr, insn);
	return AGENT_OK;
}

static enum agent_status check_stack(const struct insn *insn,
				     unsigned int depth)
{
	if (depth < insn->needs)
		return AGENT_UNDERFLOW;
	if (depth - insn->pops + insn->pushes > AGENT_MAX_STACK)
		return AGENT_OVERFLOW;
	return AGENT_OK;
}

/*
 * The verifier keeps one byte for each byte of code: INSIDE for operand bytes;
 * for the first byte of an instruction 0 as long as no way there is known,
 * else the depth of the stack there plus one, with DONE when what follows from
 * it was looked at.
 */
#define INSIDE 0xff
#define DONE 0x80

struct verifier {
	const struct agent_expr *expr;
	u32 allow;
	u8 *map;
	/* A place before the one being looked at was reached. */
	bool again;
};

/* Every byte belongs to one instruction, reachable or not. */
static enum agent_status map_insns(struct verifier *v)
{
	size_t pc = 0;

	while (pc < v->expr->len) {
		enum agent_status status;
		struct insn insn;

		status = decode(v->expr, pc, &insn);
		if (status)
			return status;
		if (opcode_table[insn.op].needs & ~v->allow)
			return AGENT_NOT_ALLOWED;
		if (insn.op == OP_PRINTF) {
			status = agent_format_check(insn.format, insn.nr_args);
			if (status)
				return status;
		}
		memset(v->map + pc, INSIDE, insn.next - pc);
		v->map[pc] = 0;
		pc = insn.next;
	}
	return AGENT_OK;
}

/* Control goes from @from to @to with @depth values on the stack. */
static enum agent_status flow(struct verifier *v, size_t from, size_t to,
			      unsigned int depth)
{
	if (to >= v->expr->len)
		return AGENT_NO_END;
	if (v->map[to] == INSIDE)
		return AGENT_BAD_JUMP;
	if (v->map[to])
		return (v->map[to] & ~DONE) == depth + 1 ? AGENT_OK :
							   AGENT_UNEVEN;
	v->map[to] = depth + 1;
	if (to < from)
		v->again = true;
	return AGENT_OK;
}

static enum agent_status visit(struct verifier *v, size_t pc)
{
	unsigned int depth = v->map[pc] - 1;
	enum agent_status status;
	struct insn insn;

	v->map[pc] |= DONE;
	status = decode(v->expr, pc, &insn);
	if (!status)
		status = check_stack(&insn, depth);
	if (status)
		return status;

	depth = depth - insn.pops + insn.pushes;
	if (insn.op == OP_END) {
		if (!depth && (v->allow & AGENT_NEEDS_RESULT))
			return AGENT_NO_RESULT;
		return AGENT_OK;
	}
	if (insn.op == OP_GOTO || insn.op == OP_IF_GOTO) {
		if (insn.operand >= v->expr->len)
			return AGENT_BAD_JUMP;
		status = flow(v, pc, insn.operand, depth);
		if (status || insn.op == OP_GOTO)
			return status;
	}
	return flow(v, pc, insn.next, depth);
}

enum agent_status agent_verify(const struct agent_expr *expr, u32 allow,
			       u8 *scratch)
{
	struct verifier v = { .expr = expr, .allow = allow, .map = scratch };
	enum agent_status status;
	size_t pc;

	if (!expr->len)
		return AGENT_EMPTY;
	if (expr->len > AGENT_MAX_LEN)
		return AGENT_TOO_LONG;
	status = map_insns(&v);
	if (status)
		return status;

	v.map[0] = 1;
	do {
		v.again = false;
		for (pc = 0; pc < expr->len; pc++) {
			if (!v.map[pc] || v.map[pc] & DONE)
				continue;
			status = visit(&v, pc);
			if (status)
				return status;
		}
	} while (v.again);
	return AGENT_OK;
}

/* Running */

struct machine {
	const struct agent_ops *ops;
	void *ctx;
	unsigned int depth;
	u64 stack[AGENT_MAX_STACK];
};

static void push(struct machine *m, u64 val)
{
	m->stack[m->depth++] = val;
}

static u64 pop(struct machine *m)
{
	return m->stack[--m->depth];
}

/* The quotient that does not fit (the smallest number by -1) wraps around. */
static enum agent_status divide(enum opcode op, u64 a, u64 b, u64 *val)
{
	if (!b)
		return AGENT_DIV_ZERO;
	switch (op) {
	case OP_DIV_SIGNED:
		*val = b == U64_MAX ? 0 - a : (u64)((s64)a / (s64)b);
		break;
	case OP_REM_SIGNED:
		*val = b == U64_MAX ? 0 : (u64)((s64)a % (s64)b);
		break;
	case OP_DIV_UNSIGNED:
		*val = a / b;
		break;
	default:
		*val = a % b;
		break;
	}
	return AGENT_OK;
}

/* A count of 64 or more moves every bit out. */
static u64 shift(enum opcode op, u64 a, u64 b)
{
	if (op == OP_RSH_SIGNED)
		return (s64)a >> (b > 63 ? 63 : b);
	if (b > 63)
		return 0;
	return op == OP_LSH ? a << b : a >> b;
}

static enum agent_status run_binary(struct machine *m, enum opcode op)
{
	u64 b = pop(m);
	u64 a = pop(m);
	u64 val;

	switch (op) {
	case OP_ADD:
		val = a + b;
		break;
	case OP_SUB:
		val = a - b;
		break;
	case OP_MUL:
		val = a * b;
		break;
	case OP_LSH:
	case OP_RSH_SIGNED:
	case OP_RSH_UNSIGNED:
		val = shift(op, a, b);
		break;
	case OP_BIT_AND:
		val = a & b;
		break;
	case OP_BIT_OR:
		val = a | b;
		break;
	case OP_BIT_XOR:
		val = a ^ b;
		break;
	case OP_EQUAL:
		val = a == b;
		break;
	case OP_LESS_SIGNED:
		val = (s64)a < (s64)b;
		break;
	case OP_LESS_UNSIGNED:
		val = a < b;
		break;
	default:
		if (divide(op, a, b, &val))
			return AGENT_DIV_ZERO;
		break;
	}
	push(m, val);
	return AGENT_OK;
}

static u64 extend(u64 val, u64 bits, bool sign)
{
	u64 low;

	if (bits >= 64)
		return val;
	low = val & ((1ULL << bits) - 1);
	if (!sign || !bits || !(val >> (bits - 1) & 1))
		return low;
	return low | U64_MAX << bits;
}

static enum agent_status run_unary(struct machine *m, const struct insn *insn)
{
	u64 a = pop(m);

	switch (insn->op) {
	case OP_LOG_NOT:
		a = !a;
		break;
	case OP_BIT_NOT:
		a = ~a;
		break;
	default:
		a = extend(a, insn->operand, insn->op == OP_EXT);
		break;
	}
	push(m, a);
	return AGENT_OK;
}

/* Target and host are the same machine, so the bytes are in its order. */
static enum agent_status run_ref(struct machine *m, enum opcode op)
{
	size_t len = 1U << (op - OP_REF8);
	u64 addr = pop(m);
	union {
		u8 b;
		u16 w;
		u32 l;
		u64 q;
	} val;

	if (!m->ops->read_mem || m->ops->read_mem(m->ctx, addr, &val, len))
		return AGENT_BAD_MEMORY;
	switch (len) {
	case 1:
		push(m, val.b);
		break;
	case 2:
		push(m, val.w);
		break;
	case 4:
		push(m, val.l);
		break;
	default:
		push(m, val.q);
		break;
	}
	return AGENT_OK;
}

static void run_shuffle(struct machine *m, const struct insn *insn)
{
	u64 *top = &m->stack[m->depth];
	u64 val;

	switch (insn->op) {
	case OP_DUP:
		push(m, top[-1]);
		break;
	case OP_POP:
		m->depth--;
		break;
	case OP_SWAP:
		val = top[-1];
		top[-1] = top[-2];
		top[-2] = val;
		break;
	case OP_PICK:
		push(m, m->stack[m->depth - 1 - insn->operand]);
		break;
	default:
		val = top[-1];
		top[-1] = top[-2];
		top[-2] = top[-3];
		top[-3] = val;
		break;
	}
}

static enum agent_status run_reg(struct machine *m, const struct insn *insn)
{
	u64 val;

	if (!m->ops->read_reg || m->ops->read_reg(m->ctx, insn->operand, &val))
		return AGENT_BAD_REGISTER;
	push(m, val);
	return AGENT_OK;
}

static enum agent_status run_var(struct machine *m, const struct insn *insn)
{
	const struct agent_ops *ops = m->ops;
	u64 val;

	if (insn->op == OP_SETV) {
		val = m->stack[m->depth - 1];
		if (!ops->set_var || ops->set_var(m->ctx, insn->operand, val))
			return AGENT_CALLBACK;
		return AGENT_OK;
	}
	if (insn->op == OP_TRACEV &&
	    (!ops->trace_var || ops->trace_var(m->ctx, insn->operand)))
		return AGENT_CALLBACK;
	if (!ops->get_var || ops->get_var(m->ctx, insn->operand, &val))
		return AGENT_CALLBACK;
	push(m, val);
	return AGENT_OK;
}

static enum agent_status run_trace(struct machine *m, const struct insn *insn)
{
	const struct agent_ops *ops = m->ops;
	u64 len, addr;

	if (insn->op == OP_TRACE_QUICK || insn->op == OP_TRACE16) {
		len = insn->operand;
		addr = m->stack[m->depth - 1];
	} else {
		len = pop(m);
		addr = pop(m);
	}
	if (insn->op == OP_TRACENZ) {
		if (!ops->trace_str || ops->trace_str(m->ctx, addr, len))
			return AGENT_CALLBACK;
		return AGENT_OK;
	}
	if (!ops->trace_mem || ops->trace_mem(m->ctx, addr, len))
		return AGENT_CALLBACK;
	return AGENT_OK;
}

/* The first argument lies right under channel and function, the last deepest. */
static enum agent_status run_printf(struct machine *m, const struct insn *insn)
{
	struct agent_args args = {
		.nr = insn->nr_args,
		.step = -1,
	};

	m->depth -= 2;
	if (args.nr)
		args.val = &m->stack[m->depth - 1];
	m->depth -= args.nr;
	if (!m->ops->print)
		return AGENT_CALLBACK;
	return agent_format_args(insn->format, &args, m->ops, m->ctx);
}

static enum agent_status run_insn(struct machine *m, const struct insn *insn)
{
	switch (insn->op) {
	case OP_CONST8:
	case OP_CONST16:
	case OP_CONST32:
	case OP_CONST64:
		push(m, insn->operand);
		return AGENT_OK;
	case OP_REG:
		return run_reg(m, insn);
	case OP_REF8:
	case OP_REF16:
	case OP_REF32:
	case OP_REF64:
		return run_ref(m, insn->op);
	case OP_LOG_NOT:
	case OP_BIT_NOT:
	case OP_EXT:
	case OP_ZERO_EXT:
		return run_unary(m, insn);
	case OP_DUP:
	case OP_POP:
	case OP_SWAP:
	case OP_PICK:
	case OP_ROT:
		run_shuffle(m, insn);
		return AGENT_OK;
	case OP_GETV:
	case OP_SETV:
	case OP_TRACEV:
		return run_var(m, insn);
	case OP_TRACE:
	case OP_TRACE_QUICK:
	case OP_TRACE16:
	case OP_TRACENZ:
		return run_trace(m, insn);
	case OP_PRINTF:
		return run_printf(m, insn);
	default:
		return run_binary(m, insn->op);
	}
}

/* Runs from @pc; on AGENT_OK with *@pc == the length, `end' was reached. */
static enum agent_status run_one(struct machine *m,
				 const struct agent_expr *expr, size_t *pc)
{
	enum agent_status status;
	struct insn insn;

	if (*pc >= expr->len)
		return AGENT_NO_END;
	status = decode(expr, *pc, &insn);
	if (!status)
		status = check_stack(&insn, m->depth);
	if (status)
		return status;

	*pc = insn.next;
	switch (insn.op) {
	case OP_END:
		*pc = expr->len;
		return AGENT_OK;
	case OP_IF_GOTO:
		if (!pop(m))
			return AGENT_OK;
		fallthrough;
	case OP_GOTO:
		*pc = insn.operand;
		return *pc < expr->len ? AGENT_OK : AGENT_BAD_JUMP;
	default:
		status = run_insn(m, &insn);
		if (!status && *pc == expr->len)
			return AGENT_NO_END;
		return status;
	}
}

enum agent_status agent_eval_briefly(const struct agent_expr *expr,
				     unsigned int *steps,
				     const struct agent_ops *ops, void *ctx,
				     u64 *result)
{
	struct machine m;
	size_t pc = 0;

	*result = 0;
	if (!expr->len)
		return AGENT_EMPTY;
	m.ops = ops;
	m.ctx = ctx;
	m.depth = 0;
	while (*steps) {
		enum agent_status status = run_one(&m, expr, &pc);

		--*steps;
		if (status)
			return status;
		if (pc == expr->len) {
			*result = m.depth ? m.stack[m.depth - 1] : 0;
			return AGENT_OK;
		}
	}
	return AGENT_TOO_MANY_STEPS;
}

enum agent_status agent_eval(const struct agent_expr *expr,
			     const struct agent_ops *ops, void *ctx,
			     u64 *result)
{
	unsigned int steps = AGENT_MAX_STEPS;

	return agent_eval_briefly(expr, &steps, ops, ctx, result);
}

bool agent_condition(const struct agent_expr *expr, const struct agent_ops *ops,
		     void *ctx)
{
	u64 result;

	return agent_eval(expr, ops, ctx, &result) != AGENT_OK || result;
}

static const char *const status_text[] = {
	[AGENT_OK] = "no error",
	[AGENT_EMPTY] = "the expression is empty",
	[AGENT_TOO_LONG] = "the expression is too long",
	[AGENT_BAD_OPCODE] = "unknown opcode in the expression",
	[AGENT_FLOAT] = "floating point is not supported in expressions",
	[AGENT_CUT_OFF] = "the expression is cut off",
	[AGENT_BAD_JUMP] = "jump to a place that is no instruction",
	[AGENT_UNDERFLOW] = "too few values on the expression stack",
	[AGENT_OVERFLOW] = "the expression needs too deep a stack",
	[AGENT_UNEVEN] = "stack depths differ where two ways meet",
	[AGENT_NO_END] = "the expression has no end",
	[AGENT_NO_RESULT] = "the expression has no result",
	[AGENT_BAD_FORMAT] = "the format is malformed or not supported",
	[AGENT_NOT_ALLOWED] = "this kind of expression may not do that",
	[AGENT_DIV_ZERO] = "division by zero in the expression",
	[AGENT_BAD_MEMORY] = "the expression cannot read memory",
	[AGENT_BAD_REGISTER] = "the expression cannot read a register",
	[AGENT_TOO_MANY_STEPS] = "the expression runs too long",
	[AGENT_CALLBACK] = "the output of the expression cannot be stored",
};

const char *agent_status_text(enum agent_status status)
{
	if ((size_t)status >= ARRAY_SIZE(status_text))
		return "unknown error";
	return status_text[status];
}
