// SPDX-License-Identifier: GPL-2.0-only
/*
 * Definitions of tracepoints as packets have them. Pure.
 */
#include "agent.h"
#include "proto.h"
#include "trace_parse.h"

int trace_parse_name(struct proto_cursor *c, u32 *number, u64 *addr)
{
	u64 val;
	int ret;

	ret = proto_get_hex(c, &val);
	if (ret)
		return ret;
	if (val > U16_MAX)
		return -ERANGE;
	*number = val;
	if (!proto_skip(c, ':'))
		return -EINVAL;
	ret = proto_get_hex(c, addr);
	if (ret)
		return ret;
	return proto_skip(c, ':') ? 0 : -EINVAL;
}

/* length ',' hex digits. */
static int get_code(struct proto_cursor *c, u8 **code, size_t *len)
{
	u64 bytes;
	int ret;

	ret = proto_get_hex(c, &bytes);
	if (ret)
		return ret;
	if (!proto_skip(c, ',') || bytes > AGENT_MAX_LEN ||
	    bytes > (u64)(c->end - c->pos) / 2)
		return -EINVAL;
	*code = c->pos;
	*len = bytes;
	c->pos += 2 * bytes;
	ret = proto_unhex(*code, 2 * bytes);
	return ret < 0 ? ret : 0;
}

/* Bytecode that may do what @allow says. */
static int get_valid_code(struct proto_cursor *c, u32 allow, u8 *scratch,
			  u8 **code, size_t *len, const char **reason)
{
	enum agent_status status;
	struct agent_expr expr;
	int ret;

	ret = get_code(c, code, len);
	if (ret)
		return ret;
	expr.code = *code;
	expr.len = *len;
	status = agent_verify(&expr, allow, scratch);
	if (status == AGENT_OK)
		return 0;
	*reason = agent_status_text(status);
	return -EINVAL;
}

static int get_part(struct proto_cursor *c, u8 *scratch,
		    struct trace_head *head, const char **reason)
{
	if (proto_skip(c, 'F')) {
		*reason = "fast tracepoints are not served";
		return -EOPNOTSUPP;
	}
	if (proto_skip(c, 'S')) {
		*reason = "static tracepoints are not served";
		return -EOPNOTSUPP;
	}
	if (!proto_skip(c, 'X') || head->cond)
		return -EINVAL;
	return get_valid_code(c, AGENT_NEEDS_RESULT | AGENT_MAY_SETV, scratch,
			      &head->cond, &head->cond_len, reason);
}

int trace_parse_head(struct proto_cursor *c, u8 *scratch,
		     struct trace_head *head, const char **reason)
{
	int ret;

	memset(head, 0, sizeof(*head));
	*reason = NULL;
	ret = trace_parse_name(c, &head->number, &head->addr);
	if (ret)
		return ret;
	head->is_enabled = proto_skip(c, 'E');
	if ((!head->is_enabled && !proto_skip(c, 'D')) || !proto_skip(c, ':'))
		return -EINVAL;
	ret = proto_get_hex(c, &head->steps);
	if (!ret && !proto_skip(c, ':'))
		ret = -EINVAL;
	if (!ret)
		ret = proto_get_hex(c, &head->pass);
	while (!ret && proto_skip(c, ':'))
		ret = get_part(c, scratch, head, reason);
	if (ret)
		return ret;
	head->is_open = proto_skip(c, '-');
	return c->pos == c->end ? 0 : -EINVAL;
}

/*
 * register ',' offset ',' length; a register of -1, as many bits as the client
 * likes, is none.
 */
static int get_memory(struct proto_cursor *c, struct trace_item *item)
{
	bool minus = proto_skip(c, '-');
	u64 base;

	if (proto_get_hex(c, &base) || !proto_skip(c, ',') ||
	    proto_get_hex(c, &item->offset) || !proto_skip(c, ',') ||
	    proto_get_hex(c, &item->len))
		return -EINVAL;
	item->has_base = !minus && base != U32_MAX && base != U64_MAX;
	item->base = base < U32_MAX ? base : U32_MAX;
	return 1;
}

int trace_parse_item(struct proto_cursor *c, u8 *scratch,
		     struct trace_item *item, const char **reason)
{
	int ret;

	memset(item, 0, sizeof(*item));
	*reason = NULL;
	if (c->pos == c->end || *c->pos == '-')
		return 0;
	item->kind = *c->pos++;
	switch (item->kind) {
	case 'R':
		/* The mask may be long; all registers are collected. */
		while (c->pos < c->end && hex_to_bin(*c->pos) >= 0)
			c->pos++;
		return 1;
	case 'M':
		return get_memory(c, item);
	case 'X':
		ret = get_valid_code(c, AGENT_FOR_TRACEPOINT, scratch,
				     &item->code, &item->code_len, reason);
		return ret ?: 1;
	default:
		return -EINVAL;
	}
}

int trace_parse_var(struct proto_cursor *c, struct trace_var_def *def)
{
	u64 number, builtin;
	ssize_t len;

	if (proto_get_hex(c, &number) || !proto_skip(c, ':') ||
	    proto_get_hex(c, &def->initial) || !proto_skip(c, ':') ||
	    proto_get_hex(c, &builtin) || !proto_skip(c, ':') ||
	    number > S32_MAX)
		return -EINVAL;
	def->number = number;
	def->is_builtin = builtin;
	def->name = c->pos;
	len = proto_unhex(c->pos, c->end - c->pos);
	if (len < 0)
		return len;
	def->name_len = len;
	c->pos = c->end;
	return memchr(def->name, 0, len) ? -EINVAL : 0;
}
