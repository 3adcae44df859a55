/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The helper's side of a session: packets that the module does not answer,
 * because they are about files, names and the user's wishes.
 *
 * Nothing here knows the device: a packet comes as bytes and leaves as bytes.
 */
#ifndef UGDB_HELPER_H
#define UGDB_HELPER_H

#include <stdbool.h>
#include <sys/types.h>

#include "../lib/buf.h"
#include "args.h"
#include "start_options.h"
#include "tls.h"

/* The longest packet the module sends, counted after escaping. */
#define HELPER_WIRE_MAX 0x20000

#define HELPER_NR_FILES 256

/**
 * struct helper - what outlives a packet
 * @program_pid: The process that a packet without one is about; 0 for none.
 * @root: Where vFile paths begin: an O_PATH descriptor of another root
 *	directory, or -1 for ugdb's own.
 * @files: Which descriptors vFile:open has made. No other may be named by the
 *	client.
 * @object: The object that qXfer:osdata is being read from.
 * @object_name: Its annex; empty while there is none.
 * @start: How the next program is to be started.
 * @thread_db: Finds thread-local variables.
 * @extended: The client speaks the extended protocol.
 * @debug_timestamps: Debugging output shows the time.
 * @exit_requested: "monitor exit" was received.
 */
struct helper {
	pid_t program_pid;
	int root;
	bool files[HELPER_NR_FILES];
	struct buf object;
	char object_name[32];
	struct start_options start;
	struct thread_db thread_db;
	bool extended;
	bool debug_timestamps;
	bool exit_requested;
};

/**
 * struct answer - what becomes of a packet
 * @reply: The reply; empty for a packet that is not supported.
 * @output: Text for the client's user, shown before the reply.
 */
struct answer {
	struct buf reply;
	struct buf output;
};

/**
 * struct request - a packet on its way to its handler
 * @helper: The state.
 * @pid: The process it is about, or 0.
 * @args: What follows the packet's name.
 * @answer: Where the answer goes.
 */
struct request {
	struct helper *helper;
	pid_t pid;
	struct args args;
	struct answer *answer;
};

/** helper_init - no program, no files */
void helper_init(struct helper *helper);

/** helper_reset - forget what the client left behind: files, root, object */
void helper_reset(struct helper *helper);

/**
 * helper_answer - answer a packet
 * @helper: The state.
 * @answer: All zeroes, or used before; is emptied first.
 * @pid: The process that the client has selected, or 0.
 * @packet: The payload, unescaped; may hold any byte.
 * @len: Its length.
 */
void helper_answer(struct helper *helper, struct answer *answer, pid_t pid,
		   const char *packet, size_t len);

/** answer_free - give the memory of an answer back */
void answer_free(struct answer *answer);

/**
 * escaped_fit - how many bytes fit into a packet
 * @data: Bytes that are to be sent.
 * @len: How many there are.
 * @room: Bytes on the wire.
 *
 * Return: how many of @data take no more than @room when they are escaped.
 */
size_t escaped_fit(const char *data, size_t len, size_t room);

/* Handlers, one for each row of the table in helper.c. */
void vfile_setfs(struct request *request);
void vfile_open(struct request *request);
void vfile_close(struct request *request);
void vfile_pread(struct request *request);
void vfile_pwrite(struct request *request);
void vfile_fstat(struct request *request);
void vfile_unlink(struct request *request);
void vfile_readlink(struct request *request);
void xfer_exec_file(struct request *request);
void xfer_osdata(struct request *request);
void xfer_libraries(struct request *request);
void thread_db_symbol(struct request *request);
void thread_db_address(struct request *request);
void monitor_command(struct request *request);
void start_extended(struct request *request);
void start_env_set(struct request *request);
void start_env_unset(struct request *request);
void start_env_reset(struct request *request);
void start_working_dir(struct request *request);
void start_with_shell(struct request *request);
void start_no_random(struct request *request);

/** vfile_reset - close what vFile:open has opened, back to ugdb's own root */
void vfile_reset(struct helper *helper);

/** osdata_collect - write the XML of an osdata object; false: unknown name */
bool osdata_collect(struct buf *out, const char *name);

#endif /* UGDB_HELPER_H */
