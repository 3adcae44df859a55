// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of what belongs to no process: System V objects, sockets, modules
 * and processors. Most are files of /proc whose columns get other names.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/array.h"
#include "osdata.h"

/**
 * enum column_kind - what a field of a file is
 * @COLUMN_TEXT: Shown as it is.
 * @COLUMN_COMM: A pid, shown as the name of the process.
 * @COLUMN_USER: A user id.
 * @COLUMN_GROUP: A group id.
 * @COLUMN_TIME: Seconds since 1970; 0 is never.
 */
enum column_kind {
	COLUMN_TEXT,
	COLUMN_COMM,
	COLUMN_USER,
	COLUMN_GROUP,
	COLUMN_TIME,
};

struct column {
	const char *name;
	enum column_kind kind;
};

static const struct column shm_columns[] = {
	{ "key", COLUMN_TEXT },
	{ "shmid", COLUMN_TEXT },
	{ "permissions", COLUMN_TEXT },
	{ "size", COLUMN_TEXT },
	{ "creator command", COLUMN_COMM },
	{ "last op. command", COLUMN_COMM },
	{ "num attached", COLUMN_TEXT },
	{ "user", COLUMN_USER },
	{ "group", COLUMN_GROUP },
	{ "creator user", COLUMN_USER },
	{ "creator group", COLUMN_GROUP },
	{ "last shmat() time", COLUMN_TIME },
	{ "last shmdt() time", COLUMN_TIME },
	{ "last shmctl() time", COLUMN_TIME },
	{ NULL, COLUMN_TEXT },
};

static const struct column sem_columns[] = {
	{ "key", COLUMN_TEXT },
	{ "semid", COLUMN_TEXT },
	{ "permissions", COLUMN_TEXT },
	{ "num semaphores", COLUMN_TEXT },
	{ "user", COLUMN_USER },
	{ "group", COLUMN_GROUP },
	{ "creator user", COLUMN_USER },
	{ "creator group", COLUMN_GROUP },
	{ "last semop() time", COLUMN_TIME },
	{ "last semctl() time", COLUMN_TIME },
	{ NULL, COLUMN_TEXT },
};

static const struct column msg_columns[] = {
	{ "key", COLUMN_TEXT },
	{ "msqid", COLUMN_TEXT },
	{ "permissions", COLUMN_TEXT },
	{ "num used bytes", COLUMN_TEXT },
	{ "num messages", COLUMN_TEXT },
	{ "last msgsnd() command", COLUMN_COMM },
	{ "last msgrcv() command", COLUMN_COMM },
	{ "user", COLUMN_USER },
	{ "group", COLUMN_GROUP },
	{ "creator user", COLUMN_USER },
	{ "creator group", COLUMN_GROUP },
	{ "last msgsnd() time", COLUMN_TIME },
	{ "last msgrcv() time", COLUMN_TIME },
	{ "last msgctl() time", COLUMN_TIME },
	{ NULL, COLUMN_TEXT },
};

static const struct column module_columns[] = {
	{ "name", COLUMN_TEXT },
	{ "size", COLUMN_TEXT },
	{ "num uses", COLUMN_TEXT },
	{ "dependencies", COLUMN_TEXT },
	{ "status", COLUMN_TEXT },
	{ "address", COLUMN_TEXT },
	{ NULL, COLUMN_TEXT },
};

static void add_time(struct buf *out, const char *name, time_t when)
{
	char text[32] = "";

	if (when && ctime_r(&when, text))
		text[strcspn(text, "\n")] = '\0';
	osdata_text(out, name, text);
}

static void add_column(struct buf *out, const struct column *column,
		       const char *field)
{
	switch (column->kind) {
	case COLUMN_TEXT:
		osdata_text(out, column->name, field);
		break;
	case COLUMN_COMM:
		osdata_comm(out, column->name, atoi(field));
		break;
	case COLUMN_USER:
		osdata_user(out, column->name, (uid_t)strtoul(field, NULL, 10));
		break;
	case COLUMN_GROUP:
		osdata_group(out, column->name,
			     (gid_t)strtoul(field, NULL, 10));
		break;
	case COLUMN_TIME:
		add_time(out, column->name, (time_t)atoll(field));
		break;
	}
}

static void add_row(struct buf *out, const struct column *columns, char *line)
{
	char *rest, *field = strtok_r(line, " ", &rest);

	if (!field)
		return;
	osdata_row_begin(out);
	for (; columns->name && field; columns++) {
		add_column(out, columns, field);
		field = strtok_r(NULL, " ", &rest);
	}
	osdata_row_end(out);
}

static void add_shm(struct buf *out, char *line)
{
	add_row(out, shm_columns, line);
}

void osdata_shared_memory(struct buf *out)
{
	osdata_for_each_line("/proc/sysvipc/shm", 1, add_shm, out);
}

static void add_sem(struct buf *out, char *line)
{
	add_row(out, sem_columns, line);
}

void osdata_semaphores(struct buf *out)
{
	osdata_for_each_line("/proc/sysvipc/sem", 1, add_sem, out);
}

static void add_msg(struct buf *out, char *line)
{
	add_row(out, msg_columns, line);
}

void osdata_message_queues(struct buf *out)
{
	osdata_for_each_line("/proc/sysvipc/msg", 1, add_msg, out);
}

static void add_module(struct buf *out, char *line)
{
	add_row(out, module_columns, line);
}

void osdata_modules(struct buf *out)
{
	osdata_for_each_line("/proc/modules", 0, add_module, out);
}

static const char *tcp_state(unsigned int state)
{
	static const char *const states[] = {
		"", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1",
		"FIN_WAIT2", "TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK",
		"LISTEN", "CLOSING",
	};

	return state < ARRAY_SIZE(states) ? states[state] : "";
}

/*
 * /proc has addresses as numbers of 32 bits of this machine, in hex, one after
 * the other: they are read back into the bytes that they were.
 */
static void add_address(struct buf *out, const char *side, const char *text,
			unsigned int port)
{
	char shown[INET6_ADDRSTRLEN] = "", name[32], word[9] = "";
	bool is_v4 = strlen(text) == 8;
	uint32_t words[4] = { 0 };

	for (int i = 0; i < (is_v4 ? 1 : 4); i++) {
		memcpy(word, text + 8 * i, 8);
		words[i] = (uint32_t)strtoul(word, NULL, 16);
	}
	inet_ntop(is_v4 ? AF_INET : AF_INET6, words, shown, sizeof(shown));
	snprintf(name, sizeof(name), "%s address", side);
	osdata_text(out, name, shown);
	snprintf(name, sizeof(name), "%s port", side);
	osdata_number(out, name, port);
}

static void add_socket(struct buf *out, const char *line, bool is_tcp)
{
	unsigned int local_port, remote_port, state, uid;
	char local[33], remote[33];

	if (sscanf(line, "%*s %32[0-9A-F]:%x %32[0-9A-F]:%x %x %*s %*s %*s %u",
		   local, &local_port, remote, &remote_port, &state,
		   &uid) != 6 ||
	    strlen(local) != strlen(remote) ||
	    (strlen(local) != 8 && strlen(local) != 32))
		return;
	osdata_row_begin(out);
	add_address(out, "local", local, local_port);
	add_address(out, "remote", remote, remote_port);
	osdata_text(out, "state", is_tcp ? tcp_state(state) : "");
	osdata_user(out, "user", uid);
	osdata_text(out, "family", strlen(local) == 8 ? "INET" : "INET6");
	osdata_text(out, "protocol", is_tcp ? "STREAM" : "DGRAM");
	osdata_row_end(out);
}

static void add_tcp(struct buf *out, char *line)
{
	add_socket(out, line, true);
}

static void add_udp(struct buf *out, char *line)
{
	add_socket(out, line, false);
}

void osdata_sockets(struct buf *out)
{
	osdata_for_each_line("/proc/net/tcp", 1, add_tcp, out);
	osdata_for_each_line("/proc/net/tcp6", 1, add_tcp, out);
	osdata_for_each_line("/proc/net/udp", 1, add_udp, out);
	osdata_for_each_line("/proc/net/udp6", 1, add_udp, out);
}

/* Whether the last row has a column and no end yet. */
static bool row_is_open(const struct buf *out)
{
	static const char column_end[] = "</column>";
	size_t len = strlen(column_end);

	return out->len >= len && !strcmp(out->data + out->len - len,
					  column_end);
}

/* "key : value" lines; an empty line ends a processor. */
static void add_cpu_line(struct buf *out, char *line)
{
	char *colon = strchr(line, ':');

	if (!*line && row_is_open(out))
		osdata_row_end(out);
	if (!colon)
		return;
	if (!row_is_open(out))
		osdata_row_begin(out);
	line[strcspn(line, "\t:")] = '\0';
	osdata_text(out, line, colon[1] ? colon + 2 : "");
}

void osdata_cpus(struct buf *out)
{
	osdata_for_each_line("/proc/cpuinfo", 0, add_cpu_line, out);
	if (row_is_open(out))
		osdata_row_end(out);
}
