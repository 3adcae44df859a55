// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on an experiment: definitions, start and stop, what became of it.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "agent.h"
#include "commands.h"
#include "regs_x86.h"
#include "session.h"
#include "tdesc_x86.h"

/* Notes of the client; longer ones are refused. */
#define NOTES_MAX 4096

static struct proto_cursor cursor_of(const struct command *command)
{
	return (struct proto_cursor){
		.pos = command->data,
		.end = command->data + command->len,
	};
}

static int refuse(struct command *command, const char *reason)
{
	packet_put_error_text(command->tx, reason);
	return 0;
}

static struct trace_set *set_to_change(struct command *command)
{
	int ret;

	if (!tracepoint_set(command->session)) {
		ret = tracepoint_renew(command->session);
		if (ret)
			return ERR_PTR(ret);
	}
	return tracepoint_set(command->session);
}

int cmd_trace_init(struct command *command)
{
	return tracepoint_renew(command->session) ?: command_ok(command);
}

/* number ':' address ':' */
static int get_name(struct proto_cursor *c, u32 *number, u64 *addr)
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

/*
 * length ',' hex digits. The code is decoded in place, into what @code is set
 * to.
 */
static int get_code(struct proto_cursor *c, u8 **code, size_t *len)
{
	u64 bytes;
	int ret;

	ret = proto_get_hex(c, &bytes);
	if (ret)
		return ret;
	if (!proto_skip(c, ',') || bytes > AGENT_MAX_LEN ||
	    bytes > (c->end - c->pos) / 2)
		return -EINVAL;
	*code = c->pos;
	*len = bytes;
	c->pos += 2 * bytes;
	ret = proto_unhex(*code, 2 * bytes);
	return ret < 0 ? ret : 0;
}

/* Return: why the bytecode is refused, or NULL. */
static const char *check_code(struct command *command, const u8 *code,
			      size_t len, u32 allow)
{
	struct agent_expr expr = { .code = code, .len = len };
	enum agent_status status;

	status = agent_verify(&expr, allow, command->session->scratch);
	return status == AGENT_OK ? NULL : agent_status_text(status);
}

/**
 * struct point_head - the first packet of a definition
 * @number: the tracepoint's
 * @addr: where
 * @is_enabled: see &struct trace_point
 * @steps: likewise
 * @pass: likewise
 * @is_open: more is to come
 * @cond: bytecode inside the packet, or NULL
 * @cond_len: bytes at @cond
 * @reason: why it is refused, or NULL
 */
struct point_head {
	u32 number;
	u64 addr;
	bool is_enabled;
	u64 steps;
	u64 pass;
	bool is_open;
	u8 *cond;
	size_t cond_len;
	const char *reason;
};

static int get_part(struct command *command, struct proto_cursor *c,
		    struct point_head *head)
{
	int ret;

	if (proto_skip(c, 'F')) {
		head->reason = "fast tracepoints are not served";
		return -EOPNOTSUPP;
	}
	if (proto_skip(c, 'S')) {
		head->reason = "static tracepoints are not served";
		return -EOPNOTSUPP;
	}
	if (!proto_skip(c, 'X') || head->cond)
		return -EINVAL;
	ret = get_code(c, &head->cond, &head->cond_len);
	if (ret)
		return ret;
	head->reason = check_code(command, head->cond, head->cond_len,
				  AGENT_NEEDS_RESULT | AGENT_MAY_SETV);
	return head->reason ? -EINVAL : 0;
}

static int get_head(struct command *command, struct proto_cursor *c,
		    struct point_head *head)
{
	int ret;

	ret = get_name(c, &head->number, &head->addr);
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
		ret = get_part(command, c, head);
	if (ret)
		return ret;
	head->is_open = proto_skip(c, '-');
	return c->pos == c->end ? 0 : -EINVAL;
}

static struct trace_point *add_point(struct command *command,
				     struct trace_set *set,
				     const struct point_head *head)
{
	struct gdb_session *session = command->session;
	struct trace_point *point;

	point = tracepoint_alloc(session, set, sizeof(*point));
	if (!point)
		return NULL;
	if (head->cond) {
		point->cond = tracepoint_alloc(session, set, head->cond_len);
		if (!point->cond) {
			kvfree(point);
			return NULL;
		}
		memcpy(point->cond, head->cond, head->cond_len);
		point->cond_len = head->cond_len;
	}
	point->number = head->number;
	point->addr = head->addr;
	point->is_enabled = head->is_enabled;
	point->steps = head->steps;
	point->pass = head->pass;
	point->is_open = true;
	tracepoint_add(set, point);
	return point;
}

static int define_point(struct command *command, struct trace_set *set,
			struct proto_cursor *c)
{
	struct point_head head = {};
	struct trace_point *point;
	int ret;

	ret = get_head(command, c, &head);
	if (ret)
		return head.reason ? refuse(command, head.reason) : ret;
	if (tracepoint_find(set, head.number, head.addr))
		return -EEXIST;
	point = add_point(command, set, &head);
	if (!point)
		return -ENOMEM;
	if (!head.is_open)
		ret = tracepoint_complete(command->session, set, point);
	return ret ?: command_ok(command);
}

static struct trace_action *new_action(struct command *command,
				       struct trace_set *set, char kind,
				       const u8 *code, size_t len)
{
	struct trace_action *action;

	action = tracepoint_alloc(command->session, set,
				  struct_size(action, code, len));
	if (!action)
		return ERR_PTR(-ENOMEM);
	action->kind = kind;
	action->len = len;
	memcpy(action->code, code, len);
	return action;
}

/*
 * register ',' offset ',' length; a register of -1, as many bits as the client
 * likes, is none.
 */
static struct trace_action *get_memory(struct command *command,
				       struct trace_set *set,
				       struct proto_cursor *c)
{
	struct trace_action *action;
	u64 base = U64_MAX, offset, len;
	bool minus;

	minus = proto_skip(c, '-');
	if (proto_get_hex(c, &base) || !proto_skip(c, ',') ||
	    proto_get_hex(c, &offset) || !proto_skip(c, ',') ||
	    proto_get_hex(c, &len))
		return ERR_PTR(-EINVAL);
	action = new_action(command, set, 'M', NULL, 0);
	if (IS_ERR(action))
		return action;
	action->has_base = !minus && base != U32_MAX && base != U64_MAX;
	action->base = min_t(u64, base, U32_MAX);
	action->offset = offset;
	action->len = len;
	return action;
}

/* Return: the next action, NULL: there is none, or an error. */
static struct trace_action *get_action(struct command *command,
				       struct trace_set *set,
				       struct proto_cursor *c,
				       const char **reason)
{
	size_t len;
	u8 *code;
	int ret;

	if (c->pos == c->end || *c->pos == '-')
		return NULL;
	if (proto_skip(c, 'R')) {
		/* The mask may be long; all registers are collected. */
		while (c->pos < c->end && hex_to_bin(*c->pos) >= 0)
			c->pos++;
		return new_action(command, set, 'R', NULL, 0);
	}
	if (proto_skip(c, 'M'))
		return get_memory(command, set, c);
	if (!proto_skip(c, 'X'))
		return ERR_PTR(-EINVAL);
	ret = get_code(c, &code, &len);
	if (ret)
		return ERR_PTR(ret);
	*reason = check_code(command, code, len, AGENT_FOR_TRACEPOINT);
	return *reason ? ERR_PTR(-EINVAL) :
			 new_action(command, set, 'X', code, len);
}

static void free_new_actions(struct list_head *actions)
{
	struct trace_action *action, *next;

	list_for_each_entry_safe(action, next, actions, entry)
		kvfree(action);
}

/* All actions of a packet, or none. */
static int get_actions(struct command *command, struct trace_set *set,
		       struct proto_cursor *c, struct list_head *actions,
		       bool *is_open, const char **reason)
{
	struct trace_action *action;
	int ret = 0;

	while ((action = get_action(command, set, c, reason))) {
		ret = PTR_ERR_OR_ZERO(action);
		if (ret)
			break;
		list_add_tail(&action->entry, actions);
	}
	if (!ret) {
		*is_open = proto_skip(c, '-');
		ret = c->pos == c->end ? 0 : -EINVAL;
	}
	if (ret)
		free_new_actions(actions);
	return ret;
}

static struct trace_text *new_text(struct command *command,
				   struct trace_set *set, char piece,
				   const u8 *from, size_t len)
{
	struct trace_text *text;

	text = tracepoint_alloc(command->session, set,
				struct_size(text, text, len + 1));
	if (!text)
		return NULL;
	text->piece = piece;
	memcpy(text->text, from, len);
	return text;
}

static int define_actions(struct command *command, struct trace_set *set,
			  struct proto_cursor *c)
{
	const char *reason = NULL;
	struct trace_point *point;
	struct trace_text *text;
	LIST_HEAD(actions);
	bool in_steps, is_open;
	size_t len;
	u32 number;
	u64 addr;
	int ret;

	ret = get_name(c, &number, &addr);
	if (ret)
		return ret;
	point = tracepoint_find(set, number, addr);
	if (!point)
		return -ENOENT;
	/* Its last packet came, or a run has begun with it since. */
	if (!point->is_open)
		return -EBUSY;
	in_steps = proto_skip(c, 'S') || point->in_steps;
	len = c->end - c->pos;
	if (len && c->end[-1] == '-')
		len--;
	/* Before its bytecode is decoded in place. */
	text = new_text(command, set, in_steps ? 'S' : 'A', c->pos, len);
	if (!text)
		return -ENOMEM;
	ret = get_actions(command, set, c, &actions, &is_open, &reason);
	if (ret) {
		kvfree(text);
		return reason ? refuse(command, reason) : ret;
	}
	point->in_steps = in_steps;
	list_add_tail(&text->entry, &point->texts);
	list_splice_tail(&actions,
			 in_steps ? &point->step_actions : &point->actions);
	if (!is_open)
		ret = tracepoint_complete(command->session, set, point);
	return ret ?: command_ok(command);
}

int cmd_trace_define(struct command *command)
{
	struct trace_set *set = set_to_change(command);
	struct proto_cursor c = cursor_of(command);

	if (IS_ERR(set))
		return PTR_ERR(set);
	return proto_skip(&c, '-') ? define_actions(command, set, &c) :
				     define_point(command, set, &c);
}

/* What the user typed is kept for the next client and not looked at. */
int cmd_trace_source(struct command *command)
{
	struct trace_set *set = set_to_change(command);
	struct proto_cursor c = cursor_of(command);
	struct trace_point *point;
	struct trace_text *text;
	u32 number;
	u64 addr;
	u8 *at;
	int ret;

	if (IS_ERR(set))
		return PTR_ERR(set);
	ret = get_name(&c, &number, &addr);
	if (ret)
		return ret;
	/* A word, numbers and hex digits, with colons between them. */
	for (at = c.pos; at < c.end; at++)
		if (!isalnum(*at) && *at != ':')
			return -EINVAL;
	point = tracepoint_find(set, number, addr);
	if (!point)
		return -ENOENT;
	text = new_text(command, set, 'Z', c.pos, c.end - c.pos);
	if (!text)
		return -ENOMEM;
	list_add_tail(&text->entry, &point->texts);
	return command_ok(command);
}

static int add_var(struct command *command, struct trace_set *set, u32 number,
		   u64 initial, bool is_builtin, struct proto_cursor *c)
{
	struct trace_var *var;
	ssize_t len;

	len = proto_unhex(c->pos, c->end - c->pos);
	if (len < 0)
		return len;
	if (memchr(c->pos, 0, len))
		return -EINVAL;
	var = tracepoint_alloc(command->session, set,
			       struct_size(var, name, len + 1));
	if (!var)
		return -ENOMEM;
	var->number = number;
	var->is_builtin = is_builtin;
	var->initial = initial;
	var->value = initial;
	memcpy(var->name, c->pos, len);
	list_add_tail_rcu(&var->entry, &set->vars);
	return 0;
}

/* number ':' initial value ':' builtin ':' name. A second time it is set. */
int cmd_trace_variable(struct command *command)
{
	struct trace_set *set = tracepoint_set(command->session);
	struct proto_cursor c = cursor_of(command);
	u64 number, initial, builtin;
	int ret = 0;

	if (!set)
		set = set_to_change(command);
	if (IS_ERR(set))
		return PTR_ERR(set);
	if (proto_get_hex(&c, &number) || !proto_skip(&c, ':') ||
	    proto_get_hex(&c, &initial) || !proto_skip(&c, ':') ||
	    proto_get_hex(&c, &builtin) || !proto_skip(&c, ':') ||
	    number > S32_MAX)
		return -EINVAL;
	/* That one is there without being defined. */
	if (number == TRACE_VAR_TIMESTAMP)
		return command_ok(command);
	if (!tracepoint_set_var(set, number, initial))
		ret = add_var(command, set, number, initial, builtin, &c);
	return ret ?: command_ok(command);
}

/* Without tracepoints too: they may be defined while it runs. */
int cmd_trace_start(struct command *command)
{
	struct trace_set *set = set_to_change(command);

	if (IS_ERR(set))
		return PTR_ERR(set);
	return tracepoint_start(command->process, set) ?: command_ok(command);
}

int cmd_trace_stop(struct command *command)
{
	struct trace_set *set = tracepoint_set(command->session);

	/* One that has ended by itself stays ended for its own reason. */
	if (set) {
		tracepoint_stop(command->session, set, TRACE_STOPPED, 0, NULL);
		tracepoint_tidy(command->session);
	}
	return command_ok(command);
}

/**
 * command_trace_point() - the tracepoint that a packet names
 * @command: the packet; its arguments are a number and an address
 *
 * Return: the tracepoint, or NULL: there is none.
 */
struct trace_point *command_trace_point(const struct command *command)
{
	struct trace_set *set = tracepoint_set(command->session);
	const struct proto_arg *arg = command->args.arg;

	if (!set || arg[0].num > U16_MAX)
		return NULL;
	return tracepoint_find(set, arg[0].num, arg[1].num);
}

static int enable(struct command *command, bool on)
{
	struct trace_point *point = command_trace_point(command);

	if (!point)
		return -ENOENT;
	return tracepoint_enable(command->session,
				 tracepoint_set(command->session), point, on) ?:
		       command_ok(command);
}

int cmd_trace_enable(struct command *command)
{
	return enable(command, true);
}

int cmd_trace_disable(struct command *command)
{
	return enable(command, false);
}

/* { ':' first ',' behind the last } */
int cmd_trace_read_only(struct command *command)
{
	struct session_trace *trace = &command->session->trace;
	struct proto_cursor c = cursor_of(command);
	struct trace_range range;

	trace->nr_ro = 0;
	while (proto_skip(&c, ':')) {
		if (proto_get_hex(&c, &range.start) || !proto_skip(&c, ',') ||
		    proto_get_hex(&c, &range.end))
			return -EINVAL;
		if (trace->nr_ro == TRACE_RO_MAX)
			return -ENOSPC;
		trace->ro[trace->nr_ro++] = range;
	}
	return c.pos == c.end ? command_ok(command) : -EINVAL;
}

int cmd_trace_disconnected(struct command *command)
{
	command->session->trace.goes_on = command->args.arg[0].num;
	return command_ok(command);
}

int cmd_trace_circular(struct command *command)
{
	struct trace_set *set = tracepoint_set(command->session);
	bool on = command->args.arg[0].num;

	command->session->trace.is_circular = on;
	if (!set)
		return command_ok(command);
	mutex_lock(&set->lock);
	set->buffer.is_circular = on;
	mutex_unlock(&set->lock);
	return command_ok(command);
}

/* -1: as the stub likes. A run that is under way keeps what it has. */
int cmd_trace_size(struct command *command)
{
	struct proto_cursor c = cursor_of(command);
	bool minus = proto_skip(&c, '-');
	u64 size;
	int ret;

	ret = proto_get_hex(&c, &size);
	if (ret)
		return ret;
	if (c.pos != c.end || (minus && size != 1) || (!minus && !size))
		return -EINVAL;
	if (!minus && size > TRACE_SIZE_MAX)
		return refuse(command, "more than 64 MiB are not served");
	command->session->trace.size = minus ? 0 : size;
	return command_ok(command);
}

static char **note_of(struct session_trace *trace, const u8 *name, size_t len)
{
	if (len == 4 && !memcmp(name, "user", len))
		return &trace->user;
	if (len == 5 && !memcmp(name, "notes", len))
		return &trace->notes;
	if (len == 5 && !memcmp(name, "tstop", len))
		return &trace->stop_notes;
	return NULL;
}

/* name ':' text in hex. It is kept as it is told: in hex. */
static int take_note(struct session_trace *trace, u8 *at, size_t len)
{
	u8 *colon = memchr(at, ':', len);
	char **note, *text;
	size_t i;

	note = colon ? note_of(trace, at, colon - at) : NULL;
	if (!note)
		return -EINVAL;
	len -= colon + 1 - at;
	if (len > NOTES_MAX)
		return -E2BIG;
	for (i = 1; i <= len; i++)
		if (hex_to_bin(colon[i]) < 0)
			return -EINVAL;
	text = kmemdup_nul(colon + 1, len, GFP_KERNEL_ACCOUNT);
	if (!text)
		return -ENOMEM;
	kfree(*note);
	*note = text;
	return 0;
}

int cmd_trace_notes(struct command *command)
{
	u8 *at = command->data, *end = at + command->len, *stop;
	int ret = 0;

	while (at < end && !ret) {
		stop = memchr(at, ';', end - at) ?: end;
		ret = take_note(&command->session->trace, at, stop - at);
		at = stop + 1;
	}
	return ret ?: command_ok(command);
}
