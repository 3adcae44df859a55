// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace_test: the log of a session. When it is full the oldest records go, and
 * the next read says so.
 */
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/uaccess.h>

#include "test.h"

#define LOG_SIZE 16384u

int test_log_init(struct test_log *log)
{
	spin_lock_init(&log->lock);
	log->records = kvcalloc(LOG_SIZE, sizeof(*log->records), GFP_KERNEL);
	return log->records ? 0 : -ENOMEM;
}

void test_log_free(struct test_log *log)
{
	kvfree(log->records);
}

/* Also from report_reap, which runs in any context that releases a task. */
void test_log_add(struct test_log *log, const struct ut_record *record)
{
	struct ut_record *slot;
	unsigned long flags;

	spin_lock_irqsave(&log->lock, flags);
	slot = &log->records[log->written % LOG_SIZE];
	*slot = *record;
	slot->seq = log->written++;
	slot->time_ns = ktime_get_ns();
	spin_unlock_irqrestore(&log->lock, flags);
}

/* The loss of records is told by a read of its own. */
static int next_record(struct test_log *log, struct ut_record *record,
		       bool first)
{
	int ret = 0;

	spin_lock_irq(&log->lock);
	if (log->written - log->read > LOG_SIZE) {
		if (first)
			log->read = log->written - LOG_SIZE;
		ret = -EOVERFLOW;
	} else if (log->read < log->written) {
		*record = log->records[log->read++ % LOG_SIZE];
		ret = 1;
	}
	spin_unlock_irq(&log->lock);
	return ret;
}

ssize_t test_log_read(struct test_log *log, char __user *buffer, size_t size)
{
	struct ut_record record;
	size_t done = 0;
	int ret;

	while (size - done >= sizeof(record)) {
		ret = next_record(log, &record, !done);
		if (ret <= 0)
			return done ?: ret;
		if (copy_to_user(buffer + done, &record, sizeof(record)))
			return -EFAULT;
		done += sizeof(record);
	}
	return done;
}
