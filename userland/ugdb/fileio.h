/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The protocol's own numbers for open flags, errors and file types ("File-I/O
 * Remote Protocol Extension" in GDB's manual), which are no system's. Pure.
 */
#ifndef UGDB_FILEIO_H
#define UGDB_FILEIO_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#define FILEIO_STAT_SIZE 64

/**
 * fileio_open_flags - translate flags of vFile:open
 * @wire: As the client sent them.
 * @flags: As open(2) takes them; untouched on failure.
 *
 * Return: false when a bit is unknown.
 */
bool fileio_open_flags(uint64_t wire, int *flags);

/**
 * fileio_errno - translate an errno
 * @err: As the system has it.
 *
 * Return: the protocol's number; 9999 for one that it has no number for.
 */
int fileio_errno(int err);

/**
 * fileio_stat - write a struct stat as the protocol has it
 * @wire: The result, big-endian.
 * @st: What to write. A value too large for its field is cut to its low bits,
 *	a file type that the protocol does not know is left out.
 */
void fileio_stat(unsigned char wire[FILEIO_STAT_SIZE], const struct stat *st);

#endif /* UGDB_FILEIO_H */
