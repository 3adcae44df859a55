/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ugdb's state machine is made of: session.c has the loop and the packets,
 * clients.c those who come, starts.c what they bring in, news.c what becomes of
 * it.
 */
#ifndef UGDB_SESSION_STATE_H
#define UGDB_SESSION_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "cmdline.h"
#include "device.h"
#include "helper.h"
#include "line.h"
#include "listener.h"
#include "programs.h"
#include "relay.h"

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

/**
 * session_open_device - have a session in the module
 * @session: Has none.
 *
 * Return: false, having said why, when there is no module or no right to it.
 */
bool session_open_device(struct session *session);

/**
 * session_close_device - and have it no more
 * @session: All its processes run on.
 */
void session_close_device(struct session *session);

/**
 * session_end_programs - ugdb ends, and its programs with it; say so
 * @session: Is done afterwards.
 */
void session_end_programs(struct session *session);

/**
 * session_take_back - what came in last is not in the session, or not any more
 * @session: One that came before it is there still, and is what the next client
 *	finds, or what ends with ugdb.
 */
void session_take_back(struct session *session);

/**
 * clients_wait - a client may come, or is on the line and is served
 * @session: Has none.
 */
void clients_wait(struct session *session);

/**
 * clients_give - give the module a client's connection
 * @session: Has none.
 * @client: The socket; it is the module's from here on.
 */
void clients_give(struct session *session, int client);

/**
 * clients_accept - a client comes
 * @session: Waits for one.
 * @index: At which of the listening sockets.
 */
void clients_accept(struct session *session, size_t index);

/**
 * starts_take_packet - bring in what a packet names
 * @session: Its session.
 * @record: With a packet that start_packet_is().
 */
void starts_take_packet(struct session *session,
			const struct device_record *record);

/**
 * starts_report - say what has come in
 * @session: It is the last of its programs.
 */
void starts_report(const struct session *session);

/**
 * starts_tell - let the client know that it has come in
 * @session: Its packet waits for that.
 */
void starts_tell(struct session *session);

/**
 * starts_answer - give the client another answer
 * @session: Its packet waits for one.
 * @reply: The answer; `R` has none.
 */
void starts_answer(struct session *session, const char *reply);

/**
 * starts_free - forget what was run last
 * @session: Is about to end.
 */
void starts_free(struct session *session);

/**
 * news_take - act on what the module says of a process or a connection
 * @session: Its session.
 * @header: The record.
 */
void news_take(struct session *session, const struct gdbstub_record *header);

/**
 * news_lone_end - the last process has ended while nobody debugged it
 * @session: Its session; it may be done afterwards.
 */
void news_lone_end(struct session *session);

#endif /* UGDB_SESSION_STATE_H */
