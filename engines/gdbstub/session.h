/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session: one open of the device, one client, the processes that it debugs.
 *
 * In all-stop the session's state says whose turn it is:
 *
 *	IDLE      no process that the client knows
 *	RUNNING   threads run; the client waits for a stop reply
 *	STOPPING  somebody has an event (or the client sent ^C) and all other
 *		  threads were asked to come to the user boundary
 *	STOPPED   all have come; the client reads and writes
 *
 * A thread decides in its own callback whether it has an event. The first one
 * moves RUNNING to STOPPING; the last to arrive moves STOPPING to STOPPED and
 * sends the stop reply itself. That goes for the threads of all processes. So
 * the thread of the session (a kthread) is for packets that come in, and no
 * thread ever waits for another.
 *
 * In non-stop the session is RUNNING as long as it has a process. Each thread
 * stops and is resumed by itself; what is to be told of it waits in a list, of
 * which the client is notified (nonstop.c).
 *
 * Threads are driven by pokes: whoever changes what a thread should do changes
 * the state under session.lock and then pokes the thread, which comes to its
 * callback and reads the state under session.lock. A poke is never lost (see
 * thread_poke()), so the order of two pokes does not matter, and one too many
 * does no harm.
 *
 * Locks, outermost first:
 *
 *	session.cmd_lock	what the client or the opener asks for: one
 *				packet, one ioctl, one end of the session.
 *				Never taken by a traced thread.
 *	session.tell_lock	one stop reply or notification
 *	session.fork_lock	the children that the client has not heard of
 *	breakpoint_table.lock	the program's text
 *	mmap_lock of the target
 *
 *	session.link.tx_lock	bytes on their way to the socket. Holders do
 *				not wait for the socket.
 *
 *	session.lock		spinlock: states, lists, events. Innermost but
 *				for the locks of utrace, which is called with
 *				it held.
 */
#ifndef GDBSTUB_SESSION_H
#define GDBSTUB_SESSION_H

#include <linux/bitmap.h>
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include "helper.h"
#include "link.h"
#include "process.h"
#include "tracepoint.h"

struct cred;
struct mem_cgroup;
struct pid;
struct pid_namespace;

/* Linux signal numbers are 1 to 64. */
#define SESSION_NR_SIGNALS 65

enum session_state {
	SESSION_IDLE,
	SESSION_RUNNING,
	SESSION_STOPPING,
	SESSION_STOPPED,
};

/**
 * enum session_work - bits of &gdb_session.work
 * @WORK_LOOK: something happened; look at everything
 * @WORK_END: the device is being closed
 * @WORK_STOP_LATE: a stop takes too long
 */
enum session_work {
	WORK_LOOK,
	WORK_END,
	WORK_STOP_LATE,
};

/**
 * struct gdb_selection - a thread that the client has named
 * @pid: its process; 0: not said
 * @tid: 0: any, -1: all
 */
struct gdb_selection {
	pid_t pid;
	pid_t tid;
};

/**
 * struct gdb_client - what the client told about itself; under cmd_lock, but
 *	for those that say otherwise
 * @swbreak: it understands `swbreak`; read by anyone
 * @hwbreak: it understands `hwbreak`; read by anyone
 * @exec_events: it understands `exec`; read by anyone
 * @no_resumed: it understands `N`; read by anyone
 * @multiprocess: it understands ids with a process; read by anyone
 * @extended: it speaks the extended protocol
 * @fork_events: it understands `fork`, and ids with a process; read by anyone
 * @vfork_events: `vfork` and `vforkdone`; likewise
 * @thread_events: it wants to know of each thread that comes or goes; read by
 *	anyone
 * @has_program_signals: QProgramSignals came
 * @pass: QPassSignals: Linux numbers of signals that are delivered without a
 *	stop; bits are read by the threads without a lock
 * @program: QProgramSignals: signals that a detach may deliver
 * @general: thread of Hg or of the last stop reply. The reply's sender writes it
 *	before the client can send a packet that uses it.
 * @resume: thread of Hc
 * @list_at: where qsThreadInfo goes on: threads told so far
 */
struct gdb_client {
	bool swbreak;
	bool hwbreak;
	bool exec_events;
	bool no_resumed;
	bool multiprocess;
	bool extended;
	bool fork_events;
	bool vfork_events;
	bool thread_events;
	bool has_program_signals;
	DECLARE_BITMAP(pass, SESSION_NR_SIGNALS);
	DECLARE_BITMAP(program, SESSION_NR_SIGNALS);
	struct gdb_selection general;
	struct gdb_selection resume;
	unsigned int list_at;
};

/**
 * struct gdb_session - one open of the device
 */
struct gdb_session {
	/** @cmd_lock: see above. */
	struct mutex cmd_lock;
	/** @lock: see above. */
	spinlock_t lock;

	/** @state: under @lock. */
	enum session_state state;
	/**
	 * @nr_running: Threads that thread_is_counted(), and one for each
	 * process that is being attached to. Written in roster.c, under @lock.
	 */
	unsigned int nr_running;
	/** @event: what the stop is about, from STOPPING on; under @lock. */
	struct stop_event event;
	/** @non_stop: the client has chosen non-stop; under @lock. */
	bool non_stop;
	/** @notes: non-stop: struct stop_note, to be told; under @lock. */
	struct list_head notes;
	/**
	 * @notified: non-stop: the client knows that there are notes and asks
	 * for one after the other; under @lock.
	 */
	bool notified;
	/**
	 * @tells_one: non-stop: the client asked what is stopped, and is told
	 * of the first alone, see nonstop_first(); under @lock.
	 */
	bool tells_one;
	/**
	 * @unread_tid: non-stop: the thread that the last notification told
	 * of, until the client asks for the next note: so long it may not have
	 * read that. 0: none; under @lock.
	 */
	pid_t unread_tid;
	/** @unread_child: the process whose birth it told; likewise. */
	pid_t unread_child;
	/**
	 * @tell_lock: held from where news are taken to where they are with
	 * @link, or given back; and where it changes of what kind they are, or
	 * for whom. So a client that has the answer to QNonStop:0 is notified no
	 * more: it would not look, and what it was told of was lost.
	 */
	struct mutex tell_lock;
	/** @reply_owed: the client waits for a stop reply; under @lock. */
	bool reply_owed;
	/**
	 * @processes: struct gdb_process, oldest first. Added to under @lock,
	 * removed from with @cmd_lock held as well, so that the holder of that
	 * may keep a pointer to a process.
	 */
	struct list_head processes;
	/**
	 * @fork_lock: what the client changes in a process it changes in those
	 * children as well that it has not heard of: held over both, and by who
	 * makes a child, from the copying to when that is in @processes.
	 */
	struct mutex fork_lock;

	/**
	 * @disabled: GDBSTUB_START_NO_*: what is not served; written before
	 * there is a client.
	 */
	u32 disabled;
	/** @client: see there. */
	struct gdb_client client;
	/** @trace: tracepoints; see there. */
	struct session_trace trace;
	/**
	 * @interrupt_kept: a ^C came while nothing ran: it is for the next
	 * time; under @cmd_lock.
	 */
	bool interrupt_kept;
	/** @link: the socket. */
	struct gdb_link link;
	/** @helper: the opener's records. */
	struct gdb_helper helper;
	/**
	 * @packet_waits: a packet is in @link.rx that has to wait for the
	 * stop, or for the helper's answer; session's thread only.
	 */
	bool packet_waits;

	/** @tx: the reply being built; under @cmd_lock. */
	struct packet_tx tx;
	/** @tx_buf: of @tx: LINK_BUF_SIZE bytes. */
	u8 *tx_buf;
	/** @scratch: LINK_PACKET_MAX bytes for a handler; under @cmd_lock. */
	u8 *scratch;
	/** @threads_xml: what qXfer:threads is read from, or NULL; @cmd_lock. */
	char *threads_xml;
	/** @threads_xml_len: bytes at @threads_xml. */
	size_t threads_xml_len;

	/** @task: the session's thread. Constant; owns a reference. */
	struct task_struct *task;
	/** @wait: where it sleeps. */
	wait_queue_head_t wait;
	/** @work: bits of enum session_work; atomic bit operations. */
	unsigned long work;
	/** @stop_timer: bounds STOPPING. */
	struct timer_list stop_timer;
	/** @ended: the session's thread is done with everything. */
	struct completion ended;

	/** @cred: the opener's. Constant, owns a reference. */
	const struct cred *cred;
	/** @owner: the opener's thread group. Constant, owns a reference. */
	struct pid *owner;
	/**
	 * @pid_ns: the opener's: all numbers in packets. Constant, owns a
	 * reference.
	 */
	struct pid_namespace *pid_ns;
	/**
	 * @memcg: the opener's, to which is charged what the session's thread
	 * allocates. Constant, owns a reference.
	 */
	struct mem_cgroup *memcg;
};

/* All threads of all processes; session.lock held. */
#define session_for_each_thread(session, thread)                      \
	for ((thread) = session_next_thread(session, NULL); (thread); \
	     (thread) = session_next_thread(session, thread))

struct gdb_session *session_create(int (*main)(void *session));
void session_destroy(struct gdb_session *session);
void session_kick(struct gdb_session *session, enum session_work work);
bool session_wait_for_work(struct gdb_session *session);

/* roster.c APIs: */
void roster_set_state(struct gdb_thread *thread, enum thread_state state);
void roster_uncount(struct gdb_thread *thread);
void roster_all_came(struct gdb_process *process);
int session_add_process(struct gdb_session *session,
			struct gdb_process *process);
bool session_drop_process(struct gdb_session *session,
			  struct gdb_process *process);
bool session_thread_born(struct gdb_thread *thread,
			 const struct gdb_thread *maker);
bool session_has_ended(struct gdb_process *process);
bool session_look_for_end(struct gdb_process *process);
bool session_lose_process(struct gdb_process *process);
bool session_all_born(struct gdb_process *process);
bool session_thread_ends(struct gdb_thread *thread, bool group_dead);
bool session_thread_died(struct gdb_thread *thread, bool is_end);
bool session_fork(struct gdb_thread *thread, struct gdb_thread *child,
		  enum stop_kind kind);
struct gdb_process *session_process(struct gdb_session *session);
struct gdb_process *session_next_process(struct gdb_session *session,
					 struct gdb_process *process);
struct gdb_process *session_next_unheard(struct gdb_process *process,
					 bool of_memory,
					 struct gdb_process *child);
struct gdb_thread *session_next_thread(struct gdb_session *session,
				       struct gdb_thread *thread);
struct gdb_process *session_find_process(struct gdb_session *session,
					 pid_t pid);
struct gdb_process *session_selected(struct gdb_session *session,
				     const struct gdb_selection *selection);
struct gdb_process *session_useless(struct gdb_session *session);
bool session_shares_memory(struct gdb_process *process);

/* allstop.c APIs: */
bool allstop_complete(struct gdb_session *session);
bool allstop_no_resumed(struct gdb_session *session);
void allstop_ask_stop(struct gdb_session *session, struct gdb_thread *thread);
void allstop_all_asked(struct gdb_session *session);
void allstop_newborn(struct gdb_thread *thread);
bool session_process_died(struct gdb_process *process);
bool session_event(struct gdb_thread *thread, const struct stop_event *event);
bool session_take_event(struct gdb_thread *thread,
			const struct stop_event *event);
bool session_wants_stop(struct gdb_thread *thread);
bool session_arrive(struct gdb_thread *thread, bool *is_last);
bool session_interrupt(struct gdb_session *session);
bool session_stop_all(struct gdb_session *session);
bool session_stop_late(struct gdb_session *session);
bool session_take_pending(struct gdb_session *session);
bool session_resume(struct gdb_session *session);

/* nonstop.c APIs: */
void nonstop_forget(struct stop_note *note);
void nonstop_begin(struct gdb_session *session);
bool nonstop_event(struct gdb_thread *thread, const struct stop_event *event);
void nonstop_note(struct gdb_thread *thread);
void nonstop_ask_stop(struct gdb_thread *thread);
void nonstop_newborn(struct gdb_thread *thread);
bool nonstop_interrupt(struct gdb_session *session);
void nonstop_resume(struct gdb_session *session);
bool nonstop_take(struct gdb_session *session, struct stop_event *event);
void nonstop_give_back(struct gdb_session *session,
		       const struct stop_event *event);
bool nonstop_first(struct gdb_session *session, struct stop_event *event);
bool nonstop_next(struct gdb_session *session, struct stop_event *event);
void nonstop_set_notified(struct gdb_session *session,
			  const struct stop_event *notified);
void nonstop_set_read(struct gdb_session *session, bool has_more);
bool nonstop_started(struct gdb_session *session, struct stop_event *event);
bool nonstop_is_held(const struct gdb_process *process);
void nonstop_process_died(struct gdb_process *process);
bool nonstop_thread_died(struct gdb_thread *thread);

/**
 * session_is_stopped() - may the client look at the target?
 * @session: the session
 *
 * In non-stop it may at any time; what needs a thread to be stopped asks that.
 *
 * Context: session.cmd_lock held: then the answer stays true.
 * Return: whether.
 */
static inline bool session_is_stopped(struct gdb_session *session)
{
	return READ_ONCE(session->state) == SESSION_STOPPED ||
	       READ_ONCE(session->non_stop);
}

#endif /* GDBSTUB_SESSION_H */
