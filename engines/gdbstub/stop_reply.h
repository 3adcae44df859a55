/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stop replies: T, W, X, N, w, and notifications of them.
 */
#ifndef GDBSTUB_STOP_REPLY_H
#define GDBSTUB_STOP_REPLY_H

#include <linux/types.h>

struct gdb_session;
struct packet_tx;

void stop_reply_put_tid(struct packet_tx *tx, const struct gdb_session *session,
			pid_t pid, pid_t tid);
void stop_reply_put_process(struct packet_tx *tx,
			    const struct gdb_session *session, pid_t pid);
void stop_reply_send(struct gdb_session *session);
void stop_reply_ask(struct gdb_session *session);
void stop_reply_next(struct gdb_session *session, struct packet_tx *tx,
		     bool again);
int stop_reply_started(struct gdb_session *session);

#endif /* GDBSTUB_STOP_REPLY_H */
