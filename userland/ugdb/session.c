// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One run of ugdb as a state machine. There is one thread and one poll();
 * whatever happens is an event: a record from the module, a client at the
 * door, a signal, the end of a process that is not in the session.
 *
 * The process comes into the session before a client is there and is held; a
 * client that goes away without a detach leaves it running, and it comes in
 * again with the next client. One that has defined tracepoints may leave it in
 * the session. Of several processes that is the one that came in last; the
 * others are let go as by a detach, which is said.
 *
 * However ugdb ends, the device is closed, and the module leaves every process
 * clean and running. A program that ugdb has started ends with ugdb, as with
 * gdbserver, unless the client has detached from it.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "helper.h"
#include "line.h"
#include "listener.h"
#include "program.h"
#include "programs.h"
#include "relay.h"
#include "report.h"
#include "session.h"
#include "signals.h"
#include "start_packet.h"

/**
 * enum session_state - what is waited for
 * @STATE_STARTING: The process, on its way into the session for the first
 *	time.
 * @STATE_LISTENING: A client.
 * @STATE_STOPPING: The process, on its way into the session again; a client
 *	waits.
 * @STATE_SERVING: The end of the connection.
 * @STATE_JOINING: The end of a program that the client has detached from.
 * @STATE_DONE: Nothing.
 */
enum session_state {
	STATE_STARTING,
	STATE_LISTENING,
	STATE_STOPPING,
	STATE_SERVING,
	STATE_JOINING,
	STATE_DONE,
};

/**
 * struct session - everything that lives as long as ugdb
 * @cmdline: What the user asked for.
 * @listener: Where clients come in; has no sockets when the client is on
 *	@line.
 * @line: The client's line, if it is on one.
 * @relay: Copies between @line and the module, if it is no socket.
 * @programs: The processes that came into the session and are there still.
 * @held: The last of @programs is in the module's session.
 * @helper: Answers packets.
 * @answer: Room for the answer.
 * @device: The module's session; -1 when it is closed.
 * @signals: From signals_open().
 * @client: With STATE_STOPPING, the client that waits; else -1.
 * @start_cookie: The vAttach, vRun or R that waits for the last of @programs; 0
 *	for none.
 * @is_restart: It is an R, which is not answered.
 * @last_run: The program that vRun named last and its arguments, ended by NULL;
 *	NULL while it is that of the command line. Owned.
 * @state: What is waited for.
 * @status: Exit status of ugdb.
 */
struct session {
	const struct cmdline *cmdline;
	struct listener listener;
	struct line line;
	struct relay relay;
	struct programs programs;
	bool held;
	struct helper helper;
	struct answer answer;
	int device;
	int signals;
	int client;
	__u64 start_cookie;
	bool is_restart;
	char **last_run;
	enum session_state state;
	int status;
};

static void close_device(struct session *session)
{
	if (session->device >= 0)
		close(session->device);
	session->device = -1;
	session->held = false;
}

/*
 * The signal is sent before the device is closed, so that a program that is
 * to end does not run on for a moment; it is waited for afterwards, so that
 * nothing the module waits for can keep it.
 */
static void end_programs(struct session *session)
{
	programs_kill(&session->programs);
	close_device(session);
	programs_reap(&session->programs);
}

static void end_programs_loudly(struct session *session)
{
	programs_report_end(&session->programs);
	end_programs(session);
	session->state = STATE_DONE;
}

static void die_of_client(struct session *session, int err)
{
	error_msg("the module does not take the client: %s", strerror(err));
	session->status = EXIT_FAILURE;
	end_programs_loudly(session);
}

static void wait_for_client(struct session *session);

static bool open_session_device(struct session *session)
{
	session->device = device_open();
	if (session->device >= 0)
		return true;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		error_msg("no /dev/%s: is the gdbstub module loaded? "
			  "(modprobe gdbstub)", GDBSTUB_DEVICE_NAME);
	else
		perror_msg("cannot open /dev/%s", GDBSTUB_DEVICE_NAME);
	return false;
}

/*
 * The client has gone before the module had its connection. A process that was
 * stopped for it runs on, as when it goes later.
 */
static void miss_client(struct session *session)
{
	if (session->state == STATE_STOPPING) {
		close_device(session);
		if (!open_session_device(session)) {
			session->status = EXIT_FAILURE;
			end_programs_loudly(session);
			return;
		}
	}
	wait_for_client(session);
}

/* From here on the module alone reads and writes the socket. */
static void give_client(struct session *session, int client)
{
	int err;

	err = device_start(session->device, session->cmdline->disabled, client,
			   -1, 0) ? errno : 0;
	close(client);
	if (!err)
		session->state = STATE_SERVING;
	else if (err == ENOTCONN && session->listener.nr_fds)
		miss_client(session);
	else
		die_of_client(session, err);
}

static void connect_line(struct session *session)
{
	int client = line_connect(&session->line, &session->relay);

	if (client < 0) {
		die_of_client(session, errno);
		return;
	}
	if (session->line.tty >= 0)
		report("Remote debugging using %s", session->cmdline->comm);
	else
		report("Remote debugging using stdio");
	give_client(session, client);
}

static void wait_for_client(struct session *session)
{
	if (session->listener.nr_fds) {
		listener_open(&session->listener);
		session->state = STATE_LISTENING;
	} else {
		connect_line(session);
	}
}

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

/* A client came; the process has been running since the last one left. */
static void hold_again(struct session *session, int client)
{
	struct program *program = &session->programs.last;
	int err;

	if (!device_start(session->device, 0, -1, program->pidfd, 0)) {
		session->held = true;
		session->client = client;
		session->state = STATE_STOPPING;
		return;
	}
	err = errno;
	if (program_poll_end(program)) {
		report_lone_end(session);
		go_on_without_program(session);
	} else {
		error_msg("cannot attach to process %d again: %s",
			  program->pid, strerror(err));
		session->status = EXIT_FAILURE;
		end_programs_loudly(session);
	}
	if (session->state == STATE_DONE)
		close(client);
	else
		give_client(session, client);
}

static void accept_client(struct session *session, size_t index)
{
	int client = listener_accept(&session->listener, index);

	if (client < 0)
		return;
	if (session->cmdline->once)
		listener_close(&session->listener);
	if (programs_debugs_last(&session->programs) && !session->held)
		hold_again(session, client);
	else
		give_client(session, client);
}

static void report_start(const struct session *session)
{
	const struct program *program = &session->programs.last;

	if (program->launched)
		report("Process %s created; pid = %d", program->name,
		       program->pid);
	else
		report("Attached; pid = %d", program->pid);
}

static void answer_start(struct session *session, const char *reply)
{
	if (session->is_restart)
		device_write(session->device, GDBSTUB_RECORD_NO_REPLY,
			     session->start_cookie, NULL, 0);
	else
		device_write(session->device, GDBSTUB_RECORD_REPLY,
			     session->start_cookie, reply, strlen(reply));
	session->start_cookie = 0;
	session->is_restart = false;
}

static void tell_started(struct session *session)
{
	if (session->is_restart) {
		answer_start(session, "");
		return;
	}
	device_write(session->device, GDBSTUB_RECORD_STARTED,
		     session->start_cookie, NULL, 0);
	session->start_cookie = 0;
}

static void on_stopped(struct session *session)
{
	int client = session->client;

	if (session->state == STATE_STOPPING) {
		session->client = -1;
		give_client(session, client);
	} else if (session->state == STATE_STARTING) {
		report_start(session);
		wait_for_client(session);
	} else if (session->start_cookie) {
		report_start(session);
		tell_started(session);
	}
}

/*
 * The last process is not in the session, or has left it. One that came before
 * it is there still, and is what the next client finds, or what ends with ugdb.
 */
static void take_back(struct session *session)
{
	program_return_terminal(&session->programs.last);
	session->held = programs_take_back(&session->programs);
	session->helper.program_pid = session->programs.last.pid;
}

static void fail_start(struct session *session, int wait_status)
{
	if (session->programs.last.launched)
		report_startup_end(wait_status);
	else
		report("Process %d ended while it was attached to.",
		       session->programs.last.pid);
	if (session->start_cookie) {
		answer_start(session, "E01");
		take_back(session);
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
		take_back(session);
}

/* It may have been said that the client has detached from it. */
static void on_detached(struct session *session)
{
	struct program *program = &session->programs.last;

	if (!program->detached)
		report("Detaching from process %d", program->pid);
	program->detached = true;
	close_device(session);
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

/* The module keeps this process for the next client, with its tracepoints. */
static void keep_process(struct session *session, pid_t pid)
{
	session->held = true;
	session->helper.program_pid = pid;
	programs_make_last(&session->programs, pid);
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
		end_programs_loudly(session);
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
	wait_for_client(session);
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
		take_back(session);
	else
		session->programs.last.detached = true;
}

/*
 * The client has gone, and this process runs on. The child of a fork came in by
 * itself; it is what the next client finds if there is nothing else.
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
	programs_make_other(&session->programs);
	program_find(&session->programs.last, pid);
	session->helper.program_pid = session->programs.last.pid;
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

static void free_words(char **words)
{
	for (char **word = words; word && *word; word++)
		free(*word);
	free(words);
}

static char **last_program(const struct session *session)
{
	return session->last_run ? session->last_run :
				   session->cmdline->program;
}

static bool launch_again(struct session *session)
{
	struct cmdline cmdline = *session->cmdline;

	cmdline.program = last_program(session);
	return cmdline.program &&
	       program_launch(&session->programs.last, &cmdline,
			      &session->helper.start, session->device);
}

/* Without a name it is the program of the last time, with new arguments. */
static bool launch_for_client(struct session *session,
			      struct start_packet *start)
{
	char **last = last_program(session);

	if (!*start->argv[0]) {
		if (!last)
			return false;
		free(start->argv[0]);
		start->argv[0] = xstrdup(last[0]);
	}
	free_words(session->last_run);
	session->last_run = start->argv;
	start->argv = NULL;
	return launch_again(session);
}

static bool note_start(struct session *session, bool good)
{
	if (!good) {
		take_back(session);
		return false;
	}
	session->held = true;
	session->helper.program_pid = session->programs.last.pid;
	return true;
}

/*
 * The process comes into the session as at ugdb's own start; a STOPPED or
 * EXITED record says what to answer.
 */
static bool start_for_client(struct session *session,
			     const struct device_record *record)
{
	struct start_packet start;
	bool good;

	if (!start_packet_parse(&start, record->payload, record->header.len))
		return false;
	programs_make_other(&session->programs);
	if (start.pid)
		good = program_attach(&session->programs.last, start.pid,
				      session->device);
	else
		good = launch_for_client(session, &start);
	start_packet_free(&start);
	return note_start(session, good);
}

/* The module has killed what was there. */
static bool restart_for_client(struct session *session)
{
	report("GDBserver restarting");
	if (programs_debugs_last(&session->programs) &&
	    session->programs.last.launched)
		program_reap(&session->programs.last);
	program_forget(&session->programs.last);
	return note_start(session, launch_again(session));
}

static void on_start_packet(struct session *session,
			    const struct device_record *record)
{
	bool good;

	session->start_cookie = record->header.cookie;
	session->is_restart = start_packet_is_restart(record->payload,
						      record->header.len);
	if (session->is_restart)
		good = restart_for_client(session);
	else
		good = start_for_client(session, record);
	if (!good)
		answer_start(session, "E01");
}

/* A packet whose connection is gone awaits no answer: ENOENT. */
static void on_packet(struct session *session,
		      const struct device_record *record)
{
	struct answer *answer = &session->answer;
	__u64 cookie = record->header.cookie;

	if (start_packet_is(record->payload, record->header.len)) {
		on_start_packet(session, record);
		return;
	}
	helper_answer(&session->helper, answer, record->header.pid,
		      record->payload, record->header.len);
	if (answer->output.len)
		device_write(session->device, GDBSTUB_RECORD_OUTPUT, cookie,
			     answer->output.data, answer->output.len);
	if (device_write(session->device, GDBSTUB_RECORD_REPLY, cookie,
			 answer->reply.data, answer->reply.len))
		debug_msg(DEBUG_GENERAL, "answer not taken: %s",
			  strerror(errno));
	if (session->helper.exit_requested)
		end_programs_loudly(session);
}

static void handle_record(struct session *session,
			  const struct device_record *record)
{
	const struct gdbstub_record *header = &record->header;

	debug_msg(DEBUG_GENERAL, "record %u, pid %d, status %d", header->type,
		  header->pid, header->status);
	switch (header->type) {
	case GDBSTUB_RECORD_PACKET:
		on_packet(session, record);
		break;
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
	default:
		debug_msg(DEBUG_GENERAL, "unknown record");
		break;
	}
}

static void read_device(struct session *session)
{
	static struct device_record record;
	int got = device_read(session->device, &record);

	if (got > 0) {
		handle_record(session, &record);
	} else if (got < 0) {
		perror_msg("cannot read from the module");
		session->status = EXIT_FAILURE;
		end_programs_loudly(session);
	}
}

static void take_signal(struct session *session)
{
	int sig = signals_take(session->signals);

	if (sig == SIGCHLD)
		program_reap_forgotten(&session->programs.last);
	if (!sig || sig == SIGCHLD)
		return;
	debug_msg(DEBUG_GENERAL, "signal %d", sig);
	end_programs(session);
	listener_close(&session->listener);
	line_close(&session->line);
	program_leave_terminal();
	signals_die(sig);
}

enum {
	POLL_SIGNALS,
	POLL_DEVICE,
	POLL_PROGRAM,
	POLL_RELAY,
	POLL_LISTENER = POLL_RELAY + RELAY_NR_POLLFDS,
	NR_POLLFDS = POLL_LISTENER + LISTENER_MAX_SOCKETS,
};

/*
 * A process in the session is watched by the module. Clients are let in only
 * when there is none.
 */
static void prepare_poll(const struct session *session, struct pollfd *pfds)
{
	const struct listener *listener = &session->listener;
	bool watch = programs_has_last(&session->programs) && !session->held;
	bool listening = session->state == STATE_LISTENING;

	pfds[POLL_SIGNALS].fd = session->signals;
	pfds[POLL_DEVICE].fd = session->device;
	pfds[POLL_PROGRAM].fd = watch ? session->programs.last.pidfd : -1;
	for (size_t i = 0; i < LISTENER_MAX_SOCKETS; i++)
		pfds[POLL_LISTENER + i].fd =
			listening && i < listener->nr_fds ?
			listener->fds[i] : -1;
	for (size_t i = 0; i < NR_POLLFDS; i++)
		pfds[i].events = POLLIN;
	relay_poll_prepare(&session->relay, pfds + POLL_RELAY);
}

/* One event a round: handling it may change what the others mean. */
static void handle_poll(struct session *session, const struct pollfd *pfds)
{
	if (pfds[POLL_SIGNALS].revents) {
		take_signal(session);
		return;
	}
	relay_poll_done(&session->relay, pfds + POLL_RELAY);
	if (pfds[POLL_DEVICE].revents) {
		read_device(session);
		return;
	}
	if (pfds[POLL_PROGRAM].revents &&
	    program_poll_end(&session->programs.last)) {
		report_lone_end(session);
		go_on_without_program(session);
		return;
	}
	for (size_t i = 0; i < LISTENER_MAX_SOCKETS; i++) {
		if (!pfds[POLL_LISTENER + i].revents)
			continue;
		accept_client(session, i);
		return;
	}
}

static void wait_for_event(struct session *session)
{
	struct pollfd pfds[NR_POLLFDS];
	int ready;

	prepare_poll(session, pfds);
	ready = poll(pfds, NR_POLLFDS, -1);
	debug_msg(DEBUG_EVENT, "%d descriptors ready in state %d", ready,
		  session->state);
	if (ready > 0)
		handle_poll(session, pfds);
	else if (ready < 0 && errno != EINTR)
		perror_msg_and_die("cannot wait for events");
}

static void open_comm(struct session *session, const struct comm *comm)
{
	line_init(&session->line);
	relay_init(&session->relay);
	session->listener.nr_fds = 0;
	if (comm->kind == COMM_STDIO || comm->kind == COMM_TTY)
		line_open(&session->line, comm);
	else
		listener_bind(&session->listener, comm);
}

/* Return: false when it has been said why there is nothing to serve. */
static bool start_program(struct session *session)
{
	const struct cmdline *cmdline = session->cmdline;
	struct program *program = &session->programs.last;
	bool good = true;

	session->state = STATE_STARTING;
	if (cmdline->attach_pid)
		good = program_attach(program, cmdline->attach_pid,
				      session->device);
	else if (cmdline->program)
		good = program_launch(program, cmdline, &session->helper.start,
				      session->device);
	else
		wait_for_client(session);
	if (!good)
		report("Exiting");
	session->held = good && program->pid;
	session->helper.program_pid = program->pid;
	return good;
}

static void end_session(struct session *session)
{
	close_device(session);
	relay_finish(&session->relay);
	line_close(&session->line);
	listener_close(&session->listener);
	helper_reset(&session->helper);
	start_options_free(&session->helper.start);
	thread_db_free(&session->helper.thread_db);
	free_words(session->last_run);
	programs_forget_others(&session->programs);
	answer_free(&session->answer);
	program_leave_terminal();
	program_forget(&session->programs.last);
}

int session_run(const struct cmdline *cmdline, const struct comm *comm)
{
	struct session session = {
		.cmdline = cmdline,
		.programs = { .last = { .pidfd = -1 } },
		.device = -1,
		.client = -1,
		.status = EXIT_SUCCESS,
	};

	helper_init(&session.helper);
	session.helper.start.shell = cmdline->shell;
	session.helper.start.randomize = cmdline->randomize;
	session.helper.debug_timestamps = cmdline->debug_timestamps;
	session.signals = signals_open();
	open_comm(&session, comm);
	if (!open_session_device(&session) || !start_program(&session)) {
		session.status = EXIT_FAILURE;
		session.state = STATE_DONE;
	}
	while (session.state != STATE_DONE)
		wait_for_event(&session);
	end_session(&session);
	return session.status;
}
