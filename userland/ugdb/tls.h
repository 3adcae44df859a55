/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Thread-local variables: libthread_db, which knows the C library's insides,
 * and the symbols that it needs, which the client looks up.
 */
#ifndef UGDB_TLS_H
#define UGDB_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/**
 * struct thread_db - the library, and what is known of one process
 * @library: From dlopen(); NULL while it is not loaded.
 * @search_path: Where to look for it, directories joined by ':'; NULL: where
 *	the dynamic linker looks. Owned.
 * @names: The symbols that it wants, ended by NULL; the library's own.
 * @nr_names: How many.
 * @pid: The process that @values are of.
 * @values: Their addresses, 0 for what is not there. Owned.
 * @asked: Index of the one that the client is looking up; @nr_names: none.
 * @complete: All were looked up.
 */
struct thread_db {
	void *library;
	char *search_path;
	const char **names;
	size_t nr_names;
	pid_t pid;
	uint64_t *values;
	size_t asked;
	bool complete;
};

/** thread_db_set_path - where to look for the library from now on */
void thread_db_set_path(struct thread_db *db, const char *path);

/** thread_db_free - forget everything; the library may be loaded again */
void thread_db_free(struct thread_db *db);

#endif /* UGDB_TLS_H */
