// SPDX-License-Identifier: GPL-2.0-only
/*
 * The packet table, and the session's thread, which takes packets from the
 * link and has them answered. What is not in the table goes to the helper.
 */
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>

#include "absence.h"
#include "commands.h"
#include "session.h"
#include "step.h"
#include "stop_reply.h"
#include "trace.h"

/* Packets answered before somebody else gets the lock. */
#define PACKETS_AT_ONCE 64

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
	ROW("g", NULL, PROTO_EXACT, cmd_read_registers, WHEN_STOPPED),
	ROW("k", NULL, PROTO_EXACT, cmd_kill, WHEN_ANY),
	ROW("m", "h,h", PROTO_PREFIX, cmd_read_memory, WHEN_STOPPED),
	ROW("p", "h", PROTO_PREFIX, cmd_read_register, WHEN_STOPPED),
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

static int check_when(const struct command *command,
		      const struct command_row *row)
{
	if (row->when == WHEN_ANY)
		return 0;
	if (!command->process)
		return -ESRCH;
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

static void send_reply(struct gdb_session *session)
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

/*
 * Return: 0: the packet was dealt with; -EAGAIN: it has to wait; or
 * COMMAND_HANG_UP.
 */
static int take_packet(struct gdb_session *session)
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
		send_reply(session);
	/* After the reply: the opener may close the device at once. */
	if ((ret == COMMAND_CLOSED || ret == COMMAND_CLOSED_SILENTLY) &&
	    !session_process(session))
		helper_push(&session->helper, GDBSTUB_RECORD_CLOSED, 0, 0);
	return ret == COMMAND_HANG_UP ? ret : 0;
}

/**
 * commands_interrupt() - the client sent ^C, or says the same in a packet
 * @session: the session
 *
 * Context: session.cmd_lock held; may sleep.
 */
void commands_interrupt(struct gdb_session *session)
{
	if (READ_ONCE(session->non_stop) ? nonstop_interrupt(session) :
					   session_interrupt(session))
		stop_reply_send(session);
}

static void take_event(struct gdb_session *session, enum packet_event event)
{
	switch (event) {
	case PACKET_NAK:
		link_resend(&session->link);
		break;
	case PACKET_INTERRUPT:
		commands_interrupt(session);
		break;
	case PACKET_OVERSIZED:
		trace_gdbstub_bad_bytes(event);
		packet_put_error(&session->tx, EMSGSIZE);
		send_reply(session);
		break;
	case PACKET_BAD_SUM:
	case PACKET_JUNK:
		trace_gdbstub_bad_bytes(event);
		break;
	default:
		break;
	}
}

/*
 * A signal that was shown to the client and not yet passed on or discarded by
 * it: the program gets it when the client goes away without a word. A detach
 * delivers it only if the client's user lets such signals through.
 */
static void keep_parked_signal(struct gdb_session *session,
			       struct gdb_thread *thread,
			       const struct stop_event *event, bool is_detach)
{
	const struct gdb_client *client = &session->client;
	int signo = event->signo;

	/* The stop of a ^C is called SIGINT, but is no signal of a thread. */
	if (event->kind != STOP_SIGNAL || event->any_thread ||
	    thread->state != THREAD_STOPPED || !thread->has_siginfo ||
	    thread->siginfo.si_signo != signo)
		return;
	if (is_detach &&
	    (client->has_program_signals ? !test_bit(signo, client->program) :
					   signo == SIGTRAP))
		return;
	thread->inject = signo;
}

static void keep_parked_signals(struct gdb_session *session,
				struct gdb_process *process, bool is_detach)
{
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	list_for_each_entry(thread, &process->threads, entry)
		if (session->non_stop)
			keep_parked_signal(session, thread, &thread->note.event,
					   is_detach);
		else if (session->state == SESSION_STOPPED &&
			 thread->tid == session->event.tid)
			keep_parked_signal(session, thread, &session->event,
					   is_detach);
	spin_unlock(&session->lock);
}

static void leave_one(struct gdb_session *session, struct gdb_process *process)
{
	process_leave(process);
	if (session_drop_process(session, process))
		stop_reply_send(session);
	process_free(process);
}

static void leave_useless(struct gdb_session *session)
{
	struct gdb_process *process;

	while ((process = session_useless(session)))
		leave_one(session, process);
}

static void deselect(struct gdb_selection *selection, pid_t pid)
{
	if (!selection->pid || selection->pid == pid)
		memset(selection, 0, sizeof(*selection));
}

/**
 * commands_leave_process() - let a process go
 * @session: its session
 * @process: freed, or made a guest
 * @is_detach: the client said so
 *
 * Context: session.cmd_lock held; may sleep.
 */
void commands_leave_process(struct gdb_session *session,
			    struct gdb_process *process, bool is_detach)
{
	keep_parked_signals(session, process, is_detach);
	tracepoint_leave(process);
	deselect(&session->client.general, process->pid);
	deselect(&session->client.resume, process->pid);
	if (!READ_ONCE(process->is_gone) && session_shares_memory(process))
		process_make_guest(process);
	else
		leave_one(session, process);
	leave_useless(session);
	/* No client will come back to it. */
	if (!session->link.file && !session_process(session))
		tracepoint_forget(session);
}

static struct gdb_process *other_process(struct gdb_session *session,
					 const struct gdb_process *kept)
{
	struct gdb_process *process = NULL;

	while ((process = session_next_process(session, process)))
		if (process != kept && !process->is_hidden)
			break;
	return process;
}

/* @kept: what stays, or NULL. */
static void leave_others(struct gdb_session *session,
			 const struct gdb_process *kept)
{
	struct gdb_process *process;

	while ((process = other_process(session, kept)))
		commands_leave_process(session, process, false);
	leave_useless(session);
}

/* A thread that stays stopped keeps its signal for the next client. */
static void keep_for_next(struct gdb_session *session, struct gdb_process *kept,
			  bool is_detach)
{
	if (is_detach || READ_ONCE(session->non_stop))
		keep_parked_signals(session, kept, is_detach);
	absence_begin(kept, is_detach);
	leave_useless(session);
}

/* @error: what ended it; 0: a detach that leaves the process here. */
static void end_connection(struct gdb_session *session, int error)
{
	struct gdb_process *kept = absence_process(session);

	link_close(&session->link);
	helper_cancel(&session->helper);
	session->packet_waits = false;
	leave_others(session, kept);
	if (kept)
		keep_for_next(session, kept, !error);
	spin_lock(&session->lock);
	session->reply_owed = false;
	session->interrupt_kept = false;
	session->non_stop = false;
	nonstop_set_read(session, false);
	spin_unlock(&session->lock);
	memset(&session->client, 0, sizeof(session->client));
	if (!kept)
		tracepoint_forget(session);
	helper_push(&session->helper, GDBSTUB_RECORD_CLOSED,
		    kept ? kept->pid : 0, -error);
}

/* While the helper works on a packet nothing is read: has the client gone? */
static bool is_hung_up(struct gdb_session *session)
{
	__poll_t gone = EPOLLHUP | EPOLLRDHUP | EPOLLERR;

	return vfs_poll(session->link.file, NULL) & gone;
}

/*
 * Return: 0: go on; -EAGAIN: nothing to do; COMMAND_HANG_UP, or what ended the
 * connection.
 */
static int serve_one(struct gdb_session *session)
{
	enum packet_event event = PACKET_DATA;
	int error = 0;

	if (!session->packet_waits)
		event = link_receive(&session->link, &error);
	if (event == PACKET_MORE)
		return error ?: -EAGAIN;
	if (!session->packet_waits)
		link_send_ack(&session->link, packet_ack_for(event));
	if (event == PACKET_DATA)
		error = take_packet(session);
	else
		take_event(session, event);
	session->packet_waits = error == -EAGAIN;
	return error;
}

static int serve_link(struct gdb_session *session)
{
	unsigned int nr;
	int ret;

	for (nr = 0; nr < PACKETS_AT_ONCE; nr++) {
		ret = link_flush(&session->link);
		if (ret)
			return ret;
		if (helper_is_awaited(&session->helper) ||
		    session->packet_waits)
			if (is_hung_up(session))
				return -ENODATA;
		if (helper_is_awaited(&session->helper))
			return -EAGAIN;
		ret = serve_one(session);
		if (ret == -EAGAIN)
			return link_flush(&session->link);
		if (ret || !session->link.file)
			return ret;
	}
	session_kick(session, WORK_LOOK);
	return -EAGAIN;
}

/*
 * It is gone and the client knows, or there is no client to be told. One that
 * was notified asks what else there is before it knows.
 */
static bool is_finished(struct gdb_session *session,
			struct gdb_process *process)
{
	return READ_ONCE(process->is_gone) &&
	       (!session->link.file || (READ_ONCE(process->was_told) &&
					!READ_ONCE(session->notified)));
}

static const char refused_text[] =
	"Detached from a program that you may not trace, which was executed.\n";

/*
 * The client waits for a stop. Of the replies that end a process this one
 * claims least: it is told in words what happened, and then that there is
 * nothing left to debug.
 */
static void tell_refused(struct gdb_session *session, pid_t pid)
{
	packet_tx_begin(&session->tx, '$');
	packet_put_char(&session->tx, 'O');
	packet_put_hex_str(&session->tx, refused_text);
	send_reply(session);
	packet_tx_begin(&session->tx, '$');
	packet_put_str(&session->tx, "W00");
	stop_reply_put_process(&session->tx, session, pid);
	send_reply(session);
}

static void refuse_image(struct gdb_session *session,
			 struct gdb_process *process)
{
	pid_t pid = process->pid;
	bool owed;

	spin_lock(&session->lock);
	owed = session->reply_owed;
	session->reply_owed = false;
	spin_unlock(&session->lock);
	commands_leave_process(session, process, true);
	if (owed)
		tell_refused(session, pid);
	helper_push(&session->helper, GDBSTUB_RECORD_CLOSED, 0, EPERM);
}

/* Return: whether the process has left the session. */
static bool look_at_process(struct gdb_session *session,
			    struct gdb_process *process)
{
	process_reap_threads(process);
	if (process->is_hidden)
		return false;
	if (READ_ONCE(process->may_not_trace)) {
		refuse_image(session, process);
		return true;
	}
	if (!is_finished(session, process))
		return false;
	commands_leave_process(session, process, true);
	if (!session_process(session))
		helper_push(&session->helper, GDBSTUB_RECORD_CLOSED, 0, 0);
	return true;
}

/* A process that leaves may take guests with it: the list is read anew. */
static void look_at_processes(struct gdb_session *session)
{
	struct gdb_process *process = NULL;

	while ((process = session_next_process(session, process)))
		if (look_at_process(session, process))
			process = NULL;
	leave_useless(session);
}

static void look_at_stop(struct gdb_session *session)
{
	if (test_and_clear_bit(WORK_STOP_LATE, &session->work) &&
	    session_stop_late(session))
		stop_reply_send(session);
	if (READ_ONCE(session->reply_owed) || READ_ONCE(session->non_stop))
		stop_reply_send(session);
	tracepoint_tidy(session);
	look_at_processes(session);
}

static void look_at_everything(struct gdb_session *session)
{
	int ret;

	mutex_lock(&session->cmd_lock);
	look_at_stop(session);
	if (session->link.file) {
		ret = serve_link(session);
		if (ret && ret != -EAGAIN)
			end_connection(session, min(ret, 0));
		else
			look_at_stop(session);
	}
	mutex_unlock(&session->cmd_lock);
}

/**
 * commands_main() - the session's thread
 * @data: the session
 *
 * It takes SIGKILL, which nobody but session_destroy() sends, as a reason to
 * give up what it is waiting for in the target's memory.
 *
 * Return: 0.
 */
int commands_main(void *data)
{
	struct gdb_session *session = data;

	allow_signal(SIGKILL);
	while (session_wait_for_work(session))
		look_at_everything(session);
	flush_signals(current);
	mutex_lock(&session->cmd_lock);
	link_close(&session->link);
	leave_others(session, NULL);
	mutex_unlock(&session->cmd_lock);
	complete(&session->ended);
	return 0;
}
