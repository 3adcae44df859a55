/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets: the table, and how its handlers are called.
 */
#ifndef GDBSTUB_COMMANDS_H
#define GDBSTUB_COMMANDS_H

#include "packet.h"
#include "proto.h"

struct gdb_process;
struct gdb_session;
struct gdb_thread;
struct trace_point;

/* A handler's return values beside 0 (the reply is in tx) and -errno. */
#define COMMAND_NO_REPLY 1 /* it comes later, or there is none */
#define COMMAND_FORWARD 2 /* it is for the helper */
/* A process left the session by it. */
#define COMMAND_CLOSED 3 /* the reply is in tx */
#define COMMAND_CLOSED_SILENTLY 4 /* there is none */
#define COMMAND_HANG_UP 5 /* the reply is in tx, and ends the connection */

/**
 * struct command - a packet that is being handled
 * @session: with cmd_lock held
 * @process: the one that the client has selected; NULL: the session has none
 * @tx: an empty reply
 * @data: what comes after the row's name, followed by a NUL; may be written to
 * @len: bytes at @data
 * @args: read by the row's schema
 */
struct command {
	struct gdb_session *session;
	struct gdb_process *process;
	struct packet_tx *tx;
	u8 *data;
	size_t len;
	struct proto_args args;
};

/**
 * enum command_when - what must be true for a packet
 * @WHEN_ANY: nothing
 * @WHEN_PROCESS: there is a process, be it gone
 * @WHEN_RESUME: there is a process, and it is stopped or gone
 * @WHEN_STOPPED: there is a process, and it is stopped
 */
enum command_when {
	WHEN_ANY,
	WHEN_PROCESS,
	WHEN_RESUME,
	WHEN_STOPPED,
};

/**
 * struct command_row - one kind of packet
 * @row: its name and schema
 * @handler: answers it; does not wait for the target
 * @when: else it is an error, or waits for a stop that is under way
 */
struct command_row {
	struct proto_row row;
	int (*handler)(struct command *command);
	enum command_when when;
};

int commands_take_packet(struct gdb_session *session);
void commands_send(struct gdb_session *session);

/* For handlers. */
int command_ok(struct command *command);
int command_xfer(struct command *command, const void *data, size_t len);
struct gdb_thread *command_thread(struct command *command);
bool command_select_process(struct command *command);
struct gdb_thread *command_find_thread(const struct command *command,
				       const struct proto_tid *id);

/* cmd_query.c APIs: */
int cmd_supported(struct command *command);
int cmd_extended(struct command *command);
int cmd_no_ack(struct command *command);
int cmd_empty(struct command *command);
int cmd_attached(struct command *command);
int cmd_current_thread(struct command *command);
int cmd_first_threads(struct command *command);
int cmd_next_threads(struct command *command);
int cmd_thread_info(struct command *command);
int cmd_thread_alive(struct command *command);
int cmd_select_general(struct command *command);
int cmd_select_resume(struct command *command);
int cmd_xfer_features(struct command *command);
int cmd_xfer_auxv(struct command *command);
int cmd_xfer_threads(struct command *command);
int cmd_xfer_siginfo_read(struct command *command);
int cmd_xfer_siginfo_write(struct command *command);

/* cmd_run.c APIs: */
int cmd_stop_reason(struct command *command);
int cmd_non_stop(struct command *command);
int cmd_next_stop(struct command *command);
int cmd_interrupt(struct command *command);
int cmd_thread_events(struct command *command);
int cmd_vcont_query(struct command *command);
int cmd_vcont(struct command *command);
int cmd_continue(struct command *command);
int cmd_continue_signal(struct command *command);
int cmd_step(struct command *command);
int cmd_step_signal(struct command *command);
int cmd_detach(struct command *command);
int cmd_restart(struct command *command);
int cmd_kill(struct command *command);
int cmd_kill_process(struct command *command);
int cmd_catch_syscalls(struct command *command);
int cmd_pass_signals(struct command *command);
int cmd_program_signals(struct command *command);

/* cmd_memory.c APIs: */
int cmd_read_memory(struct command *command);
int cmd_read_binary(struct command *command);
int cmd_write_memory(struct command *command);
int cmd_search_memory(struct command *command);
int cmd_crc_memory(struct command *command);

/* cmd_register.c APIs: */
int cmd_read_registers(struct command *command);
int cmd_write_registers(struct command *command);
int cmd_read_register(struct command *command);
int cmd_tls_address(struct command *command);
int cmd_write_register(struct command *command);

/* cmd_break.c APIs: */
int cmd_insert_break(struct command *command);
int cmd_remove_break(struct command *command);
int cmd_insert_watch(struct command *command);
int cmd_remove_watch(struct command *command);

/* cmd_trace.c APIs: */
struct trace_point *command_trace_point(const struct command *command);
int cmd_trace_init(struct command *command);
int cmd_trace_define(struct command *command);
int cmd_trace_source(struct command *command);
int cmd_trace_variable(struct command *command);
int cmd_trace_start(struct command *command);
int cmd_trace_stop(struct command *command);
int cmd_trace_enable(struct command *command);
int cmd_trace_disable(struct command *command);
int cmd_trace_read_only(struct command *command);
int cmd_trace_disconnected(struct command *command);
int cmd_trace_circular(struct command *command);
int cmd_trace_size(struct command *command);
int cmd_trace_notes(struct command *command);

/* cmd_trace_query.c APIs: */
int cmd_trace_status(struct command *command);
int cmd_trace_point(struct command *command);
int cmd_trace_value(struct command *command);
int cmd_trace_first_piece(struct command *command);
int cmd_trace_next_piece(struct command *command);
int cmd_trace_first_var(struct command *command);
int cmd_trace_next_var(struct command *command);
int cmd_trace_frame(struct command *command);
int cmd_trace_frame_pc(struct command *command);
int cmd_trace_frame_point(struct command *command);
int cmd_trace_frame_range(struct command *command);
int cmd_trace_frame_outside(struct command *command);
int cmd_trace_buffer(struct command *command);
int cmd_xfer_traceframe(struct command *command);
int cmd_frame_registers(struct command *command);
int cmd_frame_register(struct command *command);

#endif /* GDBSTUB_COMMANDS_H */
