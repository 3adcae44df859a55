// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that ask about an experiment: how it is, what is defined, what was
 * collected. And what g, p, m and x answer while a frame is selected.
 */
#include <linux/minmax.h>
#include <linux/slab.h>

#include "commands.h"
#include "regs_x86.h"
#include "session.h"
#include "tdesc_x86.h"

/* Bytes of a reply that are all hex digits. */
#define READ_MAX ((LINK_PACKET_MAX - 1) / 2)

static void put_field(struct packet_tx *tx, const char *name, u64 val)
{
	packet_put_char(tx, ';');
	packet_put_str(tx, name);
	packet_put_char(tx, ':');
	packet_put_hex_u64(tx, val);
}

static void put_note(struct packet_tx *tx, const char *name, const char *note)
{
	packet_put_char(tx, ';');
	packet_put_str(tx, name);
	packet_put_char(tx, ':');
	if (note)
		packet_put_str(tx, note);
}

static void put_end(struct packet_tx *tx, const struct session_trace *trace,
		    const struct trace_set *set)
{
	switch (set->end) {
	case TRACE_NEVER_RUN:
		put_field(tx, "tnotrun", 0);
		break;
	case TRACE_STOPPED:
		put_note(tx, "tstop", trace->stop_notes);
		packet_put_str(tx, ":0");
		break;
	case TRACE_FULL:
		put_field(tx, "tfull", 0);
		break;
	case TRACE_DISCONNECTED:
		put_field(tx, "tdisconnected", 0);
		break;
	case TRACE_PASSCOUNT:
		put_field(tx, "tpasscount", set->end_point);
		break;
	case TRACE_ERROR:
		packet_put_str(tx, ";terror:");
		packet_put_hex_str(tx, set->end_text ?: "");
		packet_put_char(tx, ':');
		packet_put_hex_u64(tx, set->end_point);
		break;
	}
}

static void put_buffer(struct packet_tx *tx, const struct trace_buffer *buffer,
		       bool goes_on)
{
	put_field(tx, "tframes", buffer->nr);
	put_field(tx, "tcreated", buffer->nr_created);
	put_field(tx, "tfree", buffer->size - buffer->used);
	put_field(tx, "tsize", buffer->size);
	put_field(tx, "circular", buffer->is_circular);
	put_field(tx, "disconn", goes_on);
}

int cmd_trace_status(struct command *command)
{
	struct session_trace *trace = &command->session->trace;
	struct trace_set *set = tracepoint_set(command->session);
	size_t size = trace->size ?: TRACE_SIZE_DEFAULT;
	struct trace_buffer none = {
		.size = size,
		.is_circular = trace->is_circular,
	};
	struct packet_tx *tx = command->tx;

	if (!set) {
		packet_put_str(tx, "T0;tnotrun:0");
		put_buffer(tx, &none, trace->goes_on);
		return 0;
	}
	mutex_lock(&set->lock);
	packet_put_str(tx, set->is_running ? "T1" : "T0");
	if (!set->is_running)
		put_end(tx, trace, set);
	put_buffer(tx, set->buffer.data ? &set->buffer : &none, trace->goes_on);
	put_field(tx, "starttime", set->start_us);
	put_field(tx, "stoptime", set->stop_us);
	mutex_unlock(&set->lock);
	put_note(tx, "username", trace->user);
	put_note(tx, "notes", trace->notes);
	return 0;
}

int cmd_trace_point(struct command *command)
{
	struct trace_set *set = tracepoint_set(command->session);
	struct trace_point *point = command_trace_point(command);

	if (!point)
		return -ENOENT;
	mutex_lock(&set->lock);
	packet_put_char(command->tx, 'V');
	packet_put_hex_u64(command->tx, point->hits);
	packet_put_char(command->tx, ':');
	packet_put_hex_u64(command->tx, point->usage);
	mutex_unlock(&set->lock);
	return 0;
}

int cmd_trace_value(struct command *command)
{
	struct gdb_session *session = command->session;
	struct trace_set *set = tracepoint_set(session);
	u64 number = command->args.arg[0].num;
	bool known;
	u64 val;

	if (number > S32_MAX)
		return -ERANGE;
	if (trace_frame_is_selected(&session->trace))
		known = trace_frame_var(session, number, &val);
	else
		known = tracepoint_get_var(set, number, &val);
	packet_put_char(command->tx, known ? 'V' : 'U');
	if (known)
		packet_put_hex_u64(command->tx, val);
	return 0;
}

static void put_name(struct packet_tx *tx, char piece,
		     const struct trace_point *point)
{
	packet_put_char(tx, piece);
	packet_put_hex_u64(tx, point->number);
	packet_put_char(tx, ':');
	packet_put_hex_u64(tx, point->addr);
	packet_put_char(tx, ':');
}

static void put_point(struct packet_tx *tx, const struct trace_point *point)
{
	put_name(tx, 'T', point);
	packet_put_char(tx, point->is_enabled ? 'E' : 'D');
	packet_put_char(tx, ':');
	packet_put_hex_u64(tx, point->steps);
	packet_put_char(tx, ':');
	packet_put_hex_u64(tx, point->pass);
	if (!point->cond_len)
		return;
	packet_put_str(tx, ":X");
	packet_put_hex_u64(tx, point->cond_len);
	packet_put_char(tx, ',');
	packet_put_hex(tx, point->cond, point->cond_len);
}

/* Piece number @at of all definitions: of each tracepoint its head first. */
static void put_piece(struct packet_tx *tx, struct trace_set *set,
		      unsigned int at)
{
	struct trace_point *point;
	struct trace_text *text;

	if (set)
		list_for_each_entry(point, &set->points, entry) {
			if (!at--) {
				put_point(tx, point);
				return;
			}
			list_for_each_entry(text, &point->texts, entry) {
				if (at--)
					continue;
				put_name(tx, text->piece, point);
				packet_put_str(tx, text->text);
				return;
			}
		}
	packet_put_char(tx, 'l');
}

int cmd_trace_first_piece(struct command *command)
{
	command->session->trace.list_at = 0;
	return cmd_trace_next_piece(command);
}

int cmd_trace_next_piece(struct command *command)
{
	put_piece(command->tx, tracepoint_set(command->session),
		  command->session->trace.list_at++);
	return 0;
}

static void put_var(struct packet_tx *tx, u32 number, u64 initial,
		    bool is_builtin, const char *name)
{
	packet_put_hex_u64(tx, number);
	packet_put_char(tx, ':');
	packet_put_hex_u64(tx, initial);
	packet_put_char(tx, ':');
	packet_put_hex_u64(tx, is_builtin);
	packet_put_char(tx, ':');
	packet_put_hex_str(tx, name);
}

int cmd_trace_first_var(struct command *command)
{
	command->session->trace.list_at = 0;
	return cmd_trace_next_var(command);
}

/* The youngest first: gdb turns the order of the list about. */
int cmd_trace_next_var(struct command *command)
{
	struct trace_set *set = tracepoint_set(command->session);
	unsigned int at = command->session->trace.list_at++;
	struct trace_var *var;

	if (set)
		list_for_each_entry_reverse(var, &set->vars, entry) {
			if (at--)
				continue;
			put_var(command->tx, var->number, var->initial,
				var->is_builtin, var->name);
			return 0;
		}
	if (!at)
		put_var(command->tx, TRACE_VAR_TIMESTAMP, 0, true,
			"trace_timestamp");
	else
		packet_put_char(command->tx, 'l');
	return 0;
}

static int select_frame(struct command *command, enum trace_find what, u64 a,
			u64 b)
{
	struct gdb_session *session = command->session;
	struct trace_set *set = tracepoint_set(session);
	const struct trace_selection *selection = &session->trace.selection;

	if (!set || !trace_frame_select(session, set, what, a, b)) {
		packet_put_str(command->tx, "F-1");
		return 0;
	}
	packet_put_char(command->tx, 'F');
	packet_put_hex_u64(command->tx, selection->nr);
	packet_put_char(command->tx, 'T');
	packet_put_hex_u64(command->tx, selection->head.point);
	return 0;
}

/* The number of no frame is -1, in as many bits as the client likes. */
int cmd_trace_frame(struct command *command)
{
	u64 nr = command->args.arg[0].num;

	if (nr != U32_MAX && nr != U64_MAX)
		return select_frame(command, TRACE_FIND_NUMBER, nr, 0);
	trace_frame_deselect(command->session);
	return command_ok(command);
}

int cmd_trace_frame_pc(struct command *command)
{
	return select_frame(command, TRACE_FIND_PC, command->args.arg[0].num,
			    0);
}

int cmd_trace_frame_point(struct command *command)
{
	return select_frame(command, TRACE_FIND_POINT, command->args.arg[0].num,
			    0);
}

int cmd_trace_frame_range(struct command *command)
{
	return select_frame(command, TRACE_FIND_INSIDE,
			    command->args.arg[0].num, command->args.arg[1].num);
}

int cmd_trace_frame_outside(struct command *command)
{
	return select_frame(command, TRACE_FIND_OUTSIDE,
			    command->args.arg[0].num, command->args.arg[1].num);
}

int cmd_trace_buffer(struct command *command)
{
	struct trace_set *set = tracepoint_set(command->session);
	size_t len = min_t(u64, command->args.arg[1].num, READ_MAX);
	u8 *buf = command->session->scratch;
	ssize_t done = 0;

	if (set)
		done = trace_frame_raw(set, command->args.arg[0].num, buf, len);
	if (done < 0)
		packet_put_error_text(command->tx, "what follows was dropped");
	else if (done)
		packet_put_hex(command->tx, buf, done);
	else
		packet_put_char(command->tx, 'l');
	return 0;
}

#define INFO_HEAD "<traceframe-info>\n"
#define INFO_TAIL "</traceframe-info>\n"
#define INFO_MEMORY "<memory start=\"0x%llx\" length=\"0x%zx\"/>\n"
#define INFO_VAR "<tvar id=\"0x%x\"/>\n"
/* Room for one line. */
#define INFO_LINE 72

static size_t put_info(char *xml, const struct trace_selection *selection)
{
	struct trace_block block;
	size_t at = 0, len;

	len = sprintf(xml, INFO_HEAD);
	while (trace_block_next(selection->blocks, selection->head.len,
				selection->tdesc->g_size, &at, &block)) {
		if (block.kind == 'M')
			len += sprintf(xml + len, INFO_MEMORY, block.addr,
				       block.len);
		else if (block.kind == 'V')
			len += sprintf(xml + len, INFO_VAR, block.num);
	}
	return len + sprintf(xml + len, INFO_TAIL);
}

/* What of the selected frame was collected. */
int cmd_xfer_traceframe(struct command *command)
{
	const struct trace_selection *selection =
		&command->session->trace.selection;
	struct trace_block block;
	size_t at = 0, nr = 0;
	char *xml;

	if (!selection->is_on)
		return -ENODATA;
	while (trace_block_next(selection->blocks, selection->head.len,
				selection->tdesc->g_size, &at, &block))
		nr++;
	xml = kvmalloc(sizeof(INFO_HEAD) + sizeof(INFO_TAIL) + nr * INFO_LINE,
		       GFP_KERNEL_ACCOUNT);
	if (!xml)
		return -ENOMEM;
	command_xfer(command, xml, put_info(xml, selection));
	kvfree(xml);
	return 0;
}

/* GDB's numbers of eip and rip. */
#define PC_NUM_32 8
#define PC_NUM_64 16

static const struct tdesc_reg *pc_reg(const struct tdesc_x86 *tdesc)
{
	return tdesc_find(tdesc, tdesc->is_64bit ? PC_NUM_64 : PC_NUM_32);
}

/*
 * Where the thread was is known of each frame, and a client that knows nothing
 * else can say at least in which function that is.
 */
static void put_pc_only(struct packet_tx *tx, const struct tdesc_x86 *tdesc,
			u64 pc)
{
	const struct tdesc_reg *reg = pc_reg(tdesc);

	packet_put_unavailable(tx, reg->offset);
	packet_put_hex(tx, &pc, reg->size);
	packet_put_unavailable(tx, tdesc->g_size - reg->offset - reg->size);
}

/**
 * cmd_frame_registers() - g, of the selected frame
 * @command: the packet
 *
 * Return: 0.
 */
int cmd_frame_registers(struct command *command)
{
	const struct trace_selection *selection =
		&command->session->trace.selection;
	const u8 *g = trace_frame_regs(command->session);

	if (g)
		packet_put_hex(command->tx, g, selection->tdesc->g_size);
	else
		put_pc_only(command->tx, selection->tdesc, selection->head.pc);
	return 0;
}

/**
 * cmd_frame_register() - p, of the selected frame
 * @command: the packet
 *
 * Return: 0, or -ENXIO: there is no such register.
 */
int cmd_frame_register(struct command *command)
{
	const struct trace_selection *selection =
		&command->session->trace.selection;
	const u8 *g = trace_frame_regs(command->session);
	const struct tdesc_reg *reg;

	reg = tdesc_find(selection->tdesc,
			 min_t(u64, command->args.arg[0].num, U32_MAX));
	if (!reg)
		return -ENXIO;
	if (g)
		packet_put_hex(command->tx, g + reg->offset, reg->size);
	else if (reg == pc_reg(selection->tdesc))
		packet_put_hex(command->tx, &selection->head.pc, reg->size);
	else
		packet_put_unavailable(command->tx, reg->size);
	return 0;
}
