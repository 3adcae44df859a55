/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tables of what the machine runs, as XML: rows of named columns. Inside of
 * the osdata files only; the rest of ugdb uses osdata_collect().
 */
#ifndef UGDB_OSDATA_H
#define UGDB_OSDATA_H

#include <sys/types.h>

#include "../lib/buf.h"

/** osdata_row_begin, osdata_row_end - around the columns of a row */
void osdata_row_begin(struct buf *out);
void osdata_row_end(struct buf *out);

/** osdata_text - a column with a text, escaped for XML */
void osdata_text(struct buf *out, const char *name, const char *value);

/** osdata_number - a column with a number */
void osdata_number(struct buf *out, const char *name, long value);

/** osdata_user, osdata_group - a column with the name of an id, or the id */
void osdata_user(struct buf *out, const char *name, uid_t uid);
void osdata_group(struct buf *out, const char *name, gid_t gid);

/** osdata_comm - a column with the name of a process; empty when it is gone */
void osdata_comm(struct buf *out, const char *name, pid_t pid);

/**
 * osdata_for_each_line - call a function for the lines of a file
 * @path: The file; nothing happens when it cannot be read.
 * @nr_skipped: How many lines at the beginning are left out.
 * @visit: What is called, with one line without its end.
 * @out: Handed through.
 */
void osdata_for_each_line(const char *path, unsigned int nr_skipped,
			  void (*visit)(struct buf *out, char *line),
			  struct buf *out);

/* Collectors, one for each row of the table in osdata.c. */
void osdata_processes(struct buf *out);
void osdata_process_groups(struct buf *out);
void osdata_threads(struct buf *out);
void osdata_files(struct buf *out);
void osdata_sockets(struct buf *out);
void osdata_shared_memory(struct buf *out);
void osdata_semaphores(struct buf *out);
void osdata_message_queues(struct buf *out);
void osdata_modules(struct buf *out);
void osdata_cpus(struct buf *out);

#endif /* UGDB_OSDATA_H */
