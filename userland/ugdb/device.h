/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door to the gdbstub module: one open descriptor is one session, and
 * closing it ends the session with every thread of every process running on.
 */
#ifndef UGDB_DEVICE_H
#define UGDB_DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include "../../engines/gdbstub/uapi/gdbstub.h"

/**
 * struct device_record - a record in one piece
 * @header: What it says.
 * @payload: Its bytes.
 *
 * A record crosses the device in one read() or write(): a vector of two parts
 * could reach the module as two calls.
 */
struct device_record {
	struct gdbstub_record header;
	char payload[GDBSTUB_RECORD_MAX];
};

/**
 * device_open - make a session
 *
 * Return: the descriptor (close-on-exec, non-blocking), or -1 with errno set:
 * ENOENT or ENXIO when the module is not loaded, EACCES.
 */
int device_open(void);

/**
 * device_start - bring a socket, a process or both into the session
 * @device: The session.
 * @flags: Bits of &enum gdbstub_start_flags.
 * @sockfd: A connected stream socket, or -1.
 * @pidfd: A process, or -1.
 * @nr_execs: See &struct gdbstub_start.
 *
 * Return: 0, or -1 with errno as &struct gdbstub_start lists it.
 */
int device_start(int device, unsigned int flags, int sockfd, int pidfd,
		 unsigned int nr_execs);

/**
 * device_read - take the next record
 * @device: The session.
 * @record: Where it goes.
 *
 * Return: 1 with a record, 0 when there is none, -1 with errno set: EPROTO for
 * a record that is shorter than its header says, else what read() said.
 */
int device_read(int device, struct device_record *record);

/**
 * device_write - hand a record over
 * @device: The session.
 * @type: %GDBSTUB_RECORD_REPLY or %GDBSTUB_RECORD_OUTPUT.
 * @cookie: The packet it belongs to.
 * @payload: Its bytes.
 * @len: How many.
 *
 * Return: 0, or -1 with errno set: EMSGSIZE more than %GDBSTUB_RECORD_MAX
 * bytes; ENOENT when the packet awaits
 * no answer any more, because its connection is gone.
 */
int device_write(int device, unsigned int type, unsigned long long cookie,
		 const void *payload, size_t len);

#endif /* UGDB_DEVICE_H */
