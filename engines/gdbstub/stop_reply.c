// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the client hears when the session has stopped.
 *
 * A stop reply is sent by whoever completes the stop, mostly a traced thread in
 * its callback. session.reply_owed, taken back under session.lock, makes sure
 * that there is one for each time that the client waits.
 */
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "packet.h"
#include "proto.h"
#include "session.h"
#include "stop_reply.h"

/* An exec reply has a path in hex. */
#define REPLY_MAX (2 * PATH_MAX + 256)

/**
 * struct stop_news - what has to be told to whom
 * @event: the stop
 * @exec_path: of STOP_EXEC, owned; or NULL
 * @session: whose; its client says what it understands
 */
struct stop_news {
	struct stop_event event;
	char *exec_path;
	const struct gdb_session *session;
};

/**
 * stop_reply_put_tid() - put a thread's id as the client writes it
 * @tx: the reply
 * @session: the client's
 * @pid: the thread's process
 * @tid: the thread
 *
 * Context: any.
 */
void stop_reply_put_tid(struct packet_tx *tx, const struct gdb_session *session,
			pid_t pid, pid_t tid)
{
	if (session->client.multiprocess) {
		packet_put_char(tx, 'p');
		packet_put_hex_u64(tx, pid);
		packet_put_char(tx, '.');
	}
	packet_put_hex_u64(tx, tid);
}

/**
 * stop_reply_put_process() - put whose end a `W` or `X` tells
 * @tx: the reply; so far without it
 * @session: the client's
 * @pid: the process
 *
 * Context: any.
 */
void stop_reply_put_process(struct packet_tx *tx,
			    const struct gdb_session *session, pid_t pid)
{
	if (!session->client.multiprocess)
		return;
	packet_put_str(tx, ";process:");
	packet_put_hex_u64(tx, pid);
}

static void put_reg(struct packet_tx *tx, unsigned int num, u64 val,
		    bool is_64bit)
{
	packet_put_hex_u8(tx, num);
	packet_put_char(tx, ':');
	packet_put_hex(tx, &val, is_64bit ? 8 : 4);
	packet_put_char(tx, ';');
}

/*
 * A client does not know yet how wide the registers of a new program are, nor in
 * non-stop those of a process that it is attaching to.
 */
static bool is_known(const struct stop_news *news)
{
	enum stop_kind kind = news->event.kind;

	return kind != STOP_EXEC &&
	       (kind != STOP_NONE || !READ_ONCE(news->session->non_stop));
}

/* GDB's numbers of fp, sp and pc: what it needs to print a frame. */
static void put_regs(struct packet_tx *tx, const struct stop_event *event)
{
	bool wide = event->is_64bit;

	if (!event->has_regs)
		return;
	put_reg(tx, wide ? 6 : 5, event->fp, wide);
	put_reg(tx, wide ? 7 : 4, event->sp, wide);
	put_reg(tx, wide ? 16 : 8, event->pc, wide);
}

static void put_number(struct packet_tx *tx, const char *name, u64 num)
{
	packet_put_str(tx, name);
	packet_put_char(tx, ':');
	packet_put_hex_u64(tx, num);
	packet_put_char(tx, ';');
}

static void put_child(struct packet_tx *tx, const char *name,
		      const struct stop_news *news)
{
	packet_put_str(tx, name);
	packet_put_char(tx, ':');
	stop_reply_put_tid(tx, news->session, news->event.child,
			   news->event.child);
	packet_put_char(tx, ';');
}

static void put_reason(struct packet_tx *tx, const struct stop_news *news)
{
	const struct gdb_client *client = &news->session->client;

	switch (news->event.kind) {
	case STOP_CREATED:
		packet_put_str(tx, "create:;");
		break;
	case STOP_FORK:
		put_child(tx, "fork", news);
		break;
	case STOP_VFORK:
		put_child(tx, "vfork", news);
		break;
	case STOP_VFORK_DONE:
		packet_put_str(tx, "vforkdone:;");
		break;
	case STOP_SWBREAK:
		if (client->swbreak)
			packet_put_str(tx, "swbreak:;");
		break;
	case STOP_HWBREAK:
		if (client->hwbreak)
			packet_put_str(tx, "hwbreak:;");
		break;
	case STOP_WATCH:
		put_number(tx, "watch", news->event.addr);
		break;
	case STOP_AWATCH:
		put_number(tx, "awatch", news->event.addr);
		break;
	case STOP_SYSCALL_ENTRY:
		put_number(tx, "syscall_entry", (u32)news->event.syscall);
		break;
	case STOP_SYSCALL_RETURN:
		put_number(tx, "syscall_return", (u32)news->event.syscall);
		break;
	case STOP_EXEC:
		if (!client->exec_events || !news->exec_path)
			break;
		packet_put_str(tx, "exec:");
		packet_put_hex_str(tx, news->exec_path);
		packet_put_char(tx, ';');
		break;
	default:
		break;
	}
}

static u8 signal_of(const struct stop_event *event)
{
	switch (event->kind) {
	case STOP_NONE:
		return PROTO_GDB_SIGNAL_0;
	case STOP_SIGNAL:
		return proto_signal_to_gdb(event->signo);
	default:
		return PROTO_GDB_SIGNAL_TRAP;
	}
}

static void put_stopped(struct packet_tx *tx, const struct stop_news *news)
{
	bool plain = news->session->disabled & GDBSTUB_START_NO_T;

	packet_put_char(tx, plain ? 'S' : 'T');
	packet_put_hex_u8(tx, signal_of(&news->event));
	if (plain)
		return;
	if (is_known(news))
		put_regs(tx, &news->event);
	if (!(news->session->disabled & GDBSTUB_START_NO_T_THREAD)) {
		packet_put_str(tx, "thread:");
		stop_reply_put_tid(tx, news->session, news->event.pid,
				   news->event.tid);
		packet_put_char(tx, ';');
	}
	put_reason(tx, news);
}

static void put_exited(struct packet_tx *tx, const struct stop_news *news)
{
	int status = news->event.status;
	int signo = status & 0x7f;

	packet_put_char(tx, signo ? 'X' : 'W');
	packet_put_hex_u8(tx, signo ? proto_signal_to_gdb(signo) :
				      (status >> 8) & 0xff);
	stop_reply_put_process(tx, news->session, news->event.pid);
}

static void put_thread_exited(struct packet_tx *tx,
			      const struct stop_news *news)
{
	packet_put_char(tx, 'w');
	packet_put_hex_u8(tx, (news->event.status >> 8) & 0xff);
	packet_put_char(tx, ';');
	stop_reply_put_tid(tx, news->session, news->event.pid, news->event.tid);
}

static void put_news(struct packet_tx *tx, const struct stop_news *news)
{
	switch (news->event.kind) {
	case STOP_THREAD_EXITED:
		put_thread_exited(tx, news);
		break;
	case STOP_EXITED:
		put_exited(tx, news);
		break;
	case STOP_NO_RESUMED:
		if (news->session->client.no_resumed) {
			packet_put_char(tx, 'N');
			break;
		}
		fallthrough;
	default:
		put_stopped(tx, news);
		break;
	}
}

/* Any of the process when @tid is 0, any at all when @pid is. */
static struct gdb_thread *find_alive(struct gdb_session *session, pid_t pid,
				     pid_t tid)
{
	struct gdb_thread *thread;

	session_for_each_thread(session, thread)
		if (thread->state != THREAD_DEAD && !thread->guest &&
		    !thread->process->is_hidden &&
		    (!pid || thread->process->pid == pid) &&
		    (!tid || thread->tid == tid))
			return thread;
	return NULL;
}

/*
 * The thread of the event may have died since: by an exec of another thread,
 * which is an event itself. Then that one's is told, or that all have stopped.
 */
static void replace_dead(struct gdb_session *session)
{
	struct stop_event *event = &session->event;
	struct gdb_thread *thread;

	if (event->kind == STOP_EXITED)
		return;
	thread = find_alive(session, event->pid, event->tid);
	if (!thread)
		thread = find_alive(session, event->pid, 0);
	if (!thread)
		thread = find_alive(session, 0, 0);
	if (!thread || event->tid == thread->tid)
		return;
	/* Nobody had arrived when the stop took too long. */
	if (event->tid && thread->pending.kind != STOP_NONE) {
		*event = thread->pending;
		memset(&thread->pending, 0, sizeof(thread->pending));
		return;
	}
	if (event->tid)
		memset(event, 0, sizeof(*event));
	event->pid = thread->process->pid;
	event->tid = thread->tid;
}

static struct gdb_process *find_process(struct gdb_session *session, pid_t pid)
{
	struct gdb_process *process;

	list_for_each_entry(process, &session->processes, entry)
		if (process->pid == pid)
			return process;
	return NULL;
}

/* What the news change: what is named is selected, a child is known by now. */
static void note_told(struct gdb_session *session, struct stop_news *news)
{
	const struct stop_event *event = &news->event;
	struct gdb_process *process = find_process(session, event->pid);
	struct gdb_process *child = find_process(session, event->child);

	if (child && !child->is_guest)
		child->is_hidden = false;
	/* Owned by this reply; another question of `?` does without it. */
	if (process && event->kind == STOP_EXEC) {
		news->exec_path = process->exec_path;
		process->exec_path = NULL;
	}
	if (process && event->kind == STOP_EXITED)
		process->was_told = true;
	if (event->tid && !session->non_stop) {
		session->client.general.pid = event->pid;
		session->client.general.tid = event->tid;
	}
}

/*
 * Take the news, if there are any. Called without session.cmd_lock, by a thread
 * of a process in its callback for one: the lists are read under session.lock.
 */
static bool take_news(struct gdb_session *session, struct stop_news *news)
{
	bool tell = false;

	spin_lock(&session->lock);
	if (session->state == SESSION_STOPPED && !session->non_stop) {
		replace_dead(session);
		tell = session->reply_owed;
		session->reply_owed = false;
	}
	if (tell) {
		news->event = session->event;
		news->session = session;
		note_told(session, news);
	}
	spin_unlock(&session->lock);
	return tell;
}

/* Return: a process whose first stop the opener waits for, or 0. */
static pid_t take_record(struct gdb_session *session)
{
	struct gdb_process *process;
	pid_t pid = 0;

	spin_lock(&session->lock);
	list_for_each_entry(process, &session->processes, entry) {
		if (!process->record_owed ||
		    (session->non_stop ? !nonstop_is_held(process) :
					 session->state != SESSION_STOPPED))
			continue;
		process->record_owed = false;
		pid = process->pid;
		break;
	}
	spin_unlock(&session->lock);
	return pid;
}

/* Return: the first of the notes, of which the client does not know yet. */
static bool take_notification(struct gdb_session *session,
			      struct stop_news *news)
{
	bool tell;

	spin_lock(&session->lock);
	tell = session->non_stop && !session->notified &&
	       READ_ONCE(session->link.file) &&
	       nonstop_take(session, &news->event);
	if (tell) {
		nonstop_set_notified(session, &news->event);
		news->session = session;
		note_told(session, news);
	}
	spin_unlock(&session->lock);
	return tell;
}

/*
 * The session's thread tries again: once for whoever could not send, and then
 * whenever the socket has taken something, which wakes it. While the client reads
 * nothing, it sleeps.
 */
static void give_back(struct gdb_session *session, const struct stop_news *news)
{
	struct gdb_process *process;

	spin_lock(&session->lock);
	/* What the client knows to be gone is left, and its end with it. */
	process = find_process(session, news->event.pid);
	if (process && news->event.kind == STOP_EXITED)
		process->was_told = false;
	if (session->non_stop)
		nonstop_give_back(session, &news->event);
	else
		session->reply_owed = true;
	spin_unlock(&session->lock);
	if (current != session->task || link_is_flushed(&session->link))
		session_kick(session, WORK_LOOK);
}

/* Return: whether; else the session's thread has to try again. */
static bool send_news(struct gdb_session *session, const struct stop_news *news,
		      bool is_notification)
{
	struct packet_tx tx;
	bool sent;
	u8 *buf;

	buf = kvmalloc(REPLY_MAX, GFP_KERNEL);
	if (!buf)
		return false;
	packet_tx_init(&tx, buf, REPLY_MAX);
	if (is_notification) {
		packet_tx_begin(&tx, '%');
		packet_put_str(&tx, "Stop:");
	}
	put_news(&tx, news);
	packet_tx_finish(&tx, false);
	sent = link_send(&session->link, tx.buf, tx.len) != -ENOBUFS;
	kvfree(buf);
	return sent;
}

/**
 * stop_reply_send() - tell the client that all have stopped, if it waits
 * @session: the session
 *
 * The opener of an attached or launched process is told of its first stop as
 * well. Does nothing when the session is not stopped.
 *
 * Context: task, a traced thread's callback for one; may sleep, takes
 * session.tell_lock, but waits neither for the client nor for another thread to
 * stop.
 */
void stop_reply_send(struct gdb_session *session)
{
	struct stop_news news = {};
	bool is_reply, is_notification;
	pid_t pid;

	mutex_lock(&session->tell_lock);
	is_reply = take_news(session, &news);
	is_notification = !is_reply && take_notification(session, &news);
	while ((pid = take_record(session)))
		helper_push(&session->helper, GDBSTUB_RECORD_STOPPED, pid, 0);
	if ((is_reply || is_notification) &&
	    !send_news(session, &news, is_notification))
		give_back(session, &news);
	mutex_unlock(&session->tell_lock);
	/* What is gone, and the client knows it, can be left. */
	if (is_reply && news.event.kind == STOP_EXITED)
		session_kick(session, WORK_LOOK);
	kfree(news.exec_path);
}

/**
 * stop_reply_next() - non-stop: put the next stop that is to be told
 * @session: the session
 * @tx: the reply
 * @again: what is stopped is to be told once more, from the first on
 *
 * Context: session.cmd_lock held; may sleep.
 */
void stop_reply_next(struct gdb_session *session, struct packet_tx *tx,
		     bool again)
{
	struct stop_news news = { .session = session };
	bool tell;

	spin_lock(&session->lock);
	tell = again ? nonstop_first(session, &news.event) :
		       nonstop_next(session, &news.event);
	if (tell)
		note_told(session, &news);
	spin_unlock(&session->lock);
	if (tell)
		put_news(tx, &news);
	else
		packet_put_str(tx, "OK");
	kfree(news.exec_path);
}

/**
 * stop_reply_started() - answer a packet that brought a process in
 * @session: the session
 *
 * The answer is the stop; in non-stop it is "OK" to a vAttach, and the stops of
 * the threads are told one by one.
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0 or a negative errno: see link_send().
 */
int stop_reply_started(struct gdb_session *session)
{
	struct stop_news news = { .session = session };
	bool is_told;

	if (!READ_ONCE(session->non_stop)) {
		stop_reply_ask(session);
		return 0;
	}
	spin_lock(&session->lock);
	is_told = nonstop_started(session, &news.event);
	spin_unlock(&session->lock);
	if (is_told)
		return send_news(session, &news, false) ? 0 : -ENOBUFS;
	return link_send(&session->link, "$OK#9a", 6);
}

/**
 * stop_reply_ask() - the client waits for a stop reply from here on
 * @session: the session
 *
 * It is sent at once when the session is stopped.
 *
 * Context: session.cmd_lock held; may sleep.
 */
void stop_reply_ask(struct gdb_session *session)
{
	spin_lock(&session->lock);
	session->reply_owed = true;
	spin_unlock(&session->lock);
	stop_reply_send(session);
}
