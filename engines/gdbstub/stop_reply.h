/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stop replies: T, W, X, N.
 */
#ifndef GDBSTUB_STOP_REPLY_H
#define GDBSTUB_STOP_REPLY_H

struct gdb_session;

void stop_reply_send(struct gdb_session *session);
void stop_reply_ask(struct gdb_session *session);

#endif /* GDBSTUB_STOP_REPLY_H */
