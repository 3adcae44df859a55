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

#include "report.h"
#include "session.h"
#include "session_state.h"
#include "signals.h"
#include "start_packet.h"

void session_close_device(struct session *session)
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
	session_close_device(session);
	programs_reap(&session->programs);
}

void session_end_programs(struct session *session)
{
	programs_report_end(&session->programs);
	end_programs(session);
	session->state = STATE_DONE;
}

bool session_open_device(struct session *session)
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
 * The last process is not in the session, or has left it. One that came before
 * it is there still, and is what the next client finds, or what ends with ugdb.
 */
void session_take_back(struct session *session)
{
	program_return_terminal(&session->programs.last);
	session->held = programs_take_back(&session->programs);
	session->helper.program_pid = session->programs.last.pid;
}

/* A packet whose connection is gone awaits no answer: ENOENT. */
static void on_packet(struct session *session,
		      const struct device_record *record)
{
	struct answer *answer = &session->answer;
	__u64 cookie = record->header.cookie;

	if (start_packet_is(record->payload, record->header.len)) {
		starts_take_packet(session, record);
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
		session_end_programs(session);
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
	case GDBSTUB_RECORD_EXITED:
	case GDBSTUB_RECORD_DETACHED:
	case GDBSTUB_RECORD_CLOSED:
		news_take(session, header);
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
		session_end_programs(session);
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
		news_lone_end(session);
		return;
	}
	for (size_t i = 0; i < LISTENER_MAX_SOCKETS; i++) {
		if (!pfds[POLL_LISTENER + i].revents)
			continue;
		clients_accept(session, i);
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
		clients_wait(session);
	if (!good)
		report("Exiting");
	session->held = good && program->pid;
	session->helper.program_pid = program->pid;
	return good;
}

static void end_session(struct session *session)
{
	session_close_device(session);
	relay_finish(&session->relay);
	line_close(&session->line);
	listener_close(&session->listener);
	helper_reset(&session->helper);
	start_options_free(&session->helper.start);
	thread_db_free(&session->helper.thread_db);
	starts_free(session);
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
	if (!session_open_device(&session) || !start_program(&session)) {
		session.status = EXIT_FAILURE;
		session.state = STATE_DONE;
	}
	while (session.state != STATE_DONE)
		wait_for_event(&session);
	end_session(&session);
	return session.status;
}
