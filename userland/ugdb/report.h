/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ugdb says to whoever started it. The wording is gdbserver's, to the
 * letter: IDEs, scripts and GDB's own test suite look for these lines.
 *
 * Everything goes to standard error, because standard output may be the
 * client's connection or the program's.
 */
#ifndef UGDB_REPORT_H
#define UGDB_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "../lib/messages.h"

/**
 * enum debug_topic - what debugging output is about
 * @DEBUG_GENERAL: Steps of ugdb itself.
 * @DEBUG_REMOTE: Packets that the module forwards, and their answers.
 * @DEBUG_EVENT: What the event loop wakes up for.
 */
enum debug_topic {
	DEBUG_GENERAL	= 1 << 0,
	DEBUG_REMOTE	= 1 << 1,
	DEBUG_EVENT	= 1 << 2,
};

/** report - print one line as it is, without the program's name */
void report(const char *fmt, ...) PRINTF_LIKE(1, 2);

/**
 * report_and_exit - print why nothing can be served, then "Exiting"
 *
 * Ends the program with status 1. The caller has released the process, if any.
 */
void report_and_exit(const char *fmt, ...) PRINTF_LIKE(1, 2) NORETURN;

/**
 * report_program_end - say how the program ended
 * @wait_status: Its wait(2) status.
 */
void report_program_end(int wait_status);

/**
 * report_startup_end - say that the program ended before it was one
 * @wait_status: Its wait(2) status.
 */
void report_startup_end(int wait_status);

/** debug_enable, debug_disable - switch topics on and off */
void debug_enable(unsigned int topics);
void debug_disable(unsigned int topics);

/** debug_timestamps - put the time in front of debugging output, or not */
void debug_timestamps(bool on);

/** debug_msg - print one line of debugging output when its topic is on */
void debug_msg(enum debug_topic topic, const char *fmt, ...) PRINTF_LIKE(2, 3);

/**
 * debug_bytes - print bytes when a topic is on
 * @topic: The topic.
 * @what: What the bytes are.
 * @bytes: They are shown with everything that is not printable in hex.
 * @len: How many.
 */
void debug_bytes(enum debug_topic topic, const char *what, const void *bytes,
		 size_t len);

#endif /* UGDB_REPORT_H */
