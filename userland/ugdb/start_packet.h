/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets that bring a process into a running session. Pure string work. */
#ifndef UGDB_START_PACKET_H
#define UGDB_START_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * struct start_packet - what vAttach or vRun asks for
 * @pid: vAttach: the process; else 0.
 * @argv: vRun: the program and its arguments, ended by NULL; the program is
 *	empty when the client leaves it to the server. NULL for vAttach. Owned.
 */
struct start_packet {
	pid_t pid;
	char **argv;
};

/**
 * start_packet_is - whether a packet is one of these
 * @packet: The payload.
 * @len: Its length.
 */
bool start_packet_is(const char *packet, size_t len);

/**
 * start_packet_is_restart - whether a packet is R, which has no answer
 * @packet: A payload that start_packet_is() knows.
 * @len: Its length.
 */
bool start_packet_is_restart(const char *packet, size_t len);

/**
 * start_packet_parse - take it apart
 * @start: The result; start_packet_free() frees what it owns.
 * @packet: A vAttach or vRun.
 * @len: Its length.
 *
 * Return: false when it is malformed; nothing has to be freed then.
 */
bool start_packet_parse(struct start_packet *start, const char *packet,
			size_t len);

/** start_packet_free - free what a struct start_packet owns */
void start_packet_free(struct start_packet *start);

#endif /* UGDB_START_PACKET_H */
