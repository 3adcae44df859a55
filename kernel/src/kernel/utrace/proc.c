// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace: the line of /proc/PID/status.
 */
#include <linux/seq_file.h>

#include "utrace.h"

/*
 * The caller keeps the task, and with it the structure. A snapshot without the
 * lock is as good as one with it by the time it is read.
 */
void __utrace_proc_status(struct seq_file *m, struct task_struct *task)
{
	struct utrace *utrace = utrace_of(task);
	unsigned long events = READ_ONCE(task->utrace_flags);

	if (!utrace || !(events & UTRACE_FLAG_ATTACHED))
		return;
	seq_printf(m, "Utrace:\t%lx%s%s%s\n", events & UTRACE_EVENT_ALL,
		   READ_ONCE(utrace->hold) ? " stopped" : "",
		   READ_ONCE(utrace->report) ? " report" : "",
		   READ_ONCE(utrace->interrupt) ? " interrupt" : "");
}
