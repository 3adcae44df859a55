/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What /proc says about processes. Each answer is a snapshot: the process may
 * be gone, or its number reused, by the time the caller looks at it.
 */
#ifndef LIB_PROCFS_H
#define LIB_PROCFS_H

#include <stdbool.h>
#include <sys/types.h>

#include "buf.h"

/**
 * procfs_read - read a whole file below /proc
 * @out: Its bytes are added here.
 * @fmt: The path, as printf takes it.
 *
 * Return: false with errno set when it cannot be opened or read.
 */
bool procfs_read(struct buf *out, const char *fmt, ...) PRINTF_LIKE(2, 3);

/**
 * procfs_readlink - read a link below /proc
 * @fmt: The path, as printf takes it.
 *
 * Return: the target, which the caller frees, or NULL with errno set.
 */
char *procfs_readlink(const char *fmt, ...) PRINTF_LIKE(1, 2);

/**
 * procfs_status_number - a number from /proc/PID/status
 * @pid: The process or thread.
 * @field: Name of the line, without the colon ("Tgid", "Uid").
 * @value: The first number of that line; untouched on failure.
 *
 * Return: false when there is no such process or no such line.
 */
bool procfs_status_number(pid_t pid, const char *field, long *value);

/**
 * procfs_for_each_pid - call a function for every process, by rising pid
 * @visit: What is called.
 * @arg: Handed through.
 *
 * Return: false with errno set when /proc cannot be read.
 */
bool procfs_for_each_pid(void (*visit)(pid_t pid, void *arg), void *arg);

/**
 * procfs_for_each_tid - call a function for every thread of a process
 * @pid: The process.
 * @visit: What is called.
 * @arg: Handed through.
 *
 * Return: false with errno set when there is no such process.
 */
bool procfs_for_each_tid(pid_t pid, void (*visit)(pid_t tid, void *arg),
			 void *arg);

#endif /* LIB_PROCFS_H */
