// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on an experiment: definitions, start and stop, what became of it.
 */
#include <linux/ctype.h>
#include <linux/err.h>
#include <linux/slab.h>

#include "commands.h"
#include "session.h"
#include "trace_parse.h"

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

/* Fill @point in, which is zeroed; what was allocated is the caller's to free. */
static int fill_point(struct command *command, struct trace_set *set,
		      struct trace_point *point, const struct trace_head *head)
{
	point->number = head->number;
	point->addr = head->addr;
	point->is_enabled = head->is_enabled;
	point->is_open = head->is_open;
	point->steps = head->steps;
	point->pass = head->pass;
	if (head->cond) {
		point->cond = tracepoint_alloc(set, head->cond_len);
		if (!point->cond)
			return -ENOMEM;
		memcpy(point->cond, head->cond, head->cond_len);
		point->cond_len = head->cond_len;
	}
	return head->is_open ? 0 :
			       tracepoint_insert(command->session, set, point);
}

/* All of it, or nothing. */
static int add_point(struct command *command, struct trace_set *set,
		     const struct trace_head *head)
{
	size_t bytes = set->bytes;
	struct trace_point *point;
	int ret;

	point = tracepoint_alloc(set, sizeof(*point));
	if (!point)
		return -ENOMEM;
	ret = fill_point(command, set, point, head);
	if (ret) {
		kvfree(point->cond);
		kvfree(point);
		set->bytes = bytes;
		return ret;
	}
	tracepoint_add(set, point);
	return 0;
}

static int define_point(struct command *command, struct trace_set *set,
			struct proto_cursor *c)
{
	struct trace_head head;
	const char *reason;
	int ret;

	ret = trace_parse_head(c, command->session->scratch, &head, &reason);
	if (ret)
		return reason ? refuse(command, reason) : ret;
	if (tracepoint_find(set, head.number, head.addr))
		return -EEXIST;
	return add_point(command, set, &head) ?: command_ok(command);
}

static struct trace_action *new_action(struct command *command,
				       struct trace_set *set,
				       const struct trace_item *item)
{
	struct trace_action *action;

	action = tracepoint_alloc(set,
				  struct_size(action, code, item->code_len));
	if (!action)
		return NULL;
	action->kind = item->kind;
	action->has_base = item->has_base;
	action->base = item->base;
	action->offset = item->offset;
	action->len = item->kind == 'X' ? item->code_len : item->len;
	memcpy(action->code, item->code, item->code_len);
	return action;
}

static void free_new_actions(struct list_head *actions)
{
	struct trace_action *action, *next;

	list_for_each_entry_safe(action, next, actions, entry)
		kvfree(action);
}

/* On error @actions has some of them. */
static int get_actions(struct command *command, struct trace_set *set,
		       struct proto_cursor *c, struct list_head *actions,
		       bool *is_open, const char **reason)
{
	struct trace_action *action;
	struct trace_item item;
	int ret;

	while ((ret = trace_parse_item(c, command->session->scratch, &item,
				       reason)) > 0) {
		action = new_action(command, set, &item);
		ret = action ? 0 : -ENOMEM;
		if (ret)
			break;
		list_add_tail(&action->entry, actions);
	}
	if (!ret) {
		*is_open = proto_skip(c, '-');
		ret = c->pos == c->end ? 0 : -EINVAL;
	}
	return ret;
}

static struct trace_text *new_text(struct command *command,
				   struct trace_set *set, char piece,
				   const u8 *from, size_t len)
{
	struct trace_text *text;

	text = tracepoint_alloc(set, struct_size(text, text, len + 1));
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
	size_t len, bytes;
	u32 number;
	u64 addr;
	int ret;

	ret = trace_parse_name(c, &number, &addr);
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
	bytes = set->bytes;
	/* Before its bytecode is decoded in place. */
	text = new_text(command, set, in_steps ? 'S' : 'A', c->pos, len);
	if (!text)
		return -ENOMEM;
	ret = get_actions(command, set, c, &actions, &is_open, &reason);
	if (!ret && !is_open)
		ret = tracepoint_insert(command->session, set, point);
	if (ret) {
		free_new_actions(&actions);
		kvfree(text);
		set->bytes = bytes;
		return reason ? refuse(command, reason) : ret;
	}
	point->in_steps = in_steps;
	list_add_tail(&text->entry, &point->texts);
	list_splice_tail(&actions,
			 in_steps ? &point->step_actions : &point->actions);
	if (!is_open) {
		/* Pairs with the acquire in is_on(): its actions. */
		smp_store_release(&point->is_open, false);
	}
	return command_ok(command);
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
	ret = trace_parse_name(&c, &number, &addr);
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

static int add_var(struct command *command, struct trace_set *set,
		   const struct trace_var_def *def)
{
	struct trace_var *var;

	if (set->nr_vars >= TRACE_VARS_MAX)
		return -ENOSPC;
	var = tracepoint_alloc(set, struct_size(var, name, def->name_len + 1));
	if (!var)
		return -ENOMEM;
	var->number = def->number;
	var->is_builtin = def->is_builtin;
	var->initial = def->initial;
	var->value = def->initial;
	memcpy(var->name, def->name, def->name_len);
	list_add_tail_rcu(&var->entry, &set->vars);
	set->nr_vars++;
	return 0;
}

/* A second time it is set. */
int cmd_trace_variable(struct command *command)
{
	struct trace_set *set = set_to_change(command);
	struct proto_cursor c = cursor_of(command);
	struct trace_var_def def;
	int ret;

	if (IS_ERR(set))
		return PTR_ERR(set);
	ret = trace_parse_var(&c, &def);
	/* The time is there without being defined. */
	if (!ret && def.number != TRACE_VAR_TIMESTAMP &&
	    !tracepoint_set_var(set, def.number, def.initial))
		ret = add_var(command, set, &def);
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
	struct trace_set *set = tracepoint_set(command->session);
	struct trace_point *point = command_trace_point(command);

	if (!point)
		return -ENOENT;
	return tracepoint_enable(command->session, set, point, on) ?:
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
