/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The signals that end ugdb, taken as events, and what a program inherits. */
#ifndef UGDB_SIGNALS_H
#define UGDB_SIGNALS_H

/**
 * signals_open - take SIGTERM, SIGINT, SIGHUP and SIGCHLD as events
 *
 * Blocks them, and ignores SIGPIPE (a client or a terminal that is gone is
 * seen where it is written to) and SIGTTOU (ugdb writes to the terminal that
 * it gave to the program). A signal that ugdb was started with ignored stays
 * ignored. To be called once, before the first fork.
 *
 * Return: a signalfd that is readable when one of them came.
 */
int signals_open(void);

/**
 * signals_take - which signal came
 * @fd: From signals_open().
 *
 * Return: its number, or 0 when there is none.
 */
int signals_take(int fd);

/**
 * signals_restore - undo signals_open() in a child that will execute a program
 */
void signals_restore(void);

/**
 * signals_die - end as if the signal had not been taken
 * @sig: The signal.
 *
 * So that whoever waits for ugdb sees what ended it.
 */
void signals_die(int sig) __attribute__((noreturn));

#endif /* UGDB_SIGNALS_H */
