// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Agent expressions under a fuzzer: any bytes can be verified and run, and what
 * the verifier lets pass ends early only for reasons that lie in the target.
 */
#include "agent.h"
#include "fuzz.h"

static size_t printed;

static int read_reg(void *ctx, unsigned int regnum, u64 *val)
{
	(void)ctx;
	*val = regnum * 0x0101010101010101ULL;
	return regnum < 64 ? 0 : -EINVAL;
}

/* Every eighth page is a hole. */
static int read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	(void)ctx;
	MUST(len <= 8);
	if ((addr >> 12 & 7) == 7)
		return -EFAULT;
	memset(buf, (int)(addr & 0xff), len);
	return 0;
}

static int print(void *ctx, const char *text, size_t len)
{
	(void)ctx;
	MUST(len && text);
	printed += len;
	return printed > 1 << 20 ? -ENOSPC : 0;
}

static int do_value(void *ctx, u64 a, u64 b)
{
	(void)ctx;
	(void)b;
	return a == 42 ? -EINVAL : 0;
}

static int get_var(void *ctx, unsigned int num, u64 *val)
{
	*val = num;
	return do_value(ctx, num, 0);
}

static int set_var(void *ctx, unsigned int num, u64 val)
{
	return do_value(ctx, num, val);
}

static int trace_var(void *ctx, unsigned int num)
{
	return do_value(ctx, num, 0);
}

static const struct agent_ops ops = {
	.read_reg = read_reg,
	.read_mem = read_mem,
	.print = print,
	.trace_mem = do_value,
	.trace_str = do_value,
	.get_var = get_var,
	.set_var = set_var,
	.trace_var = trace_var,
};

static const struct agent_ops no_ops;

static bool is_the_targets(enum agent_status status)
{
	return status == AGENT_OK || status == AGENT_DIV_ZERO ||
	       status == AGENT_BAD_MEMORY || status == AGENT_BAD_REGISTER ||
	       status == AGENT_TOO_MANY_STEPS || status == AGENT_CALLBACK;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct agent_expr expr;
	enum agent_status verdict, status;
	u8 *scratch;
	u64 result;
	u32 allow;

	if (!size)
		return 0;
	allow = data[0] & 0xf;
	expr.code = data + 1;
	expr.len = size - 1;
	scratch = malloc(size);
	MUST(scratch);
	verdict = agent_verify(&expr, allow, scratch);
	free(scratch);

	printed = 0;
	status = agent_eval(&expr, &ops, NULL, &result);
	MUST(verdict || is_the_targets(status));
	MUST(status == AGENT_OK || !result);
	MUST(agent_status_text(verdict) && agent_status_text(status));
	status = agent_eval(&expr, &no_ops, NULL, &result);
	MUST(verdict || is_the_targets(status));
	return 0;
}
