/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of utrace_test.ko share.
 */
#ifndef UTRACE_TEST_PRIVATE_H
#define UTRACE_TEST_PRIVATE_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/utrace.h>

#include "utrace_test.h"

/**
 * struct test_log - the records of a session
 * @records: A ring of LOG_SIZE records.
 * @written: How many were ever put there.
 * @read: How many were read.
 */
struct test_log {
	/** @lock: The other fields. Nothing sleeps under it. */
	spinlock_t lock;
	struct ut_record *records;
	u64 written;
	u64 read;
};

/**
 * struct test_session - an open file
 * @engines: By number; an entry holds a reference.
 * @log: What was called.
 * @bad: Callbacks that must not have come.
 *
 * It ends after all its engines are detached, so a callback may use it.
 */
struct test_session {
	/** @lock: @engines. Nothing sleeps under it. */
	spinlock_t lock;
	struct test_engine *engines[UT_ENGINES];
	/** @drops: One UT_DROP at a time. */
	struct mutex drops;
	struct test_log log;
	atomic_t bad;
};

/**
 * struct test_engine - one engine
 * @kref: One reference for the session, one for each user of the pointer.
 * @session: Whose it is.
 * @id: Its number.
 * @engine: The engine, with a reference.
 * @task: Where it is attached, with a reference.
 * @pid: The pid of @task at that time, with a reference.
 * @exam: From UT_PREPARE to UT_FINISH.
 * @is_examined: It is in between; whoever has the engine last ends that.
 * @nr_rules: How many of @rule there are.
 * @used: How often each was applied.
 * @rule: What callbacks do.
 * @running: Kinds of callbacks that run.
 * @n: How many of each have begun.
 * @gone: No callback may come: detached for sure, or reaped.
 * @held: The thread is stopped for sure: none but the last ones may come.
 * @dead: report_death came.
 * @allowed: The events that may be reported. A utrace_set_events() that
 *	answers 0 takes away from it, any other call only adds.
 */
struct test_engine {
	struct kref kref;
	struct test_session *session;
	int id;
	struct utrace_engine *engine;
	struct task_struct *task;
	struct pid *pid;
	struct utrace_examiner exam;
	bool is_examined;
	/** @lock: All that follows. Nothing sleeps under it. */
	spinlock_t lock;
	unsigned int nr_rules;
	unsigned int used[UT_RULES];
	struct ut_rule rule[UT_RULES];
	unsigned int running;
	unsigned int n[UT_KINDS];
	bool gone;
	bool held;
	bool dead;
	unsigned long allowed;
};

/* test_log.c */
int test_log_init(struct test_log *log);
void test_log_free(struct test_log *log);
void test_log_add(struct test_log *log, const struct ut_record *record);
ssize_t test_log_read(struct test_log *log, char __user *buffer, size_t size);

/* test_engine.c */
const struct utrace_engine_ops *test_ops(enum ut_ops_table table);

/* test_control.c */
struct test_engine *test_new(struct test_session *session, int id,
			     struct task_struct *task);
struct test_engine *test_get(struct test_session *session, int id);
void test_put(struct test_engine *test);
void test_forget(struct test_engine *test);
int test_control(struct test_engine *test, struct task_struct *task,
		 enum utrace_resume_action action, bool by_pid);
int test_events(struct test_engine *test, struct task_struct *task,
		unsigned long events, bool by_pid);

#endif /* UTRACE_TEST_PRIVATE_H */
