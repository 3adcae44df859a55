// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that resume, detach or kill, and those that say which signals matter.
 */
#include <linux/sched/signal.h>
#include <linux/signal.h>

#include "absence.h"
#include "commands.h"
#include "regs_x86.h"
#include "serve.h"
#include "session.h"
#include "stop_reply.h"
#include "tdesc_x86.h"

/* A killed process is given this long to die before it is let go. */
#define KILL_LIMIT_MS 5000

int cmd_stop_reason(struct command *command)
{
	if (READ_ONCE(command->session->non_stop)) {
		stop_reply_next(command->session, command->tx, true);
		return 0;
	}
	if (!command->process) {
		packet_put_str(command->tx, "W00");
		return 0;
	}
	stop_reply_ask(command->session);
	return COMMAND_NO_REPLY;
}

int cmd_next_stop(struct command *command)
{
	stop_reply_next(command->session, command->tx, false);
	return 0;
}

/* Return: whether the stop is complete at once. */
static bool end_non_stop(struct gdb_session *session)
{
	bool done;

	mutex_lock(&session->tell_lock);
	done = session_stop_all(session);
	mutex_unlock(&session->tell_lock);
	return done;
}

/* Changed while nothing runs, but for a client that takes non-stop back. */
int cmd_non_stop(struct command *command)
{
	struct gdb_session *session = command->session;
	bool wanted = command->args.arg[0].num;
	int ret = 0;

	if (!wanted && READ_ONCE(session->non_stop) && end_non_stop(session))
		stop_reply_send(session);
	spin_lock(&session->lock);
	if (wanted && !session->non_stop) {
		if (session->state == SESSION_STOPPED ||
		    session->state == SESSION_IDLE)
			nonstop_begin(session);
		else
			ret = -EBUSY;
	}
	spin_unlock(&session->lock);
	return ret ?: command_ok(command);
}

int cmd_interrupt(struct command *command)
{
	serve_interrupt(command->session);
	return command_ok(command);
}

int cmd_thread_events(struct command *command)
{
	WRITE_ONCE(command->session->client.thread_events,
		   command->args.arg[0].num);
	return command_ok(command);
}

int cmd_vcont_query(struct command *command)
{
	packet_put_str(command->tx, "vCont;c;C;s;S;t;r");
	return 0;
}

static void clear_marks(struct gdb_session *session)
{
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	session_for_each_thread(session, thread) {
		thread->is_resumed = false;
		thread->is_late = false;
		thread->is_named = false;
	}
	spin_unlock(&session->lock);
}

static bool is_meant(const struct gdb_thread *thread,
		     const struct proto_action *action)
{
	const struct proto_tid *tid = &action->tid;

	if (action->is_default)
		return true;
	if (tid->has_pid && tid->pid > 0 && tid->pid != thread->process->pid)
		return false;
	return tid->tid == PROTO_ID_ALL || tid->tid == PROTO_ID_ANY ||
	       tid->tid == thread->tid;
}

static enum thread_resume resume_of(const struct proto_action *action)
{
	switch (action->kind) {
	case 's':
		return RESUME_STEP;
	case 'r':
		return RESUME_RANGE;
	default:
		return RESUME_CONTINUE;
	}
}

/*
 * One that missed the stop runs, and does what the client says now and not what it
 * said before. It may be looking at that: it comes to its callback when the others
 * are resumed, and looks again.
 */
static void set_wishes(struct gdb_thread *thread,
		       const struct proto_action *action, int signo)
{
	lockdep_assert_held(&thread->process->session->lock);
	thread->range_start = action->start;
	thread->range_end = action->end;
	WRITE_ONCE(thread->resume, resume_of(action));
	thread->shown = 0;
	/*
	 * A thread that was stopped before it took the signal of an earlier
	 * resume still gets it: for the client that one is delivered.
	 */
	if (thread->inject && !signo)
		return;
	if (thread->inject)
		thread_give_injected(thread, true);
	thread->inject = signo;
	/* Without a signal to deliver, what it had is discarded by this. */
	thread->has_siginfo &= signo != 0;
}

/*
 * In non-stop the client may say what a thread does before it has read that this
 * one has stopped, or that there is one: to all that runs, for one.
 */
static bool is_unread(const struct gdb_thread *thread)
{
	const struct gdb_session *session = thread->process->session;

	return !list_empty(&thread->note.entry) ||
	       thread->tid == session->unread_tid ||
	       thread->process->pid == session->unread_child;
}

/*
 * Of the actions of a packet the leftmost that names a thread counts. In all-stop
 * all have stopped, so for 't' there is nothing to do; one that missed the stop
 * runs.
 * Return: how many threads run by this, or -EINVAL: no such signal.
 */
static int mark_threads(struct gdb_session *session,
			const struct proto_action *action)
{
	int signo = proto_signal_from_gdb(action->signal);
	struct gdb_thread *thread;
	int nr = 0;

	if (signo < 0)
		return signo;
	spin_lock(&session->lock);
	session_for_each_thread(session, thread) {
		if (thread->process->is_hidden ||
		    thread->state == THREAD_DEAD || thread->guest ||
		    thread->is_named || !is_meant(thread, action))
			continue;
		thread->is_named = true;
		if (action->kind == 't') {
			if (session->non_stop && thread_is_counted(thread))
				nonstop_ask_stop(thread);
			continue;
		}
		nr++;
		/* A stop that was not told stands. */
		if (session->non_stop &&
		    (thread->state != THREAD_STOPPED || is_unread(thread)))
			continue;
		thread->is_resumed = thread->state == THREAD_STOPPED;
		thread->is_late = !thread->is_resumed;
		set_wishes(thread, action, signo);
	}
	spin_unlock(&session->lock);
	return nr;
}

/*
 * A thread that stands at the breakpoint that it reported goes over it; one
 * that does not has forgotten it.
 */
static void set_steps_over(struct gdb_session *session)
{
	struct gdb_thread *thread;

	spin_lock(&session->lock);
	session_for_each_thread(session, thread) {
		if (!thread->is_resumed || !thread->reported_break)
			continue;
		thread->over_wanted = true;
		thread->reported_break = false;
	}
	spin_unlock(&session->lock);
}

static void take_kept_interrupt(struct gdb_session *session)
{
	bool kept = session->interrupt_kept;

	session->interrupt_kept = false;
	if (kept)
		serve_interrupt(session);
}

/* A thread that missed the stop, and a guest, may be forking. */
static bool all_stand(struct gdb_session *session)
{
	struct gdb_thread *thread;
	bool stand;

	spin_lock(&session->lock);
	stand = !session->nr_running;
	session_for_each_thread(session, thread)
		stand &= !thread->guest || thread->state == THREAD_DEAD;
	spin_unlock(&session->lock);
	return stand;
}

static void note_no_forks(struct gdb_session *session)
{
	struct gdb_process *process = NULL;

	if (!all_stand(session))
		return;
	while ((process = session_next_process(session, process)))
		breakpoint_no_forks(process->breakpoints);
}

/* Let the marked threads run, or tell what one of them had kept back. */
static int resume_marked(struct command *command)
{
	struct gdb_session *session = command->session;

	if (READ_ONCE(session->non_stop)) {
		set_steps_over(session);
		nonstop_resume(session);
		return command_ok(command);
	}
	if (!session_take_pending(session)) {
		set_steps_over(session);
		note_no_forks(session);
		if (session_resume(session)) {
			take_kept_interrupt(session);
			return COMMAND_NO_REPLY;
		}
	}
	clear_marks(session);
	stop_reply_ask(session);
	return COMMAND_NO_REPLY;
}

static bool any_is_dying(struct gdb_session *session)
{
	struct gdb_process *process;
	bool dying = false;

	spin_lock(&session->lock);
	list_for_each_entry(process, &session->processes, entry)
		dying |= !process->is_hidden && process_is_dying(process);
	spin_unlock(&session->lock);
	return dying;
}

/* Return: 0, or -EINVAL: the packet is malformed, and nothing of it counts. */
static int check_actions(const struct command *command)
{
	struct proto_cursor c = {
		.pos = command->data,
		.end = command->data + command->len,
	};
	struct proto_action action;
	int ret, nr = 0;

	while ((ret = proto_next_action(&c, &action)) > 0) {
		if (proto_signal_from_gdb(action.signal) < 0)
			return -EINVAL;
		nr++;
	}
	return ret ?: (nr ? 0 : -EINVAL);
}

static int mark_actions(struct command *command)
{
	struct proto_cursor c = {
		.pos = command->data,
		.end = command->data + command->len,
	};
	struct proto_action action;
	int marked = 0;

	while (proto_next_action(&c, &action) > 0)
		marked += mark_threads(command->session, &action);
	/*
	 * With nobody to run there would never be a stop to reply with, unless
	 * the process is being killed: its end is the reply.
	 */
	return marked || READ_ONCE(command->session->non_stop) ||
			       any_is_dying(command->session) ?
		       0 :
		       -ESRCH;
}

int cmd_vcont(struct command *command)
{
	int ret;

	ret = check_actions(command);
	if (ret)
		return ret;
	clear_marks(command->session);
	ret = mark_actions(command);
	return ret ?: resume_marked(command);
}

/* Where the older packets may say to go on. */
static int set_pc(struct gdb_thread *thread, const struct proto_arg *addr)
{
	const struct tdesc_x86 *tdesc = regs_tdesc(thread->process);
	__le64 pc = cpu_to_le64(addr->num);

	if (!addr->present)
		return 0;
	if (tdesc->is_64bit)
		return regs_write_one(thread, 16, (u8 *)&pc, 8);
	return regs_write_one(thread, 8, (u8 *)&pc, 4);
}

/*
 * The older packets: the thread of Hc, or all. A thread that is stepped or gets
 * a signal is one; the others continue if Hc names none in particular.
 */
static int resume_old(struct command *command, char kind, u8 signal,
		      const struct proto_arg *addr)
{
	struct gdb_session *session = command->session;
	pid_t tid = session->client.resume.tid;
	struct gdb_thread *thread = command_thread(command);
	struct proto_action action = { .kind = kind, .signal = signal };
	int ret;

	/* It died while it was stopped: that is the news. */
	if (READ_ONCE(command->process->is_gone))
		return resume_marked(command);
	if (!thread)
		return -ESRCH;
	clear_marks(session);
	action.tid.tid = tid > 0 ? tid : thread->tid;
	if (tid > 0)
		thread = command_find_thread(command, &action.tid);
	if (!thread)
		return -ESRCH;
	ret = set_pc(thread, addr);
	if (ret)
		return ret;
	ret = mark_threads(session, &action);
	if (ret <= 0)
		return ret ?: -ESRCH;
	if (tid <= 0) {
		action.kind = 'c';
		action.signal = 0;
		action.is_default = true;
		mark_threads(session, &action);
	}
	return resume_marked(command);
}

int cmd_continue(struct command *command)
{
	return resume_old(command, 'c', 0, &command->args.arg[0]);
}

int cmd_continue_signal(struct command *command)
{
	return resume_old(command, 'c', command->args.arg[0].num,
			  &command->args.arg[1]);
}

int cmd_step(struct command *command)
{
	return resume_old(command, 's', 0, &command->args.arg[0]);
}

int cmd_step_signal(struct command *command)
{
	return resume_old(command, 's', command->args.arg[0].num,
			  &command->args.arg[1]);
}

int cmd_detach(struct command *command)
{
	struct gdb_session *session = command->session;
	pid_t pid;

	if (!command_select_process(command))
		return -ESRCH;
	spin_lock(&session->lock);
	session->reply_owed = false;
	spin_unlock(&session->lock);
	if (absence_after_detach(command->process)) {
		command_ok(command);
		return COMMAND_HANG_UP;
	}
	pid = command->process->pid;
	serve_leave_process(session, command->process, true);
	command->process = NULL;
	if (session_process(session))
		helper_push(&session->helper, GDBSTUB_RECORD_DETACHED, pid, 0);
	command_ok(command);
	return COMMAND_CLOSED;
}

static void kill_process(struct gdb_process *process)
{
	process_kill(process);
	wait_event_timeout(process->wait, session_has_ended(process),
			   msecs_to_jiffies(KILL_LIMIT_MS));
	if (session_look_for_end(process))
		stop_reply_send(process->session);
}

/*
 * Beside a thread's way out of an uninterruptible sleep nothing delays a
 * SIGKILL, so this waits for it, but not for ever.
 */
static void kill_and_leave(struct command *command)
{
	spin_lock(&command->session->lock);
	command->session->reply_owed = false;
	command->process->is_killed = true;
	spin_unlock(&command->session->lock);
	kill_process(command->process);
	serve_leave_process(command->session, command->process, true);
	command->process = NULL;
}

static void kill_all(struct command *command)
{
	while ((command->process = session_process(command->session)))
		kill_and_leave(command);
}

/* Has no answer. */
int cmd_kill(struct command *command)
{
	if (!command->process)
		return COMMAND_NO_REPLY;
	kill_all(command);
	return COMMAND_CLOSED_SILENTLY;
}

/*
 * The helper starts the program anew, and says that there is no answer. Its
 * client asks with `?` for the first stop.
 */
int cmd_restart(struct command *command)
{
	if (!command->session->client.extended)
		return cmd_empty(command);
	kill_all(command);
	return COMMAND_FORWARD;
}

int cmd_kill_process(struct command *command)
{
	if (!command_select_process(command))
		return -ESRCH;
	kill_and_leave(command);
	command_ok(command);
	return COMMAND_CLOSED;
}

/*
 * A list of signals, GDB's numbers in hex, joined by ';'. Where GDB has two for
 * one of Linux, as SIGIO and SIGPOLL, the one that stop replies carry counts.
 */
static int read_signals(struct command *command, unsigned long *set)
{
	struct proto_cursor c = {
		.pos = command->data,
		.end = command->data + command->len,
	};
	DECLARE_BITMAP(wanted, SESSION_NR_SIGNALS) = {};
	u64 num;
	int signo;

	while (c.pos < c.end) {
		if (proto_get_hex(&c, &num))
			return -EINVAL;
		signo = proto_signal_from_gdb(num);
		if (signo > 0 && signo < SESSION_NR_SIGNALS &&
		    proto_signal_to_gdb(signo) == num)
			__set_bit(signo, wanted);
		if (c.pos < c.end && !proto_skip(&c, ';'))
			return -EINVAL;
	}
	bitmap_copy(set, wanted, SESSION_NR_SIGNALS);
	return command_ok(command);
}

int cmd_pass_signals(struct command *command)
{
	return read_signals(command, command->session->client.pass);
}

int cmd_program_signals(struct command *command)
{
	int ret = read_signals(command, command->session->client.program);

	if (!ret)
		command->session->client.has_program_signals = true;
	return ret;
}

int cmd_catch_syscalls(struct command *command)
{
	struct syscall_filter filter = {};
	struct proto_cursor c = {
		.pos = command->data,
		.end = command->data + command->len,
	};
	int ret = syscall_filter_parse(&filter, &c);
	struct gdb_process *child = NULL;

	if (ret)
		return ret;
	mutex_lock(&command->session->fork_lock);
	process_catch_syscalls(command->process, &filter);
	while ((child = session_next_unheard(command->process, false, child)))
		process_catch_syscalls(child, &filter);
	mutex_unlock(&command->session->fork_lock);
	return command_ok(command);
}
