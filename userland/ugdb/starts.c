// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes that a client brings in, with vRun, vAttach or R. Each comes into the
 * session as at ugdb's own start; the packet is answered when it is there.
 */
#include <stdlib.h>
#include <string.h>

#include "../lib/messages.h"
#include "device.h"
#include "report.h"
#include "session_state.h"
#include "start_packet.h"

void starts_report(const struct session *session)
{
	const struct program *program = &session->programs.last;

	if (program->launched)
		report("Process %s created; pid = %d", program->name,
		       program->pid);
	else
		report("Attached; pid = %d", program->pid);
}

void starts_answer(struct session *session, const char *reply)
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

void starts_tell(struct session *session)
{
	if (session->is_restart) {
		starts_answer(session, "");
		return;
	}
	device_write(session->device, GDBSTUB_RECORD_STARTED,
		     session->start_cookie, NULL, 0);
	session->start_cookie = 0;
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
		session_take_back(session);
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

void starts_take_packet(struct session *session,
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
		starts_answer(session, "E01");
}

void starts_free(struct session *session)
{
	free_words(session->last_run);
	session->last_run = NULL;
}
