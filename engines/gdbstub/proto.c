// SPDX-License-Identifier: GPL-2.0-only
/*
 * The words inside a packet.
 *
 * All input is a client's: every number is checked for its range, every length
 * against the bytes that are there, and what is decoded in place only ever
 * shrinks.
 */
#include "proto.h"

static bool is_alnum(u8 c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z');
}

static size_t bytes_left(const struct proto_cursor *c)
{
	return c->end - c->pos;
}

/* Which packet */

static bool row_meets(const struct proto_row *row, size_t name_len,
		      const u8 *packet, size_t len)
{
	if (name_len > len || memcmp(packet, row->name, name_len))
		return false;
	switch (row->match) {
	case PROTO_EXACT:
		return name_len == len;
	case PROTO_WORD:
		return name_len == len || !is_alnum(packet[name_len]);
	default:
		return true;
	}
}

const struct proto_row *proto_find(const struct proto_row *table, size_t nr,
				   size_t stride, const u8 *packet, size_t len)
{
	const struct proto_row *best = NULL;
	size_t best_len = 0;
	size_t i;

	for (i = 0; i < nr; i++) {
		const struct proto_row *row =
			(const void *)((const u8 *)table + i * stride);
		size_t name_len = strlen(row->name);

		if (best && name_len <= best_len)
			continue;
		if (row_meets(row, name_len, packet, len)) {
			best = row;
			best_len = name_len;
		}
	}
	return best;
}

/* Numbers and ids */

bool proto_skip(struct proto_cursor *c, char ch)
{
	if (c->pos == c->end || *c->pos != (u8)ch)
		return false;
	c->pos++;
	return true;
}

int proto_get_hex(struct proto_cursor *c, u64 *val)
{
	u8 *start = c->pos;
	u64 num = 0;

	while (c->pos < c->end) {
		int digit = hex_to_bin(*c->pos);

		if (digit < 0)
			break;
		if (num >> 60)
			return -ERANGE;
		num = num << 4 | digit;
		c->pos++;
	}
	if (c->pos == start)
		return -EINVAL;
	*val = num;
	return 0;
}

int proto_get_dec(struct proto_cursor *c, u64 *val)
{
	u8 *start = c->pos;
	u64 num = 0;

	while (c->pos < c->end && *c->pos >= '0' && *c->pos <= '9') {
		u8 digit = *c->pos - '0';

		if (num > (U64_MAX - digit) / 10)
			return -ERANGE;
		num = num * 10 + digit;
		c->pos++;
	}
	if (c->pos == start)
		return -EINVAL;
	*val = num;
	return 0;
}

/* A process or thread: a positive number, 0 for any, -1 for all. */
static int get_id(struct proto_cursor *c, s32 *id)
{
	u64 num;
	int err;

	if (proto_skip(c, '-')) {
		if (!proto_skip(c, '1'))
			return -EINVAL;
		*id = PROTO_ID_ALL;
		return 0;
	}
	err = proto_get_hex(c, &num);
	if (err)
		return err;
	if (num > S32_MAX)
		return -ERANGE;
	*id = num;
	return 0;
}

int proto_get_tid(struct proto_cursor *c, struct proto_tid *tid)
{
	int err;

	tid->pid = PROTO_ID_ANY;
	tid->has_pid = proto_skip(c, 'p');
	if (tid->has_pid) {
		err = get_id(c, &tid->pid);
		if (err)
			return err;
		if (!proto_skip(c, '.')) {
			tid->tid = PROTO_ID_ALL;
			return 0;
		}
	}
	err = get_id(c, &tid->tid);
	if (err)
		return err;
	if (tid->pid == PROTO_ID_ALL && tid->tid > 0)
		return -EINVAL;
	return 0;
}

ssize_t proto_unhex(u8 *data, size_t digits)
{
	size_t i;

	if (digits % 2)
		return -EINVAL;
	for (i = 0; i < digits / 2; i++) {
		int high = hex_to_bin(data[2 * i]);
		int low = hex_to_bin(data[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		data[i] = high << 4 | low;
	}
	return digits / 2;
}

/* One or two digits: a byte. */
static int get_signal(struct proto_cursor *c, u64 *sig)
{
	int err = proto_get_hex(c, sig);

	if (err)
		return err;
	return *sig > U8_MAX ? -ERANGE : 0;
}

/* Schemas */

static bool is_literal(char s)
{
	return s && s != '[' && s != ']' && !is_alnum(s);
}

/* Where a word or a blob ends: at the schema's next literal, or at the end. */
static u8 *find_end(const char *schema, const struct proto_cursor *c)
{
	u8 *at;

	while (*schema == '[' || *schema == ']')
		schema++;
	if (!is_literal(*schema))
		return c->end;
	at = memchr(c->pos, *schema, bytes_left(c));
	return at ? at : c->end;
}

static int take_blob(char kind, const char *rest, struct proto_cursor *c,
		     struct proto_arg *arg)
{
	u8 *end = kind == 'x' ? c->end : find_end(rest, c);

	arg->data = c->pos;
	arg->len = end - c->pos;
	c->pos = end;
	if (kind == 'b') {
		ssize_t len = proto_unhex(arg->data, arg->len);

		if (len < 0)
			return len;
		arg->len = len;
	}
	return 0;
}

/* @rest is the schema behind the letter @kind. */
static int take_arg(char kind, const char *rest, struct proto_cursor *c,
		    struct proto_arg *arg)
{
	switch (kind) {
	case 'h':
		return proto_get_hex(c, &arg->num);
	case 'd':
		return proto_get_dec(c, &arg->num);
	case 's':
		return get_signal(c, &arg->num);
	case 't':
		return proto_get_tid(c, &arg->tid);
	case 'p':
		arg->tid.has_pid = true;
		arg->tid.tid = PROTO_ID_ALL;
		return get_id(c, &arg->tid.pid);
	case 'w':
	case 'b':
	case 'x':
		return take_blob(kind, rest, c, arg);
	default:
		return -EINVAL;
	}
}

/* Is the optional part that begins at @schema in the packet? */
static bool is_there(const char *schema, const struct proto_cursor *c)
{
	if (c->pos == c->end)
		return false;
	return !is_literal(*schema) || *c->pos == (u8)*schema;
}

int proto_parse(const char *schema, u8 *data, size_t len,
		struct proto_args *args)
{
	struct proto_cursor c = { data, data + len };
	bool skipping = false;
	int err;

	memset(args, 0, sizeof(*args));
	while (*schema) {
		char s = *schema++;

		if (s == '[') {
			skipping = !is_there(schema, &c);
		} else if (s == ']') {
			skipping = false;
		} else if (is_literal(s)) {
			if (!skipping && !proto_skip(&c, s))
				return -EINVAL;
		} else {
			struct proto_arg *arg = &args->arg[args->nr];

			if (args->nr == PROTO_MAX_ARGS)
				return -EINVAL;
			args->nr++;
			arg->present = !skipping;
			err = skipping ? 0 : take_arg(s, schema, &c, arg);
			if (err)
				return err;
		}
	}
	return c.pos == c.end ? 0 : -EINVAL;
}

/* vCont */

static int get_range(struct proto_cursor *c, struct proto_action *action)
{
	int err = proto_get_hex(c, &action->start);

	if (err)
		return err;
	if (!proto_skip(c, ','))
		return -EINVAL;
	return proto_get_hex(c, &action->end);
}

/* The letter, and what follows it up to the thread. */
static int get_action(struct proto_cursor *c, struct proto_action *action)
{
	u64 sig;
	int err;

	if (c->pos == c->end)
		return -EINVAL;
	action->kind = *c->pos++;
	switch (action->kind) {
	case 'c':
	case 's':
	case 't':
		return 0;
	case 'r':
		return get_range(c, action);
	case 'C':
	case 'S':
		err = get_signal(c, &sig);
		if (err)
			return err;
		action->signal = sig;
		action->kind += 'a' - 'A';
		return 0;
	default:
		return -EINVAL;
	}
}

int proto_next_action(struct proto_cursor *c, struct proto_action *action)
{
	int err;

	if (c->pos == c->end)
		return 0;
	if (!proto_skip(c, ';'))
		return -EINVAL;

	memset(action, 0, sizeof(*action));
	err = get_action(c, action);
	if (err)
		return err;
	if (proto_skip(c, ':')) {
		err = proto_get_tid(c, &action->tid);
		if (err)
			return err;
	} else {
		action->is_default = true;
		action->tid.pid = PROTO_ID_ALL;
		action->tid.tid = PROTO_ID_ALL;
	}
	return c->pos == c->end || *c->pos == ';' ? 1 : -EINVAL;
}

/* Z lists */

void proto_bparts_init(struct proto_bparts *it, u8 *data, size_t len)
{
	it->c.pos = data;
	it->c.end = data + len;
	it->in_commands = false;
	it->persist = false;
}

static int enter_commands(struct proto_bparts *it)
{
	static const char name[] = "cmds:";
	size_t len = sizeof(name) - 1;
	u64 persist;
	int err;

	if (bytes_left(&it->c) < len || memcmp(it->c.pos, name, len))
		return 0;
	it->c.pos += len;
	err = proto_get_hex(&it->c, &persist);
	if (err)
		return err;
	it->in_commands = true;
	it->persist = persist;
	return proto_skip(&it->c, ',') ? 0 : -EINVAL;
}

int proto_next_bpart(struct proto_bparts *it, struct proto_bpart *part)
{
	struct proto_cursor *c = &it->c;
	u64 len;
	int err;

	while (proto_skip(c, ';'))
		;
	if (c->pos == c->end)
		return 0;
	err = enter_commands(it);
	if (err)
		return err;
	if (!proto_skip(c, 'X'))
		return -EINVAL;
	err = proto_get_hex(c, &len);
	if (err)
		return err;
	if (!proto_skip(c, ',') || len > bytes_left(c) / 2)
		return -EINVAL;

	part->is_command = it->in_commands;
	part->persist = it->persist;
	part->code = c->pos;
	part->len = len;
	c->pos += 2 * len;
	return proto_unhex(part->code, 2 * len) < 0 ? -EINVAL : 1;
}

/* qSupported */

static bool read_feature(const char *text, size_t len,
			 struct proto_feature *feature)
{
	const char *equals = memchr(text, '=', len);

	memset(feature, 0, sizeof(*feature));
	feature->name = text;
	if (equals) {
		feature->sign = '=';
		feature->name_len = equals - text;
		feature->value = equals + 1;
		feature->value_len = len - feature->name_len - 1;
	} else if (len && (text[len - 1] == '+' || text[len - 1] == '-' ||
			   text[len - 1] == '?')) {
		feature->sign = text[len - 1];
		feature->name_len = len - 1;
	}
	return feature->name_len > 0;
}

bool proto_next_feature(struct proto_cursor *c, struct proto_feature *feature)
{
	while (c->pos < c->end) {
		u8 *start = c->pos;
		u8 *end = memchr(start, ';', bytes_left(c));

		if (!end)
			end = c->end;
		c->pos = end < c->end ? end + 1 : end;
		if (read_feature((const char *)start, end - start, feature))
			return true;
	}
	return false;
}

bool proto_feature_is(const struct proto_feature *feature, const char *name)
{
	return strlen(name) == feature->name_len &&
	       !memcmp(name, feature->name, feature->name_len);
}

/* qXfer */

static bool arg_is(const struct proto_arg *arg, const char *word)
{
	return arg->len == strlen(word) && !memcmp(arg->data, word, arg->len);
}

int proto_parse_xfer(u8 *data, size_t len, struct proto_xfer *xfer)
{
	struct proto_args args;
	int err = proto_parse("w:w:w:x", data, len, &args);

	if (err)
		return err;
	memset(xfer, 0, sizeof(*xfer));
	xfer->object = (const char *)args.arg[0].data;
	xfer->object_len = args.arg[0].len;
	xfer->annex = (const char *)args.arg[2].data;
	xfer->annex_len = args.arg[2].len;
	xfer->is_write = arg_is(&args.arg[1], "write");
	if (!xfer->is_write && !arg_is(&args.arg[1], "read"))
		return -EOPNOTSUPP;

	err = proto_parse(xfer->is_write ? "h:x" : "h,h", args.arg[3].data,
			  args.arg[3].len, &args);
	if (err)
		return err;
	xfer->offset = args.arg[0].num;
	if (xfer->is_write) {
		xfer->data = args.arg[1].data;
		xfer->data_len = args.arg[1].len;
	} else {
		xfer->length = args.arg[1].num;
	}
	return 0;
}

/*
 * Signals. GDB's numbers are its own; for 1 to 31 of Linux on x86 there is a
 * table, the real-time signals lie in three pieces: 33 to 63 in a row, and 32
 * and 64 apart, since they came later.
 */
#define NR_CLASSIC 32
#define GDB_SIG33 45
#define GDB_SIG32 77
#define GDB_SIG64 78

static const u8 classic_to_gdb[NR_CLASSIC] = {
	0, /* none */
	1, /* SIGHUP */
	2, /* SIGINT */
	3, /* SIGQUIT */
	4, /* SIGILL */
	5, /* SIGTRAP */
	6, /* SIGABRT */
	10, /* SIGBUS */
	8, /* SIGFPE */
	9, /* SIGKILL */
	30, /* SIGUSR1 */
	11, /* SIGSEGV */
	31, /* SIGUSR2 */
	13, /* SIGPIPE */
	14, /* SIGALRM */
	15, /* SIGTERM */
	PROTO_GDB_SIGNAL_UNKNOWN, /* SIGSTKFLT */
	20, /* SIGCHLD */
	19, /* SIGCONT */
	17, /* SIGSTOP */
	18, /* SIGTSTP */
	21, /* SIGTTIN */
	22, /* SIGTTOU */
	16, /* SIGURG */
	24, /* SIGXCPU */
	25, /* SIGXFSZ */
	26, /* SIGVTALRM */
	27, /* SIGPROF */
	28, /* SIGWINCH */
	23, /* SIGIO */
	32, /* SIGPWR */
	12, /* SIGSYS */
};

/* GDB knows SIGPOLL apart from SIGIO; Linux has one number for both. */
#define GDB_SIGPOLL 33
#define LINUX_SIGIO 29

u8 proto_signal_to_gdb(int sig)
{
	if (sig >= 0 && sig < NR_CLASSIC)
		return classic_to_gdb[sig];
	if (sig == 32)
		return GDB_SIG32;
	if (sig == 64)
		return GDB_SIG64;
	if (sig > 32 && sig < 64)
		return GDB_SIG33 + sig - 33;
	return PROTO_GDB_SIGNAL_UNKNOWN;
}

int proto_signal_from_gdb(u64 gdb)
{
	int sig;

	if (gdb == PROTO_GDB_SIGNAL_UNKNOWN)
		return -EINVAL;
	if (gdb == GDB_SIG32)
		return 32;
	if (gdb == GDB_SIG64)
		return 64;
	if (gdb == GDB_SIGPOLL)
		return LINUX_SIGIO;
	if (gdb >= GDB_SIG33 && gdb < GDB_SIG33 + 31)
		return gdb - GDB_SIG33 + 33;
	for (sig = 0; sig < NR_CLASSIC; sig++) {
		if (classic_to_gdb[sig] == gdb)
			return sig;
	}
	return -EINVAL;
}
