/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The process that is debugged, as ugdb knows it: started by ugdb, or found
 * running. Who stops and resumes it is the module's business.
 */
#ifndef UGDB_PROGRAM_H
#define UGDB_PROGRAM_H

#include <stdbool.h>
#include <sys/types.h>

#include "cmdline.h"
#include "start_options.h"

/**
 * struct program - a process, from its entry into the session to its end
 * @pid: Its pid; 0 while there is none.
 * @name: What to call a launched program in messages; owned.
 * @pidfd: Names it safely against reuse of the pid; -1 while there is none.
 * @launched: It is a child of ugdb, which reaps it and ends it with itself.
 * @detached: It has left the session for good, while others stay: ugdb reaps it
 *	still, and leaves it alone else.
 * @gone: It has ended, and if it was a child it has been reaped.
 * @wait_status: With @gone of a child, its wait(2) status.
 */
struct program {
	pid_t pid;
	char *name;
	int pidfd;
	bool launched;
	bool detached;
	bool gone;
	int wait_status;
};

/**
 * program_launch - start the program of the command line in a session
 * @program: Is set up. On return the program runs towards its last execve(),
 *	before which it does nothing of its own; a STOPPED record says when it
 *	is there.
 * @cmdline: The program and the wrapper.
 * @options: How to start them.
 * @device: The session.
 *
 * Return: false, having said why and left nothing behind, when it cannot be
 * started or the module does not take it.
 */
bool program_launch(struct program *program, const struct cmdline *cmdline,
		    const struct start_options *options, int device);

/**
 * program_attach - bring a running process into a session
 * @program: Is set up.
 * @pid: The process.
 * @device: The session. A STOPPED record says when all threads are stopped.
 *
 * Return: false, having said why and forgotten it, when it may not be debugged.
 */
bool program_attach(struct program *program, pid_t pid, int device);

/**
 * program_explain - why a process may not be attached to
 * @pid: The process.
 * @err: The errno that said so.
 *
 * Return: a sentence for the user, or NULL: the errno says all.
 */
const char *program_explain(pid_t pid, int err);

/**
 * program_find - a process that has been in the session
 * @program: Is set up, or empty when the process is gone.
 * @pid: The process.
 */
void program_find(struct program *program, pid_t pid);

/**
 * program_poll_end - look whether the process has ended
 * @program: A process; @gone and @wait_status are brought up to date.
 *
 * Return: whether it is gone.
 */
bool program_poll_end(struct program *program);

/**
 * program_forget - have nothing to do with the process any more
 * @program: Any; it is empty afterwards. The process is not touched.
 */
void program_forget(struct program *program);

/**
 * program_reap_forgotten - reap children that were forgotten before they ended
 * @program: The process that is not forgotten, or an empty one.
 */
void program_reap_forgotten(const struct program *program);

/**
 * program_kill - send SIGKILL
 * @program: A process that is not gone; held or not, it dies of it.
 */
void program_kill(const struct program *program);

/**
 * program_reap - wait for the end of a launched program
 * @program: A child; @gone and @wait_status are set on return.
 */
void program_reap(struct program *program);

/**
 * program_return_terminal - take the terminal back from a program that is gone
 * @program: Any process; nothing happens unless it is gone and its group still
 *	has ugdb's terminal.
 */
void program_return_terminal(const struct program *program);

/**
 * program_leave_terminal - take the terminal back at ugdb's end
 *
 * A program that was detached and runs on is in the background from here on: the
 * hang-up that may follow the end of ugdb is not for it.
 */
void program_leave_terminal(void);

#endif /* UGDB_PROGRAM_H */
