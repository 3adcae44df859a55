// SPDX-License-Identifier: GPL-2.0-only
/*
 * The session's thread. It takes packets from the link and has them answered,
 * lets processes go that have ended or that the client leaves, and leaves all of
 * them when the client is gone.
 */
#include <linux/bug.h>
#include <linux/kthread.h>
#include <linux/poll.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>

#include "absence.h"
#include "commands.h"
#include "serve.h"
#include "session.h"
#include "step.h"
#include "stop_reply.h"
#include "trace.h"

/* Packets answered before somebody else gets the lock. */
#define PACKETS_AT_ONCE 64

/**
 * serve_interrupt() - the client sent ^C, or says the same in a packet
 * @session: the session
 *
 * Context: session.cmd_lock held; may sleep.
 */
void serve_interrupt(struct gdb_session *session)
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
		serve_interrupt(session);
		break;
	case PACKET_OVERSIZED:
		trace_gdbstub_bad_bytes(event);
		packet_put_error(&session->tx, EMSGSIZE);
		commands_send(session);
		break;
	case PACKET_BAD_SUM:
	case PACKET_JUNK:
		trace_gdbstub_bad_bytes(event);
		break;
	default:
		break;
	}
}

static void leave_one(struct gdb_session *session, struct gdb_process *process,
		      bool is_detach)
{
	process_leave(process, is_detach);
	if (session_drop_process(session, process))
		stop_reply_send(session);
	process_free(process);
}

static void leave_useless(struct gdb_session *session)
{
	struct gdb_process *process;

	while ((process = session_useless(session)))
		leave_one(session, process, false);
}

static void deselect(struct gdb_selection *selection, pid_t pid)
{
	if (!selection->pid || selection->pid == pid)
		memset(selection, 0, sizeof(*selection));
}

/**
 * serve_leave_process() - let a process go
 * @session: its session
 * @process: freed, or made a guest
 * @is_detach: the client said so
 *
 * Context: session.cmd_lock held; may sleep.
 */
void serve_leave_process(struct gdb_session *session,
			 struct gdb_process *process, bool is_detach)
{
	tracepoint_leave(process);
	deselect(&session->client.general, process->pid);
	deselect(&session->client.resume, process->pid);
	if (!READ_ONCE(process->is_gone) && session_shares_memory(process))
		process_make_guest(process, is_detach);
	else
		leave_one(session, process, is_detach);
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

/* The births that it tells of are of processes that are left as well. */
static void forget_event(struct gdb_session *session)
{
	spin_lock(&session->lock);
	memset(&session->event, 0, sizeof(session->event));
	spin_unlock(&session->lock);
}

/* @kept: what stays, or NULL. The opener is told of each that lives on. */
static void leave_others(struct gdb_session *session,
			 const struct gdb_process *kept)
{
	struct gdb_process *process;

	while ((process = other_process(session, kept))) {
		if (!READ_ONCE(process->is_gone))
			helper_push(&session->helper, GDBSTUB_RECORD_DETACHED,
				    process->pid, ENOTCONN);
		serve_leave_process(session, process, false);
	}
	if (!kept)
		forget_event(session);
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
	if (kept) {
		absence_begin(kept, !error);
		leave_useless(session);
	}
	/* What could not be sent is for nobody. */
	mutex_lock(&session->tell_lock);
	spin_lock(&session->lock);
	session->reply_owed = false;
	session->interrupt_kept = false;
	session->non_stop = false;
	nonstop_set_read(session, false);
	spin_unlock(&session->lock);
	mutex_unlock(&session->tell_lock);
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
		error = commands_take_packet(session);
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
 * was notified asks what else there is before it knows. While one does not read, it
 * may be that the opener ends with the process, and the connection with that.
 */
static bool is_finished(struct gdb_session *session,
			struct gdb_process *process)
{
	return READ_ONCE(process->is_gone) &&
	       (!session->link.file || (READ_ONCE(process->was_told) &&
					!READ_ONCE(session->notified) &&
					link_is_flushed(&session->link)));
}

/*
 * It is let go at once. To the client that is its end, which is told as any
 * other's, when its turn comes.
 */
static void refuse_image(struct gdb_session *session,
			 struct gdb_process *process)
{
	tracepoint_leave(process);
	process_leave(process, true);
	if (session_lose_process(process))
		stop_reply_send(session);
}

/* The opener is told what no other record tells. */
static void push_left(struct gdb_session *session, pid_t pid, int error)
{
	if (!session_process(session))
		helper_push(&session->helper, GDBSTUB_RECORD_CLOSED, 0, error);
	else if (error)
		helper_push(&session->helper, GDBSTUB_RECORD_DETACHED, pid,
			    error);
}

/* Return: whether the process has left the session. */
static bool look_at_process(struct gdb_session *session,
			    struct gdb_process *process)
{
	int error = READ_ONCE(process->may_not_trace) ? EPERM : 0;
	pid_t pid = process->pid;

	process_reap_threads(process);
	process_clean_guests(process);
	process_drop_guests(process);
	step_over_end_halted(process);
	if (error && !READ_ONCE(process->is_ended))
		refuse_image(session, process);
	else if (session_look_for_end(process))
		stop_reply_send(session);
	if (process->is_hidden || !is_finished(session, process))
		return false;
	serve_leave_process(session, process, true);
	push_left(session, pid, error);
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
 * serve_main() - the session's thread
 * @data: the session
 *
 * It takes SIGKILL, which nobody but session_destroy() sends, as a reason to
 * give up what it is waiting for in the target's memory. What it allocates for
 * the client, with GFP_KERNEL_ACCOUNT, the opener pays for: a kernel thread has no
 * memory cgroup of its own.
 *
 * Return: 0.
 */
int serve_main(void *data)
{
	struct gdb_session *session = data;

	allow_signal(SIGKILL);
	set_active_memcg(session->memcg);
	while (session_wait_for_work(session))
		look_at_everything(session);
	flush_signals(current);
	mutex_lock(&session->cmd_lock);
	link_close(&session->link);
	leave_others(session, NULL);
	/* The engines of one that was left out would call into freed memory. */
	WARN_ON_ONCE(!list_empty(&session->processes));
	mutex_unlock(&session->cmd_lock);
	set_active_memcg(NULL);
	complete(&session->ended);
	return 0;
}
