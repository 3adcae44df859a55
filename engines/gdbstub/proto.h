/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words inside a packet: which packet it is, its arguments read by a
 * schema, the lists that some packets carry, signal numbers. Pure.
 *
 * Schemas
 * -------
 * A schema is a string; each letter takes one argument from the packet, each
 * other character must stand in the packet as it is:
 *
 *	h	hex number, at most 64 bits		arg.num
 *	d	decimal number, at most 64 bits		arg.num
 *	s	signal: one or two hex digits, GDB's	arg.num
 *		numbering
 *	t	thread-id: [p<pid>.]<tid>, p<pid>, 0,	arg.tid
 *		-1
 *	p	process id: hex number or -1		arg.tid.pid
 *	w	word: the bytes up to the schema's	arg.data, arg.len
 *		next literal character, or to the end
 *	b	hex digits, two a byte, up to the next	arg.data, arg.len
 *		literal or the end; decoded in place
 *	x	the rest of the packet as it is		arg.data, arg.len
 *		(binary; may be empty)
 *	[	what follows up to "]" may be missing:	arg.present is false
 *	]	it is taken when the packet has more
 *		bytes and, where it begins with a
 *		literal, the next byte is that literal
 *
 * Optional parts do not nest. The whole packet must be used up. Examples: "m"
 * has "h,h"; "M" has "h,h:b"; "X" has "h,h:x"; "Z0," has "h,h[;x]"; "vKill;"
 * has "p"; "D" has "[;p]"; "C" has "s[;h]"; "qXfer:auxv:read:" has "w:h,h".
 *
 * Arguments count from 0 in the order of the schema's letters, those of parts
 * that are missing included.
 */
#ifndef GDBSTUB_PROTO_H
#define GDBSTUB_PROTO_H

#include "pure.h"

/* In a process or thread id. */
#define PROTO_ID_ALL (-1)
#define PROTO_ID_ANY 0

/**
 * struct proto_tid - a thread-id as the client wrote it
 * @pid: process, PROTO_ID_ALL or PROTO_ID_ANY; PROTO_ID_ANY when !@has_pid
 * @tid: thread, PROTO_ID_ALL or PROTO_ID_ANY; PROTO_ID_ALL for "p<pid>"
 * @has_pid: the id had the form of the multiprocess extension
 */
struct proto_tid {
	s32 pid;
	s32 tid;
	bool has_pid;
};

/**
 * struct proto_arg - one argument
 * @present: it was there (an optional part may be missing)
 * @num: of h, d, s
 * @tid: of t, p
 * @data: of w, b, x: inside the packet; not NUL-terminated
 * @len: bytes at @data
 */
struct proto_arg {
	bool present;
	u64 num;
	struct proto_tid tid;
	u8 *data;
	size_t len;
};

#define PROTO_MAX_ARGS 6

/**
 * struct proto_args - the arguments of a packet
 * @nr: letters in the schema
 * @arg: one for each
 */
struct proto_args {
	unsigned int nr;
	struct proto_arg arg[PROTO_MAX_ARGS];
};

/**
 * enum proto_match - how a row's name meets a packet
 * @PROTO_EXACT: the packet is the name and nothing else: qC, ?, vCont?
 * @PROTO_WORD: after the name comes the end or a character that is no letter
 *	and no digit: qSupported (or qSupported:...), D (or D;pid)
 * @PROTO_PREFIX: anything may come after the name: m, Hg, "qCRC:"
 */
enum proto_match {
	PROTO_EXACT,
	PROTO_WORD,
	PROTO_PREFIX,
};

/**
 * struct proto_row - what a row of the packet table begins with
 * @name: the packet's name with the delimiter that belongs to it, if any
 * @schema: its arguments; NULL: the handler reads them itself
 * @match: how @name is compared
 *
 * The table's own row type embeds this as its first member and adds the
 * handler.
 */
struct proto_row {
	const char *name;
	const char *schema;
	enum proto_match match;
};

/**
 * proto_find() - find the row of a packet
 * @table: first row
 * @nr: rows
 * @stride: bytes from one row to the next (sizeof of the table's row type)
 * @packet: payload
 * @len: bytes at @packet
 *
 * Of all names that meet the packet, the longest wins, whatever the order of
 * the rows.
 *
 * Return: the row, or NULL: the packet is none of the table's.
 */
const struct proto_row *proto_find(const struct proto_row *table, size_t nr,
				   size_t stride, const u8 *packet, size_t len);

/**
 * proto_parse() - read arguments by a schema
 * @schema: a string as described in "Schemas" above
 * @data: what comes after the packet's name; b decodes into it
 * @len: bytes at @data
 * @args: filled in; undefined after an error
 *
 * Return:
 * * 0 - @args is complete
 * * -EINVAL - the bytes do not fit the schema
 * * -ERANGE - a number is too large
 */
int proto_parse(const char *schema, u8 *data, size_t len,
		struct proto_args *args);

/**
 * struct proto_cursor - a place in a packet, for reading it by hand
 * @pos: next byte
 * @end: behind the last one
 */
struct proto_cursor {
	u8 *pos;
	u8 *end;
};

/**
 * proto_skip() - take one character if it is there
 * @c: where; moves on success
 * @ch: the character
 *
 * Return: whether it was there.
 */
bool proto_skip(struct proto_cursor *c, char ch);

/**
 * proto_get_hex() - read a hex number of any number of digits
 * @c: where; moves behind the digits
 * @val: set to the number
 *
 * Return:
 * * 0 - read
 * * -EINVAL - there is no hex digit
 * * -ERANGE - it does not fit in 64 bits
 */
int proto_get_hex(struct proto_cursor *c, u64 *val);

/**
 * proto_get_dec() - read a decimal number
 * @c: where; moves behind the digits
 * @val: set to the number
 *
 * Return: as proto_get_hex().
 */
int proto_get_dec(struct proto_cursor *c, u64 *val);

/**
 * proto_get_tid() - read a thread-id
 * @c: where; moves behind it
 * @tid: set to it
 *
 * Return:
 * * 0 - read
 * * -EINVAL - no thread-id, or one thread of all processes (p-1.5)
 * * -ERANGE - an id is larger than a pid can be
 */
int proto_get_tid(struct proto_cursor *c, struct proto_tid *tid);

/**
 * proto_unhex() - decode hex digits in place
 * @data: digits; the bytes are written over them
 * @digits: number of digits
 *
 * Return: bytes decoded, or -EINVAL: an odd number of digits or no hex digit.
 */
ssize_t proto_unhex(u8 *data, size_t digits);

/**
 * struct proto_action - one action of vCont
 * @kind: 'c' continue, 's' step, 't' stop, 'r' step while in the range
 * @signal: GDB's number of the signal to deliver (C and S), 0 for none
 * @start: with 'r': first address of the range
 * @end: with 'r': first address behind it
 * @tid: the threads; all of all processes when the action named none
 * @is_default: the action named no thread
 */
struct proto_action {
	char kind;
	u8 signal;
	u64 start;
	u64 end;
	struct proto_tid tid;
	bool is_default;
};

/**
 * proto_next_action() - read the next action of a vCont packet
 * @c: at first behind "vCont"; moves behind the action
 * @action: set to it
 *
 * Return:
 * * 1 - @action is filled in
 * * 0 - there are no more
 * * -EINVAL - malformed
 * * -ERANGE - a number is too large
 */
int proto_next_action(struct proto_cursor *c, struct proto_action *action);

/**
 * struct proto_bpart - an agent expression in the list behind a Z packet
 * @is_command: from the list of commands, else from the conditions
 * @persist: with commands: they stay when the client is gone
 * @code: bytecode, decoded in place, inside the packet
 * @len: bytes at @code
 */
struct proto_bpart {
	bool is_command;
	bool persist;
	u8 *code;
	size_t len;
};

/**
 * struct proto_bparts - iterator over the lists behind Z<type>,<addr>,<kind>
 * @c: what is left
 * @in_commands: "cmds:" was passed
 * @persist: as it stood there
 */
struct proto_bparts {
	struct proto_cursor c;
	bool in_commands;
	bool persist;
};

/**
 * proto_bparts_init() - begin with a Z packet's lists
 * @it: the iterator
 * @data: the bytes behind the ';' after the kind
 * @len: bytes at @data
 */
void proto_bparts_init(struct proto_bparts *it, u8 *data, size_t len);

/**
 * proto_next_bpart() - read the next condition or command
 * @it: the iterator
 * @part: set to it
 *
 * Takes "X<len>,<hex>..." and "cmds:<persist>,X<len>,<hex>..." in any order of
 * sections, joined by ';' or not, as gdb writes them.
 *
 * Return:
 * * 1 - @part is filled in
 * * 0 - there are no more
 * * -EINVAL - malformed, or bytecode shorter than its length says
 * * -ERANGE - a number is too large
 */
int proto_next_bpart(struct proto_bparts *it, struct proto_bpart *part);

/**
 * struct proto_feature - one feature of qSupported
 * @name: not NUL-terminated, inside the packet
 * @name_len: bytes at @name
 * @sign: '+', '-', '?', or '=' when there is a value
 * @value: with '=': inside the packet
 * @value_len: bytes at @value
 */
struct proto_feature {
	const char *name;
	size_t name_len;
	char sign;
	const char *value;
	size_t value_len;
};

/**
 * proto_next_feature() - read the next feature of qSupported
 * @c: at first behind "qSupported:"; moves behind the feature
 * @feature: set to it
 *
 * Empty and malformed entries are passed over: an unknown feature must not
 * cost the connection.
 *
 * Return: whether there was one.
 */
bool proto_next_feature(struct proto_cursor *c, struct proto_feature *feature);

/**
 * proto_feature_is() - compare a feature's name
 * @feature: from proto_next_feature()
 * @name: NUL-terminated
 *
 * Return: whether they are the same.
 */
bool proto_feature_is(const struct proto_feature *feature, const char *name);

/**
 * struct proto_xfer - a qXfer packet
 * @object: as "features"; not NUL-terminated
 * @object_len: bytes at @object
 * @annex: as "target.xml"; may be empty
 * @annex_len: bytes at @annex
 * @is_write: write, else read
 * @offset: first byte wanted, or first byte to write
 * @length: read: bytes wanted at most
 * @data: write: the bytes
 * @data_len: bytes at @data
 */
struct proto_xfer {
	const char *object;
	size_t object_len;
	const char *annex;
	size_t annex_len;
	bool is_write;
	u64 offset;
	u64 length;
	u8 *data;
	size_t data_len;
};

/**
 * proto_parse_xfer() - read object:read:annex:offset,length or
 *			object:write:annex:offset:data
 * @data: what comes after "qXfer:"
 * @len: bytes at @data
 * @xfer: filled in
 *
 * Return:
 * * 0 - @xfer is complete
 * * -EINVAL - malformed
 * * -ERANGE - a number is too large
 * * -EOPNOTSUPP - neither read nor write
 */
int proto_parse_xfer(u8 *data, size_t len, struct proto_xfer *xfer);

/* GDB's numbers of signals that have a meaning of their own here. */
#define PROTO_GDB_SIGNAL_0 0
#define PROTO_GDB_SIGNAL_INT 2
#define PROTO_GDB_SIGNAL_TRAP 5
#define PROTO_GDB_SIGNAL_UNKNOWN 143

/**
 * proto_signal_to_gdb() - GDB's number of a Linux signal
 * @sig: Linux number (x86), 0 to 64
 *
 * Return: GDB's number; PROTO_GDB_SIGNAL_UNKNOWN where it has none.
 */
u8 proto_signal_to_gdb(int sig);

/**
 * proto_signal_from_gdb() - the Linux signal of GDB's number
 * @gdb: GDB's number
 *
 * Return: Linux number (x86), 0 for none, or -EINVAL: Linux has no such signal.
 */
int proto_signal_from_gdb(u64 gdb);

#endif /* GDBSTUB_PROTO_H */
