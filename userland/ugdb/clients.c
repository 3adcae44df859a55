// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Clients come, on a socket or a line, and their connection is given to the
 * module. A process that has been running since the last one left is stopped
 * first.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "report.h"
#include "session_state.h"

static void die_of_client(struct session *session, int err)
{
	error_msg("the module does not take the client: %s", strerror(err));
	session->status = EXIT_FAILURE;
	session_end_programs(session);
}

/*
 * The client has gone before the module had its connection. A process that was
 * stopped for it runs on, as when it goes later.
 */
static void miss_client(struct session *session)
{
	if (session->state == STATE_STOPPING) {
		session_close_device(session);
		if (!session_open_device(session)) {
			session->status = EXIT_FAILURE;
			session_end_programs(session);
			return;
		}
	}
	clients_wait(session);
}

/* From here on the module alone reads and writes the socket. */
void clients_give(struct session *session, int client)
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
	clients_give(session, client);
}

void clients_wait(struct session *session)
{
	if (session->listener.nr_fds) {
		listener_open(&session->listener);
		session->state = STATE_LISTENING;
	} else {
		connect_line(session);
	}
}

/* A client came; the process has been running since the last one left. */
static void hold_again(struct session *session, int client)
{
	struct program *program = &session->programs.last;
	const char *why;
	int err;

	if (!device_start(session->device, 0, -1, program->pidfd, 0)) {
		session->held = true;
		session->client = client;
		session->state = STATE_STOPPING;
		return;
	}
	err = errno;
	if (program_poll_end(program)) {
		news_lone_end(session);
	} else {
		error_msg("cannot attach to process %d again: %s",
			  program->pid, strerror(err));
		why = program_explain(program->pid, err);
		if (why)
			report("%s", why);
		session->status = EXIT_FAILURE;
		session_end_programs(session);
	}
	if (session->state == STATE_DONE)
		close(client);
	else
		clients_give(session, client);
}

void clients_accept(struct session *session, size_t index)
{
	int client = listener_accept(&session->listener, index);

	if (client < 0)
		return;
	if (session->cmdline->once)
		listener_close(&session->listener);
	if (programs_debugs_last(&session->programs) && !session->held)
		hold_again(session, client);
	else
		clients_give(session, client);
}
