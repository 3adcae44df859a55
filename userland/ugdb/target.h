/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory of the debugged process, read with the user's own rights. */
#ifndef UGDB_TARGET_H
#define UGDB_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** target_read - read memory; false when not all of it is there */
bool target_read(pid_t pid, uint64_t addr, void *buf, size_t len);

/** target_write - write memory; false when not all of it could be */
bool target_write(pid_t pid, uint64_t addr, const void *buf, size_t len);

/**
 * target_read_string - read a string
 * @pid: The process.
 * @addr: Where it begins.
 * @text: Room for it; always ended by a NUL. Empty when there is none.
 * @size: Bytes at @text; what is longer is cut off.
 */
void target_read_string(pid_t pid, uint64_t addr, char *text, size_t size);

#endif /* UGDB_TARGET_H */
