/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes that came into the session and are there still. Most sessions
 * have one; a client that speaks the extended protocol may bring more.
 */
#ifndef UGDB_PROGRAMS_H
#define UGDB_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "program.h"

/**
 * struct programs - one process, and those that came before it
 * @last: The one that came last. It may be empty, or be gone already.
 * @others: The others; owned.
 * @nr_others: Entries of @others.
 */
struct programs {
	struct program last;
	struct program *others;
	size_t nr_others;
};

/**
 * programs_has_last - is the one that came last there still?
 * @programs: The processes.
 *
 * Return: whether.
 */
bool programs_has_last(const struct programs *programs);

/**
 * programs_debugs_last - and has the client not detached from it?
 * @programs: The processes.
 *
 * Return: whether it is there and is the next client's to debug, or ugdb's to end.
 */
bool programs_debugs_last(const struct programs *programs);

/**
 * programs_make_other - another process is about to come in beside the last
 * @programs: The processes; the last is one of the others afterwards, or is
 *	forgotten if it is gone or detached, and its place is empty.
 */
void programs_make_other(struct programs *programs);

/**
 * programs_take_back - what came in last is not there, or not any more
 * @programs: The processes; the last is forgotten, and the one that came before
 *	it takes its place, if there is one.
 *
 * Return: whether there is.
 */
bool programs_take_back(struct programs *programs);

/**
 * programs_make_last - what came in last goes, and one of the others stays
 * @programs: The processes; the two change places.
 * @pid: Which stays; nothing happens if it is none of the others.
 */
void programs_make_last(struct programs *programs, pid_t pid);

/**
 * programs_find_other - one of those before the last
 * @programs: The processes.
 * @pid: Its pid.
 *
 * Return: it, until one is forgotten or made an other; or NULL: there is none.
 */
struct program *programs_find_other(struct programs *programs, pid_t pid);

/**
 * programs_forget_other - have nothing to do with one of the others any more
 * @programs: The processes.
 * @other: From programs_find_other().
 */
void programs_forget_other(struct programs *programs, struct program *other);

/**
 * programs_forget_others - nor with any of them
 * @programs: The processes.
 */
void programs_forget_others(struct programs *programs);

/**
 * programs_leave_others - nor with any of them, and say so
 * @programs: The processes; the others run on.
 */
void programs_leave_others(struct programs *programs);

/**
 * programs_report_end - say what becomes of each when ugdb ends
 * @programs: The processes.
 */
void programs_report_end(const struct programs *programs);

/**
 * programs_kill - send SIGKILL to all that ugdb has started, but not detached
 * @programs: The processes.
 */
void programs_kill(const struct programs *programs);

/**
 * programs_reap - wait for the end of these
 * @programs: The processes, after programs_kill().
 */
void programs_reap(struct programs *programs);

#endif /* UGDB_PROGRAMS_H */
