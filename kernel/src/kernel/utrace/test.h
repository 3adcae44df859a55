/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the KUnit tests of kernel/utrace/ share: a task that never runs, with
 * engines. Each *_test.c is included at the end of the file that it tests.
 *
 * The task is zeroes: it has no sighand, so whatever would stop or wake it finds
 * nobody, as with a task that is dead.
 */
#ifndef _KERNEL_UTRACE_TEST_H
#define _KERNEL_UTRACE_TEST_H

#include <kunit/resource.h>
#include <kunit/test.h>

#include "utrace.h"

static inline void utrace_test_remove(struct utrace *utrace)
{
	struct utrace_engine *engine, *next;

	spin_lock(&utrace->lock);
	utrace->reporting = NULL;
	list_for_each_entry_safe(engine, next, &utrace->engines, entry)
		utrace_engine_remove_locked(utrace, engine);
	spin_unlock(&utrace->lock);
}

static inline void utrace_test_free(void *task)
{
	struct utrace *utrace = utrace_of(task);

	if (utrace)
		utrace_test_remove(utrace);
	__utrace_free_task(task);
}

/* The task without a struct utrace; it is gone when the test case ends. */
static inline struct task_struct *utrace_test_task(struct kunit *test)
{
	struct task_struct *task;

	task = kunit_kzalloc(test, sizeof(*task), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, task);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action(test, utrace_test_free, task));
	return task;
}

static inline struct utrace *utrace_test_utrace(struct kunit *test)
{
	struct utrace *utrace = utrace_get_or_create(utrace_test_task(test));

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, utrace);
	return utrace;
}

static inline void utrace_test_put(void *engine)
{
	utrace_engine_put(engine);
}

/* An engine, the last in the list; the test's reference ends with the case. */
static inline struct utrace_engine *
utrace_test_engine(struct kunit *test, struct utrace *utrace,
		   const struct utrace_engine_ops *ops, void *data,
		   unsigned long events)
{
	struct utrace_engine *engine;

	engine = utrace_engine_create(ops, data, current_cred());
	KUNIT_ASSERT_NOT_NULL(test, engine);
	KUNIT_ASSERT_EQ(test, 0,
			kunit_add_action(test, utrace_test_put, engine));
	engine->flags = events;
	spin_lock(&utrace->lock);
	utrace_engine_add_locked(utrace, engine);
	spin_unlock(&utrace->lock);
	return engine;
}

#endif /* _KERNEL_UTRACE_TEST_H */
