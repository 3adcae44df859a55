// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace_idle: an engine that wants every event and does nothing about it, on a
 * thread and on all that it creates from then on. What another tracer sees of
 * these threads must be what it sees without the module. The same holds for one
 * that asks for reports and steps of its own now and then.
 *
 * The list of engines is under engines_mutex; an entry goes when its thread was
 * reaped and the list is looked through next, or when the module is unloaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/hash.h>
#include <linux/module.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/utrace.h>

/**
 * struct idle - one engine
 * @entry: In engines.
 * @task: Where it is attached. Not owned: only handed to utrace.
 * @engine: The engine, with a reference of ours.
 * @gone: report_reap has come.
 */
struct idle {
	struct list_head entry;
	struct task_struct *task;
	struct utrace_engine *engine;
	bool gone;
};

static LIST_HEAD(engines);
static DEFINE_MUTEX(engines_mutex);
static atomic_long_t callbacks = ATOMIC_LONG_INIT(0);
static atomic_long_t attached = ATOMIC_LONG_INIT(0);
static atomic_long_t failed = ATOMIC_LONG_INIT(0);

static int pid;
module_param(pid, int, 0444);
MODULE_PARM_DESC(pid, "the thread to begin with");

static unsigned long events = UTRACE_EVENT_ALL;
module_param(events, ulong, 0444);
MODULE_PARM_DESC(events, "what it wants to hear of, besides clone and reap");

static unsigned int wish = UTRACE_RESUME;
module_param(wish, uint, 0444);
MODULE_PARM_DESC(wish, "what it asks for in one of eight callbacks");

static int get_count(char *buffer, const struct kernel_param *kp)
{
	return sysfs_emit(buffer, "%ld\n", atomic_long_read(kp->arg));
}

static const struct kernel_param_ops count_ops = { .get = get_count };

module_param_cb(callbacks, &count_ops, &callbacks, 0444);
MODULE_PARM_DESC(callbacks, "how many were made");
module_param_cb(attached, &count_ops, &attached, 0444);
MODULE_PARM_DESC(attached, "how many engines there were");
module_param_cb(failed, &count_ops, &failed, 0444);
MODULE_PARM_DESC(failed, "how many threads could not be attached to");

static const struct utrace_engine_ops idle_ops;

/* Entries whose thread is gone; report_reap itself may not sleep. */
static void forget_gone_locked(void)
{
	struct idle *idle, *next;

	lockdep_assert_held(&engines_mutex);
	list_for_each_entry_safe(idle, next, &engines, entry) {
		/* Pairs with the release in idle_reap(). */
		if (!smp_load_acquire(&idle->gone))
			continue;
		list_del(&idle->entry);
		utrace_engine_put(idle->engine);
		kfree(idle);
	}
}

static int idle_attach(struct task_struct *task)
{
	struct idle *idle = kzalloc(sizeof(*idle), GFP_KERNEL);

	if (!idle)
		return -ENOMEM;
	idle->task = task;
	idle->engine =
		utrace_attach_task(task, UTRACE_ATTACH_CREATE, &idle_ops, idle);
	if (IS_ERR(idle->engine)) {
		int ret = PTR_ERR(idle->engine);

		kfree(idle);
		return ret;
	}
	atomic_long_inc(&attached);
	/*
	 * Listed before it has events: until then there is no report_reap, and
	 * a thread that is reaped without it is noticed at unloading.
	 */
	mutex_lock(&engines_mutex);
	forget_gone_locked();
	list_add_tail(&idle->entry, &engines);
	utrace_set_events(task, idle->engine,
			  events | UTRACE_EVENT(CLONE) | UTRACE_EVENT(REAP));
	mutex_unlock(&engines_mutex);
	return 0;
}

/* In no period: one that fits a system call would break it off for ever. */
static u32 count_callback(void)
{
	long number = atomic_long_inc_return(&callbacks);

	return hash_long(number, 3) ? UTRACE_RESUME : wish;
}

static u32 idle_quiesce(u32 action, struct utrace_engine *engine,
			struct task_struct *task, unsigned long event)
{
	return count_callback();
}

/* What becomes of the signal stays as it is. */
static u32 idle_signal(u32 action, struct utrace_engine *engine,
		       struct task_struct *task, struct pt_regs *regs,
		       kernel_siginfo_t *info,
		       const struct k_sigaction *orig_ka,
		       struct k_sigaction *return_ka)
{
	return count_callback() | utrace_signal_action(action);
}

static u32 idle_clone(u32 action, struct utrace_engine *engine,
		      struct task_struct *parent, unsigned long clone_flags,
		      struct task_struct *child)
{
	if (idle_attach(child))
		atomic_long_inc(&failed);
	return count_callback();
}

static u32 idle_jctl(u32 action, struct utrace_engine *engine,
		     struct task_struct *task, int type, int notify)
{
	return count_callback();
}

static u32 idle_exec(u32 action, struct utrace_engine *engine,
		     struct task_struct *task, const struct linux_binfmt *fmt,
		     const struct linux_binprm *bprm, struct pt_regs *regs)
{
	return count_callback();
}

static u32 idle_entry(u32 action, struct utrace_engine *engine,
		      struct task_struct *task, struct pt_regs *regs)
{
	return count_callback() | utrace_syscall_action(action);
}

static u32 idle_return(u32 action, struct utrace_engine *engine,
		       struct task_struct *task, struct pt_regs *regs)
{
	return count_callback();
}

static u32 idle_exit(u32 action, struct utrace_engine *engine,
		     struct task_struct *task, long orig_code, long *code)
{
	return count_callback();
}

static u32 idle_death(struct utrace_engine *engine, struct task_struct *task,
		      bool group_dead, int signal)
{
	atomic_long_inc(&callbacks);
	return UTRACE_RESUME;
}

static void idle_reap(struct utrace_engine *engine, struct task_struct *task)
{
	struct idle *idle = engine->data;

	atomic_long_inc(&callbacks);
	/* Pairs with forget_gone_locked(): nothing is touched after this. */
	smp_store_release(&idle->gone, true);
}

static const struct utrace_engine_ops idle_ops = {
	.report_quiesce = idle_quiesce,
	.report_signal = idle_signal,
	.report_clone = idle_clone,
	.report_jctl = idle_jctl,
	.report_exec = idle_exec,
	.report_syscall_entry = idle_entry,
	.report_syscall_exit = idle_return,
	.report_exit = idle_exit,
	.report_death = idle_death,
	.report_reap = idle_reap,
};

static int __init idle_init(void)
{
	struct pid *found = find_get_pid(pid);
	struct task_struct *task = get_pid_task(found, PIDTYPE_PID);
	int ret;

	if ((events & ~UTRACE_EVENT_ALL) || wish == UTRACE_STOP ||
	    wish >= UTRACE_DETACH) {
		put_pid(found);
		return -EINVAL;
	}
	put_pid(found);
	if (!task)
		return -ESRCH;
	ret = idle_attach(task);
	put_task_struct(task);
	return ret;
}

/* After 0 no callback comes or runs; else one may: it is waited for. */
static void leave(struct idle *idle)
{
	if (utrace_control(idle->task, idle->engine, UTRACE_DETACH))
		while (utrace_barrier(idle->task, idle->engine) == -ERESTARTSYS)
			schedule_timeout_uninterruptible(1);
	utrace_engine_put(idle->engine);
}

/* A child that was attached while we left its parent is behind it in the list. */
static void __exit idle_exit_module(void)
{
	struct idle *idle;

	for (;;) {
		mutex_lock(&engines_mutex);
		idle = list_first_entry_or_null(&engines, struct idle, entry);
		if (idle)
			list_del(&idle->entry);
		mutex_unlock(&engines_mutex);
		if (!idle)
			return;
		leave(idle);
		kfree(idle);
	}
}

module_init(idle_init);
module_exit(idle_exit_module);
MODULE_DESCRIPTION("An idle tracing engine on all that a thread creates");
MODULE_LICENSE("GPL");
