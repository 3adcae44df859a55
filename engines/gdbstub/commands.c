// SPDX-License-Identifier: GPL-2.0-only
/*
 * The packet table, and how one packet is answered. What is not in the table
 * goes to the helper.
 */
#include "commands.h"
#include "session.h"
#include "trace.h"

/* clang-format off */
#define ROW(name, schema, match, handler, when) \
	{ { name, schema, match }, handler, when }
/* clang-format on */

static const struct command_row command_table[] = {
	ROW("!", NULL, PROTO_EXACT, cmd_extended, WHEN_ANY),
	ROW("?", NULL, PROTO_EXACT, cmd_stop_reason, WHEN_ANY),
	ROW("C", "s[;h]", PROTO_PREFIX, cmd_continue_signal, WHEN_RESUME),
	ROW("D", "[;p]", PROTO_WORD, cmd_detach, WHEN_PROCESS),
	ROW("G", "b", PROTO_PREFIX, cmd_write_registers, WHEN_STOPPED),
	ROW("Hc", "t", PROTO_PREFIX, cmd_select_resume, WHEN_ANY),
	ROW("Hg", "t", PROTO_PREFIX, cmd_select_general, WHEN_ANY),
	ROW("M", "h,h:b", PROTO_PREFIX, cmd_write_memory, WHEN_STOPPED),
	ROW("P", "h=b", PROTO_PREFIX, cmd_write_register, WHEN_STOPPED),
	ROW("QCatchSyscalls:", NULL, PROTO_PREFIX, cmd_catch_syscalls,
	    WHEN_STOPPED),
	ROW("QNonStop:", "h", PROTO_PREFIX, cmd_non_stop, WHEN_ANY),
	ROW("QPassSignals:", NULL, PROTO_PREFIX, cmd_pass_signals, WHEN_ANY),
	ROW("QProgramSignals:", NULL, PROTO_PREFIX, cmd_program_signals,
	    WHEN_ANY),
	ROW("QStartNoAckMode", NULL, PROTO_EXACT, cmd_no_ack, WHEN_ANY),
	ROW("QTBuffer:circular:", "h", PROTO_PREFIX, cmd_trace_circular,
	    WHEN_ANY),
	ROW("QTBuffer:size:", NULL, PROTO_PREFIX, cmd_trace_size, WHEN_ANY),
	ROW("QTDP:", NULL, PROTO_PREFIX, cmd_trace_define, WHEN_ANY),
	ROW("QTDPsrc:", NULL, PROTO_PREFIX, cmd_trace_source, WHEN_ANY),
	ROW("QTDV:", NULL, PROTO_PREFIX, cmd_trace_variable, WHEN_ANY),
	ROW("QTDisable:", "h:h", PROTO_PREFIX, cmd_trace_disable, WHEN_ANY),
	ROW("QTDisconnected:", "h", PROTO_PREFIX, cmd_trace_disconnected,
	    WHEN_ANY),
	ROW("QTEnable:", "h:h", PROTO_PREFIX, cmd_trace_enable, WHEN_ANY),
	ROW("QTFrame:", "h", PROTO_PREFIX, cmd_trace_frame, WHEN_ANY),
	ROW("QTFrame:outside:", "h:h", PROTO_PREFIX, cmd_trace_frame_outside,
	    WHEN_ANY),
	ROW("QTFrame:pc:", "h", PROTO_PREFIX, cmd_trace_frame_pc, WHEN_ANY),
	ROW("QTFrame:range:", "h:h", PROTO_PREFIX, cmd_trace_frame_range,
	    WHEN_ANY),
	ROW("QTFrame:tdp:", "h", PROTO_PREFIX, cmd_trace_frame_point, WHEN_ANY),
	ROW("QTNotes:", NULL, PROTO_PREFIX, cmd_trace_notes, WHEN_ANY),
	ROW("QTStart", NULL, PROTO_EXACT, cmd_trace_start, WHEN_STOPPED),
	ROW("QTStop", NULL, PROTO_EXACT, cmd_trace_stop, WHEN_ANY),
	ROW("QTinit", NULL, PROTO_EXACT, cmd_trace_init, WHEN_ANY),
	ROW("QTro", NULL, PROTO_PREFIX, cmd_trace_read_only, WHEN_ANY),
	ROW("R", NULL, PROTO_PREFIX, cmd_restart, WHEN_ANY),
	ROW("QThreadEvents:", "h", PROTO_PREFIX, cmd_thread_events, WHEN_ANY),
	ROW("S", "s[;h]", PROTO_PREFIX, cmd_step_signal, WHEN_RESUME),
	ROW("T", "t", PROTO_PREFIX, cmd_thread_alive, WHEN_PROCESS),
	ROW("X", "h,h:x", PROTO_PREFIX, cmd_write_memory, WHEN_STOPPED),
	ROW("Z0,", "h,h[;x]", PROTO_PREFIX, cmd_insert_break, WHEN_STOPPED),
	ROW("Z1,", "h,h[;x]", PROTO_PREFIX, cmd_insert_watch, WHEN_STOPPED),
	ROW("Z2,", "h,h[;x]", PROTO_PREFIX, cmd_insert_watch, WHEN_STOPPED),
	ROW("Z4,", "h,h[;x]", PROTO_PREFIX, cmd_insert_watch, WHEN_STOPPED),
	ROW("c", "[h]", PROTO_PREFIX, cmd_continue, WHEN_RESUME),
	ROW("g", NULL, PROTO_EXACT, cmd_read_registers, WHEN_RESUME),
	ROW("k", NULL, PROTO_EXACT, cmd_kill, WHEN_ANY),
	ROW("m", "h,h", PROTO_PREFIX, cmd_read_memory, WHEN_STOPPED),
	ROW("p", "h", PROTO_PREFIX, cmd_read_register, WHEN_RESUME),
	ROW("qAttached", "[:p]", PROTO_WORD, cmd_attached, WHEN_ANY),
	ROW("qC", NULL, PROTO_EXACT, cmd_current_thread, WHEN_PROCESS),
	ROW("qCRC:", "h,h", PROTO_PREFIX, cmd_crc_memory, WHEN_STOPPED),
	ROW("qGetTLSAddr:", "t,h,h", PROTO_PREFIX, cmd_tls_address,
	    WHEN_STOPPED),
	ROW("qSearch:memory:", "h;h;x", PROTO_PREFIX, cmd_search_memory,
	    WHEN_STOPPED),
	ROW("qSupported", NULL, PROTO_WORD, cmd_supported, WHEN_ANY),
	ROW("qTBuffer:", "h,h", PROTO_PREFIX, cmd_trace_buffer, WHEN_ANY),
	ROW("qTP:", "h:h", PROTO_PREFIX, cmd_trace_point, WHEN_ANY),
	ROW("qTStatus", NULL, PROTO_EXACT, cmd_trace_status, WHEN_ANY),
	ROW("qTV:", "h", PROTO_PREFIX, cmd_trace_value, WHEN_ANY),
	ROW("qTfP", NULL, PROTO_EXACT, cmd_trace_first_piece, WHEN_ANY),
	ROW("qTfV", NULL, PROTO_EXACT, cmd_trace_first_var, WHEN_ANY),
	ROW("qTsP", NULL, PROTO_EXACT, cmd_trace_next_piece, WHEN_ANY),
	ROW("qTsV", NULL, PROTO_EXACT, cmd_trace_next_var, WHEN_ANY),
	ROW("qThreadExtraInfo,", "t", PROTO_PREFIX, cmd_thread_info,
	    WHEN_PROCESS),
	ROW("qXfer:auxv:read::", "h,h", PROTO_PREFIX, cmd_xfer_auxv,
	    WHEN_STOPPED),
	ROW("qXfer:features:read:", "w:h,h", PROTO_PREFIX, cmd_xfer_features,
	    WHEN_STOPPED),
	ROW("qXfer:siginfo:read::", "h,h", PROTO_PREFIX, cmd_xfer_siginfo_read,
	    WHEN_STOPPED),
	ROW("qXfer:siginfo:write::", "h:x", PROTO_PREFIX,
	    cmd_xfer_siginfo_write, WHEN_STOPPED),
	ROW("qXfer:threads:read::", "h,h", PROTO_PREFIX, cmd_xfer_threads,
	    WHEN_PROCESS),
	ROW("qXfer:traceframe-info:read::", "h,h", PROTO_PREFIX,
	    cmd_xfer_traceframe, WHEN_ANY),
	ROW("qfThreadInfo", NULL, PROTO_EXACT, cmd_first_threads, WHEN_ANY),
	ROW("qsThreadInfo", NULL, PROTO_EXACT, cmd_next_threads, WHEN_ANY),
	ROW("s", "[h]", PROTO_PREFIX, cmd_step, WHEN_RESUME),
	ROW("vCont", NULL, PROTO_WORD, cmd_vcont, WHEN_RESUME),
	ROW("vCtrlC", NULL, PROTO_EXACT, cmd_interrupt, WHEN_PROCESS),
	ROW("vStopped", NULL, PROTO_EXACT, cmd_next_stop, WHEN_ANY),
	ROW("vCont?", NULL, PROTO_EXACT, cmd_vcont_query, WHEN_ANY),
	ROW("vKill;", "p", PROTO_PREFIX, cmd_kill_process, WHEN_PROCESS),
	ROW("vMustReplyEmpty", NULL, PROTO_EXACT, cmd_empty, WHEN_ANY),
	ROW("x", "h,h", PROTO_PREFIX, cmd_read_binary, WHEN_STOPPED),
	ROW("z0,", "h,h[;x]", PROTO_PREFIX, cmd_remove_break, WHEN_STOPPED),
	ROW("z1,", "h,h[;x]", PROTO_PREFIX, cmd_remove_watch, WHEN_STOPPED),
	ROW("z2,", "h,h[;x]", PROTO_PREFIX, cmd_remove_watch, WHEN_STOPPED),
	ROW("z4,", "h,h[;x]", PROTO_PREFIX, cmd_remove_watch, WHEN_STOPPED),
};

/**
 * command_ok() - the reply "OK"
 * @command: the packet
 *
 * Return: 0.
 */
int command_ok(struct command *command)
{
	packet_put_str(command->tx, "OK");
	return 0;
}

/**
 * command_xfer() - the reply to qXfer:...:read
 * @command: the packet; its last two arguments are offset and length
 * @data: the whole object
 * @len: bytes at @data
 *
 * Return: 0.
 */
int command_xfer(struct command *command, const void *data, size_t len)
{
	struct proto_args *args = &command->args;
	u64 offset = args->arg[args->nr - 2].num;
	u64 want = args->arg[args->nr - 1].num;
	struct packet_tx *tx = command->tx;
	size_t fits, marker = tx->len;

	packet_put_char(tx, 'm');
	if (offset > len)
		offset = len;
	want = min_t(u64, want, len - offset);
	fits = packet_put_binary_fit(tx, data + offset, want);
	if (offset + fits == len)
		tx->buf[marker] = 'l';
	return 0;
}

/**
 * command_thread() - the thread that the client has selected
 * @command: the packet
 *
 * Return: the thread of Hg, or when that is gone or was none in particular,
 * that of the last stop, or any.
 */
struct gdb_thread *command_thread(struct command *command)
{
	struct gdb_session *session = command->session;
	pid_t tid = session->client.general.tid;
	struct gdb_thread *thread = NULL;

	if (tid > 0)
		return process_find_thread(command->process, tid);
	thread = process_find_thread(command->process, session->event.tid);
	return thread ?: process_first_thread(command->process);
}

/**
 * command_select_process() - make the process that a packet names its process
 * @command: the packet; its first argument, if it has one, is an id
 *
 * A client without the multiprocess extension knows no number of a process, and
 * gdb makes one up: what it says is not looked at.
 *
 * Return: whether there is one; true also when the packet names none
 * in particular.
 */
bool command_select_process(struct command *command)
{
	const struct proto_arg *arg = &command->args.arg[0];

	if (!command->session->client.multiprocess || !command->args.nr ||
	    !arg->present || !arg->tid.has_pid || arg->tid.pid <= 0)
		return true;
	command->process = session_find_process(command->session, arg->tid.pid);
	return command->process;
}

/**
 * command_find_thread() - the thread that an id names
 * @command: the packet
 * @id: with a number of a thread
 *
 * Return: the thread, or NULL: there is none, or it is not of the process that
 * the id names.
 */
struct gdb_thread *command_find_thread(const struct command *command,
				       const struct proto_tid *id)
{
	struct gdb_selection named = {
		.pid = id->has_pid ? max(id->pid, 0) : 0,
		.tid = id->tid,
	};
	struct gdb_process *process;

	process = session_selected(command->session, &named);
	if (!process || (named.pid && process->pid != named.pid))
		return NULL;
	return process_find_thread(process, named.tid);
}

/* Whether a packet has to wait for the stop of an attach or a launch. */
static bool must_wait(struct gdb_session *session,
		      const struct command_row *row)
{
	bool wait;

	if (row->when != WHEN_STOPPED && row->when != WHEN_RESUME)
		return false;
	spin_lock(&session->lock);
	wait = !session->non_stop && !session->reply_owed &&
	       (session->state == SESSION_STOPPING ||
		session->state == SESSION_RUNNING);
	spin_unlock(&session->lock);
	return wait;
}

/*
 * In non-stop the client may ask for the stop of a thread of whose end it was
 * told, and has not looked at that: there is nothing left to stop.
 */
static bool is_late_stop(const struct command *command,
			 const struct command_row *row)
{
	return row->handler == cmd_vcont &&
	       READ_ONCE(command->session->non_stop);
}

static int check_when(const struct command *command,
		      const struct command_row *row)
{
	if (row->when == WHEN_ANY)
		return 0;
	if (!command->process)
		return is_late_stop(command, row) ? 0 : -ESRCH;
	if (row->when == WHEN_PROCESS)
		return 0;
	if (row->when == WHEN_STOPPED && READ_ONCE(command->process->is_gone))
		return -ESRCH;
	return session_is_stopped(command->session) ? 0 : -EBUSY;
}

static int run_row(struct command *command, const struct command_row *row)
{
	int ret;

	ret = check_when(command, row);
	if (ret)
		return ret;
	if (row->row.schema) {
		ret = proto_parse(row->row.schema, command->data, command->len,
				  &command->args);
		if (ret) {
			trace_gdbstub_bad_packet(row->row.name, ret);
			return ret;
		}
	}
	return row->handler(command);
}

static int forward(struct gdb_session *session)
{
	struct gdb_process *process =
		session_selected(session, &session->client.general);
	struct packet_rx *rx = &session->link.rx;
	int ret;

	ret = helper_push_packet(&session->helper, process ? process->pid : 0,
				 rx->buf, rx->len);
	return ret ?: COMMAND_NO_REPLY;
}

/**
 * commands_send() - send the packet in session.tx
 * @session: the session
 *
 * Context: session.cmd_lock held.
 */
void commands_send(struct gdb_session *session)
{
	packet_tx_finish(&session->tx, true);
	link_send(&session->link, session->tx.buf, session->tx.len);
}

static int run_packet(struct gdb_session *session,
		      const struct command_row *row)
{
	struct packet_rx *rx = &session->link.rx;
	struct command command = {
		.session = session,
		.process = session_selected(session, &session->client.general),
		.tx = &session->tx,
	};
	size_t name_len;

	if (!row)
		return forward(session);
	/* '?' and its like are one character: strlen() is the name's length. */
	name_len = strlen(row->row.name);
	command.data = rx->buf + name_len;
	command.len = rx->len - name_len;
	return run_row(&command, row);
}

/* What a test of the client wants to be done without. */
static bool is_disabled(const struct gdb_session *session,
			const struct command_row *row)
{
	if (row->handler == cmd_vcont || row->handler == cmd_vcont_query)
		return session->disabled & GDBSTUB_START_NO_VCONT;
	if (row->handler == cmd_current_thread)
		return session->disabled & GDBSTUB_START_NO_QC;
	if (row->handler == cmd_first_threads ||
	    row->handler == cmd_next_threads)
		return session->disabled & GDBSTUB_START_NO_THREAD_LIST;
	return false;
}

static const struct command_row *find_row(const struct gdb_session *session)
{
	const struct packet_rx *rx = &session->link.rx;
	const struct command_row *command;
	const struct proto_row *row;

	row = proto_find(&command_table[0].row, ARRAY_SIZE(command_table),
			 sizeof(command_table[0]), rx->buf, rx->len);
	if (!row)
		return NULL;
	command = container_of_const(row, struct command_row, row);
	return is_disabled(session, command) ? NULL : command;
}

/**
 * commands_take_packet() - answer the packet in session.link.rx
 * @session: the session
 *
 * Context: session.cmd_lock held; may sleep.
 * Return:
 * * 0 - it was dealt with
 * * COMMAND_HANG_UP - likewise, and the client is to be left
 * * -EAGAIN - it has to wait
 */
int commands_take_packet(struct gdb_session *session)
{
	struct packet_rx *rx = &session->link.rx;
	const struct command_row *row;
	int ret;

	row = find_row(session);
	if (row && must_wait(session, row))
		return -EAGAIN;
	trace_gdbstub_packet(rx->buf, rx->len);
	packet_tx_begin(&session->tx, '$');
	ret = run_packet(session, row);
	if (ret == COMMAND_FORWARD)
		ret = forward(session);
	if (ret < 0)
		packet_put_error(&session->tx, ret);
	if (ret != COMMAND_NO_REPLY && ret != COMMAND_CLOSED_SILENTLY)
		commands_send(session);
	/* After the reply: the opener may close the device at once. */
	if ((ret == COMMAND_CLOSED || ret == COMMAND_CLOSED_SILENTLY) &&
	    !session_process(session))
		helper_push(&session->helper, GDBSTUB_RECORD_CLOSED, 0, 0);
	return ret == COMMAND_HANG_UP ? ret : 0;
}
