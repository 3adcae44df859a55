/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One run of ugdb: a process comes into the module's session, clients come and
 * go, and in between ugdb answers what the module does not.
 */
#ifndef UGDB_SESSION_H
#define UGDB_SESSION_H

#include "cmdline.h"
#include "comm.h"

/**
 * session_run - serve
 * @cmdline: What the user asked for.
 * @comm: The address in it.
 *
 * A signal that ends ugdb ends it here, by that signal.
 *
 * Return: the exit status of ugdb.
 */
int session_run(const struct cmdline *cmdline, const struct comm *comm);

#endif /* UGDB_SESSION_H */
