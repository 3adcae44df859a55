// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tracing engine that counts the system calls of a thread and of all that it
 * creates, and says each one's sum when it exits:
 *
 *	# sh -c 'kill -STOP $$; ls /dev/null; exit' &
 *	# insmod syscount.ko pid=$!
 *	# kill -CONT $!
 *	/dev/null
 *	# dmesg | tail -n 2
 *	[    3.004130] syscount: ls (37): 142 system calls
 *	[    3.007476] syscount: sh (32): 11 system calls
 *	# rmmod syscount
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/utrace.h>

struct counter {
	struct list_head entry;
	struct task_struct *task; /* not owned: only handed to utrace */
	struct utrace_engine *engine;
	atomic_long_t calls;
};

static LIST_HEAD(counters);
static DEFINE_MUTEX(counters_mutex);

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "the thread to begin with");

static const struct utrace_engine_ops count_ops;

static int count_task(struct task_struct *task)
{
	struct counter *counter = kzalloc(sizeof(*counter), GFP_KERNEL);

	if (!counter)
		return -ENOMEM;
	counter->task = task;
	counter->engine = utrace_attach_task(task, UTRACE_ATTACH_CREATE,
					     &count_ops, counter);
	if (IS_ERR(counter->engine)) {
		int ret = PTR_ERR(counter->engine);

		kfree(counter);
		return ret;
	}
	mutex_lock(&counters_mutex);
	list_add_tail(&counter->entry, &counters);
	mutex_unlock(&counters_mutex);
	/* It may exit meanwhile, which is not our error. */
	utrace_set_events(task, counter->engine,
			  UTRACE_EVENT(SYSCALL_ENTRY) | UTRACE_EVENT(CLONE) |
				  UTRACE_EVENT(EXIT));
	return 0;
}

static u32 count_call(u32 action, struct utrace_engine *engine,
		      struct task_struct *task, struct pt_regs *regs)
{
	struct counter *counter = engine->data;

	atomic_long_inc(&counter->calls);
	/* Whether the call is made is for others to say. */
	return UTRACE_RESUME | utrace_syscall_action(action);
}

static u32 count_child(u32 action, struct utrace_engine *engine,
		       struct task_struct *parent, unsigned long clone_flags,
		       struct task_struct *child)
{
	if (count_task(child))
		pr_warn("a child of %s is not counted\n", parent->comm);
	return UTRACE_RESUME;
}

static u32 count_exit(u32 action, struct utrace_engine *engine,
		      struct task_struct *task, long orig_code, long *code)
{
	struct counter *counter = engine->data;

	pr_info("%s (%d): %ld system calls\n", task->comm, task_pid_nr(task),
		atomic_long_read(&counter->calls));
	/* The counter stays: the module's exit has to wait for us to return. */
	return UTRACE_DETACH;
}

static const struct utrace_engine_ops count_ops = {
	.report_syscall_entry = count_call,
	.report_clone = count_child,
	.report_exit = count_exit,
};

static int __init syscount_init(void)
{
	struct pid *found = find_get_pid(pid);
	struct task_struct *task = get_pid_task(found, PIDTYPE_PID);
	int ret;

	put_pid(found);
	if (!task)
		return -ESRCH;
	ret = count_task(task);
	put_task_struct(task);
	return ret;
}

/* After 0 no callback comes or runs; else one may: it is waited for. */
static void leave(struct counter *counter)
{
	if (utrace_control(counter->task, counter->engine, UTRACE_DETACH))
		while (utrace_barrier(counter->task, counter->engine) ==
		       -ERESTARTSYS)
			schedule_timeout_uninterruptible(1);
	utrace_engine_put(counter->engine);
}

/* A child that was attached while we left its parent is behind it in the list. */
static void __exit syscount_exit(void)
{
	struct counter *counter;

	for (;;) {
		mutex_lock(&counters_mutex);
		counter = list_first_entry_or_null(&counters, struct counter,
						   entry);
		if (counter)
			list_del(&counter->entry);
		mutex_unlock(&counters_mutex);
		if (!counter)
			return;
		leave(counter);
		kfree(counter);
	}
}

module_init(syscount_init);
module_exit(syscount_exit);
MODULE_DESCRIPTION("Sample tracing engine: counts system calls");
MODULE_LICENSE("GPL");
