// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the module says of processes and connections, and what follows from it:
 * what ugdb says, what it waits for next, and when it ends.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "device.h"
#include "report.h"
#include "session_state.h"

/*
 * The process has ended while nobody debugged it. After a detach that is no
 * news for anybody.
 */
static void report_lone_end(const struct session *session)
{
	if (session->programs.last.detached)
		debug_msg(DEBUG_GENERAL, "the detached program has ended");
	else if (session->programs.last.launched)
		report_program_end(session->programs.last.wait_status);
	else
		report("Process %d is gone.", session->programs.last.pid);
}

/*
 * Without a process there is something to wait for with --multi, or as long as
 * there is a client that can start another; not when the last one has been.
 */
static bool goes_on(const struct session *session)
{
	if (session->state == STATE_JOINING)
		return false;
	return session->cmdline->multi ||
	       (session->state == STATE_SERVING && session->helper.extended);
}

static void go_on_without_program(struct session *session)
{
	program_return_terminal(&session->programs.last);
	program_forget(&session->programs.last);
	if (!goes_on(session))
		session->state = STATE_DONE;
}

void news_lone_end(struct session *session)
{
	report_lone_end(session);
	go_on_without_program(session);
}

static void on_stopped(struct session *session)
{
	int client = session->client;

	if (session->state == STATE_STOPPING) {
		session->client = -1;
		clients_give(session, client);
	} else if (session->state == STATE_STARTING) {
		starts_report(session);
		clients_wait(session);
	} else if (session->start_cookie) {
		starts_report(session);
		starts_tell(session);
	}
}

static void fail_start(struct session *session, int wait_status)
{
	if (session->programs.last.launched)
		report_startup_end(wait_status);
	else
		report("Process %d ended while it was attached to.",
		       session->programs.last.pid);
	if (session->start_cookie) {
		starts_answer(session, "E01");
		session_take_back(session);
		return;
	}
	report("Exiting");
	session->status = EXIT_FAILURE;
	session->state = STATE_DONE;
}

/* The process that a client waits for does not come. */
static void send_away(struct session *session)
{
	if (session->state != STATE_STOPPING)
		return;
	close(session->client);
	session->client = -1;
	session->state = STATE_LISTENING;
}

/*
 * While a client is served, the end of the connection follows the end of the
 * process and decides what happens next.
 */
static void on_exited(struct session *session, int wait_status)
{
	session->held = false;
	if (session->programs.last.launched)
		program_reap(&session->programs.last);
	session->programs.last.gone = true;
	if (session->state == STATE_STARTING || session->start_cookie) {
		fail_start(session, wait_status);
		return;
	}
	report_program_end(wait_status);
	send_away(session);
	if (session->state != STATE_SERVING)
		go_on_without_program(session);
	else if (session->programs.nr_others)
		session_take_back(session);
}

/* It may have been said that the client has detached from it. */
static void on_detached(struct session *session)
{
	struct program *program = &session->programs.last;

	if (!program->detached)
		report("Detaching from process %d", program->pid);
	program->detached = true;
	session_close_device(session);
	relay_finish(&session->relay);
	listener_close(&session->listener);
	session->state = program->launched ? STATE_JOINING : STATE_DONE;
}

/* One of several processes: the connection goes on. */
static void on_other_exited(struct session *session, pid_t pid, int wait_status)
{
	struct program *other = programs_find_other(&session->programs, pid);

	report_program_end(wait_status);
	if (!other)
		return;
	if (other->launched)
		program_reap(other);
	programs_forget_other(&session->programs, other);
}

/* With --multi the connection goes on, and the client may start another. */
static void on_left(struct session *session)
{
	struct program *program = &session->programs.last;
	bool was_reported = !programs_has_last(&session->programs);

	send_away(session);
	programs_forget_others(&session->programs);
	if (was_reported || program_poll_end(program)) {
		if (!was_reported)
			report_lone_end(session);
		go_on_without_program(session);
	} else if (goes_on(session)) {
		if (!program->detached)
			report("Detaching from process %d", program->pid);
		program_forget(program);
	} else {
		on_detached(session);
	}
}

static bool can_return(const struct session *session)
{
	return session->listener.nr_fds && !session->cmdline->once;
}

/*
 * The child of a fork came in by itself; it is what the next client finds. What
 * was last until now, and has ended or was detached, is reaped here or later.
 */
static void bring_in(struct session *session, pid_t pid)
{
	program_poll_end(&session->programs.last);
	programs_make_other(&session->programs);
	program_find(&session->programs.last, pid);
	session->helper.program_pid = session->programs.last.pid;
}

/*
 * The module keeps this process for the next client, with its tracepoints. Where
 * there is none to come, ugdb waits for whom it has waited for.
 */
static void keep_process(struct session *session, pid_t pid)
{
	session->held = true;
	session->helper.program_pid = pid;
	programs_make_last(&session->programs, pid);
	if (session->programs.last.pid != pid && can_return(session))
		bring_in(session, pid);
}

static void on_disconnected(struct session *session)
{
	session->start_cookie = 0;
	session->is_restart = false;
	session->helper.extended = false;
	if (programs_has_last(&session->programs) &&
	    program_poll_end(&session->programs.last))
		report_lone_end(session);
	if (!programs_has_last(&session->programs))
		go_on_without_program(session);
	if (!can_return(session))
		session_end_programs(session);
	if (session->state == STATE_DONE)
		return;
	programs_leave_others(&session->programs);
	if (session->programs.last.detached && !session->held) {
		report("Remote side has terminated connection.");
		on_detached(session);
		return;
	}
	report("Remote side has terminated connection.  GDBserver will "
	       "reopen the connection.");
	clients_wait(session);
}

/*
 * The process has executed a program that the user may not trace, and runs on
 * outside the session. Return: whether a launch has failed with this.
 */
static bool fails_refused(struct session *session, pid_t pid)
{
	struct program *program = &session->programs.last;

	report("Process %d executed a program that you may not trace.", pid);
	if (pid != program->pid ||
	    (session->state != STATE_STARTING && !session->start_cookie))
		return false;
	if (program->launched) {
		program_kill(program);
		program_reap(program);
	}
	fail_start(session, program->wait_status);
	return true;
}

static void on_refused(struct session *session)
{
	if (!fails_refused(session, session->programs.last.pid))
		on_left(session);
}

/* Others go on. Without --multi ugdb ends no sooner than this one. */
static void leave_last(struct session *session)
{
	if (session->cmdline->multi || session->programs.nr_others)
		session_take_back(session);
	else
		session->programs.last.detached = true;
}

/*
 * The client has gone, and this process runs on. If it is the child of a fork, it
 * is what the next client finds if there is nothing else.
 */
static void on_process_lost(struct session *session, pid_t pid)
{
	if (pid == session->programs.last.pid ||
	    programs_find_other(&session->programs, pid))
		return;
	if (programs_debugs_last(&session->programs)) {
		report("Detaching from process %d", pid);
		return;
	}
	bring_in(session, pid);
}

static void on_process_detached(struct session *session, pid_t pid, int err)
{
	struct program *other = programs_find_other(&session->programs, pid);

	if (err == ENOTCONN) {
		on_process_lost(session, pid);
		return;
	}
	if (err == EPERM && fails_refused(session, pid))
		return;
	report("Detaching from process %d", pid);
	if (other)
		programs_forget_other(&session->programs, other);
	else if (pid == session->programs.last.pid)
		leave_last(session);
}

/* An experiment goes on, if there may be somebody who asks for it. */
static void on_detached_in_trace(struct session *session)
{
	if (can_return(session)) {
		report("Disconnected tracing in effect, leaving gdbserver "
		       "attached to the process");
		on_disconnected(session);
	} else {
		programs_forget_others(&session->programs);
		on_detached(session);
	}
}

/*
 * Without an errno it is the process that has left the session, by a detach,
 * a kill or its end, and with EPERM by an exec; else it is the client. With the
 * number of a process that one is in the session still.
 */
static void on_closed(struct session *session, pid_t pid, int err)
{
	session->held = false;
	helper_reset(&session->helper);
	if (pid)
		keep_process(session, pid);
	if (pid && !err)
		on_detached_in_trace(session);
	else if (err == EPERM)
		on_refused(session);
	else if (err)
		on_disconnected(session);
	else
		on_left(session);
}

void news_take(struct session *session, const struct gdbstub_record *header)
{
	switch (header->type) {
	case GDBSTUB_RECORD_STOPPED:
		on_stopped(session);
		break;
	case GDBSTUB_RECORD_EXITED:
		if (header->pid == session->programs.last.pid)
			on_exited(session, header->status);
		else if (session->state == STATE_SERVING)
			on_other_exited(session, header->pid, header->status);
		break;
	case GDBSTUB_RECORD_DETACHED:
		on_process_detached(session, header->pid, header->status);
		break;
	case GDBSTUB_RECORD_CLOSED:
		on_closed(session, header->pid, header->status);
		break;
	}
}
