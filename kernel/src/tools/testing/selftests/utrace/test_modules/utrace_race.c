// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace_race: engines that check, on every callback, that it may come at all.
 *
 * What is true here: an engine belongs to the file that attached it, or to that
 * of its parent's engine. It is freed when it is forgotten or the file is
 * closed, in both cases after utrace said that it is fully detached: a callback
 * that comes later is a use after free. Everything that checks is under
 * race_engine.lock, under which nothing sleeps.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/ptrace.h>
#include <linux/random.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/utrace.h>
#include <linux/xarray.h>

#include "utrace_race.h"

/**
 * struct race_file - one tracer
 * @engines: Its engines by number. An entry is put there by ioctl or by a
 *	report_clone callback, and erased under @lock.
 * @lock: Keeps the engines that a command looks at.
 * @delay_us: How long a callback of each kind takes.
 * @actions: What a callback of each kind returns one of; 0 for UTRACE_RESUME.
 * @follow: Attach to children.
 * @bad: Callbacks that must not have come, of all engines.
 */
struct race_file {
	struct xarray engines;
	/* Outermost; a callback never takes it. */
	struct mutex lock;
	u32 delay_us[RACE_NR_KINDS];
	u32 actions[RACE_NR_KINDS];
	bool follow;
	atomic_t bad;
};

/**
 * struct race_engine - an engine and what it knows
 * @file: Whose it is.
 * @engine: The engine, with a reference.
 * @task: Where it is attached, with a reference.
 * @creator: The engine that the creator's callback made, if that must be first;
 *	with a reference.
 * @kref: The file's reference, one of each running command, and those of engines
 *	that have it as @creator.
 * @is_child: It was made by a callback.
 * @lock: All that follows.
 * @n: Callbacks of each kind that have begun.
 * @running: The kinds that run.
 * @gone: DETACH has said that nothing comes any more.
 * @late: A call has said that the task is at its end.
 * @held: STOP has said that the task stands still.
 * @limited: Nothing but @allowed may come.
 * @limit_due: The same after a barrier: since the last one a callback may run
 *	that a call has disabled.
 * @gone_due: A barrier makes it @gone.
 * @allowed: See there.
 */
struct race_engine {
	struct race_file *file;
	struct utrace_engine *engine;
	struct task_struct *task;
	struct race_engine *creator;
	struct kref kref;
	bool is_child;
	/* Innermost; taken in callbacks. */
	spinlock_t lock;
	u32 n[RACE_NR_KINDS];
	u32 running;
	bool gone;
	bool late;
	bool held;
	bool limited;
	bool limit_due;
	bool gone_due;
	unsigned long allowed;
};

static void race_engine_release(struct kref *kref)
{
	struct race_engine *r = container_of(kref, struct race_engine, kref);

	if (r->creator)
		kref_put(&r->creator->kref, race_engine_release);
	if (r->engine)
		utrace_engine_put(r->engine);
	put_task_struct(r->task);
	kfree(r);
}

static void race_engine_put(struct race_engine *r)
{
	kref_put(&r->kref, race_engine_release);
}

static unsigned long kind_events(enum race_kind kind)
{
	/* Reports that were asked for included. */
	if (kind == RACE_SIGNAL)
		return UTRACE_EVENT_SIGNAL_ALL | UTRACE_EVENT(QUIESCE);
	if (kind == RACE_JCTL)
		return UTRACE_EVENT(JCTL);
	return 1UL << kind;
}

/* What may come to a held task, as SIGKILL may. */
static bool is_of_the_end(enum race_kind kind, unsigned long event)
{
	if (kind == RACE_QUIESCE)
		return event & (UTRACE_EVENT(EXIT) | UTRACE_EVENT(DEATH));
	return kind == RACE_EXIT || kind == RACE_DEATH || kind == RACE_REAP;
}

/* What may come once a call has found the task at its end. */
static bool is_late(enum race_kind kind, unsigned long event)
{
	if (kind == RACE_QUIESCE)
		return event == UTRACE_EVENT(DEATH);
	return kind == RACE_DEATH || kind == RACE_REAP;
}

/* Says why this callback must not come, or NULL. */
static const char *find_fault(const struct race_engine *r, enum race_kind kind,
			      unsigned long event)
{
	if (r->gone)
		return "after DETACH was answered by 0";
	if (r->running)
		return "while another one runs";
	if (r->n[RACE_REAP])
		return "after report_reap";
	if (r->n[RACE_DEATH] && kind != RACE_REAP)
		return "after report_death";
	if (r->late && !is_late(kind, event))
		return "after the task was said to be at its end";
	if (r->held && !is_of_the_end(kind, event))
		return "while the task is held";
	if (r->limited && !(r->allowed & kind_events(kind)))
		return "although its event was cleared";
	if (r->creator && r->creator->n[kind] < r->n[kind] + 1 &&
	    (READ_ONCE(r->creator->engine->flags) & kind_events(kind)))
		return "before that of the creator's engine";
	return NULL;
}

static u32 begin(struct race_engine *r, enum race_kind kind,
		 unsigned long event)
{
	struct race_file *file = r->file;
	u32 delay_us = READ_ONCE(file->delay_us[kind]);
	const char *fault;

	spin_lock(&r->lock);
	fault = find_fault(r, kind, event);
	if (fault) {
		atomic_inc(&file->bad);
		pr_err_ratelimited("BAD %s[%d]: callback %d (event %lx) %s\n",
				   r->task->comm, r->task->pid, kind, event,
				   fault);
	}
	r->n[kind]++;
	r->running |= 1 << kind;
	spin_unlock(&r->lock);
	if (delay_us && kind != RACE_REAP)
		fsleep(get_random_u32_below(delay_us) + 1);
	return UTRACE_RESUME;
}

static u32 choose_action(const struct race_file *file, enum race_kind kind)
{
	u32 actions = READ_ONCE(file->actions[kind]);
	u32 skip;

	if (!actions)
		return UTRACE_RESUME;
	skip = get_random_u32_below(hweight32(actions));
	while (skip--)
		actions &= actions - 1;
	return __ffs(actions);
}

/* A callback that must not have come may still lift the stop. */
static u32 end(struct race_engine *r, enum race_kind kind)
{
	u32 action = choose_action(r->file, kind);

	spin_lock(&r->lock);
	r->running &= ~(1 << kind);
	if (action != UTRACE_STOP)
		r->held = false;
	spin_unlock(&r->lock);
	return action;
}

static u32 race_report_quiesce(u32 action, struct utrace_engine *engine,
			       struct task_struct *task, unsigned long event)
{
	begin(engine->data, RACE_QUIESCE, event);
	return end(engine->data, RACE_QUIESCE);
}

static u32 race_report_signal(u32 action, struct utrace_engine *engine,
			      struct task_struct *task, struct pt_regs *regs,
			      kernel_siginfo_t *info,
			      const struct k_sigaction *orig_ka,
			      struct k_sigaction *return_ka)
{
	begin(engine->data, RACE_SIGNAL, 0);
	return end(engine->data, RACE_SIGNAL) | utrace_signal_action(action);
}

static u32 race_report_jctl(u32 action, struct utrace_engine *engine,
			    struct task_struct *task, int type, int notify)
{
	begin(engine->data, RACE_JCTL, 0);
	return end(engine->data, RACE_JCTL);
}

static u32 race_report_exec(u32 action, struct utrace_engine *engine,
			    struct task_struct *task,
			    const struct linux_binfmt *fmt,
			    const struct linux_binprm *bprm,
			    struct pt_regs *regs)
{
	begin(engine->data, RACE_EXEC, 0);
	return end(engine->data, RACE_EXEC);
}

static u32 race_report_syscall_entry(u32 action, struct utrace_engine *engine,
				     struct task_struct *task,
				     struct pt_regs *regs)
{
	begin(engine->data, RACE_SYSCALL_ENTRY, 0);
	return end(engine->data, RACE_SYSCALL_ENTRY);
}

static u32 race_report_syscall_exit(u32 action, struct utrace_engine *engine,
				    struct task_struct *task,
				    struct pt_regs *regs)
{
	begin(engine->data, RACE_SYSCALL_EXIT, 0);
	return end(engine->data, RACE_SYSCALL_EXIT);
}

static u32 race_report_exit(u32 action, struct utrace_engine *engine,
			    struct task_struct *task, long orig_code,
			    long *code)
{
	begin(engine->data, RACE_EXIT, 0);
	return end(engine->data, RACE_EXIT);
}

static u32 race_report_death(struct utrace_engine *engine,
			     struct task_struct *task, bool group_dead,
			     int signal)
{
	begin(engine->data, RACE_DEATH, 0);
	end(engine->data, RACE_DEATH);
	return UTRACE_RESUME;
}

static void race_report_reap(struct utrace_engine *engine,
			     struct task_struct *task)
{
	begin(engine->data, RACE_REAP, 0);
	end(engine->data, RACE_REAP);
}

static u32 race_report_clone(u32 action, struct utrace_engine *engine,
			     struct task_struct *parent,
			     unsigned long clone_flags,
			     struct task_struct *child);

static const struct utrace_engine_ops race_ops = {
	.report_quiesce = race_report_quiesce,
	.report_signal = race_report_signal,
	.report_clone = race_report_clone,
	.report_jctl = race_report_jctl,
	.report_exec = race_report_exec,
	.report_syscall_entry = race_report_syscall_entry,
	.report_syscall_exit = race_report_syscall_exit,
	.report_exit = race_report_exit,
	.report_death = race_report_death,
	.report_reap = race_report_reap,
};

/* An engine with an empty mask, which makes no callback yet. */
static struct race_engine *race_engine_create(struct race_file *file,
					      struct task_struct *task,
					      bool is_child, u32 *id)
{
	struct race_engine *r = kzalloc(sizeof(*r), GFP_KERNEL);
	int ret;

	if (!r)
		return ERR_PTR(-ENOMEM);
	kref_init(&r->kref);
	spin_lock_init(&r->lock);
	r->file = file;
	r->is_child = is_child;
	r->task = get_task_struct(task);
	r->engine =
		utrace_attach_task(task, UTRACE_ATTACH_CREATE, &race_ops, r);
	ret = PTR_ERR_OR_ZERO(r->engine);
	if (ret) {
		r->engine = NULL;
	} else {
		ret = xa_alloc(&file->engines, id, r, xa_limit_31b, GFP_KERNEL);
		if (ret)
			utrace_control(task, r->engine, UTRACE_DETACH);
	}
	if (ret) {
		race_engine_put(r);
		return ERR_PTR(ret);
	}
	return r;
}

/* Nothing but memory can be in the way: the child has not run. */
static int follow_child(struct race_engine *r, struct task_struct *child)
{
	struct race_engine *c;
	u32 id;

	c = race_engine_create(r->file, child, true, &id);
	if (IS_ERR(c))
		return PTR_ERR(c) == -ENOMEM ? 0 : PTR_ERR(c);
	return utrace_set_events(child, c->engine, READ_ONCE(r->engine->flags));
}

static u32 race_report_clone(u32 action, struct utrace_engine *engine,
			     struct task_struct *parent,
			     unsigned long clone_flags,
			     struct task_struct *child)
{
	struct race_engine *r = engine->data;

	begin(r, RACE_CLONE, 0);
	if (READ_ONCE(r->file->follow) && follow_child(r, child))
		atomic_inc(&r->file->bad);
	return end(r, RACE_CLONE);
}

static struct task_struct *find_task(pid_t nr, u32 wait_us)
{
	ktime_t end = ktime_add_us(ktime_get(), wait_us);
	struct task_struct *task;

	do {
		rcu_read_lock();
		task = pid_task(find_vpid(nr), PIDTYPE_PID);
		if (task)
			get_task_struct(task);
		rcu_read_unlock();
		cond_resched();
	} while (!task && ktime_before(ktime_get(), end) &&
		 !signal_pending(current));
	return task;
}

static int race_attach(struct race_file *file, struct race_command *command)
{
	struct task_struct *task = find_task(command->pid, 0);
	struct race_engine *r;

	if (!task)
		return -ESRCH;
	r = race_engine_create(file, task, false, &command->id);
	put_task_struct(task);
	if (IS_ERR(r))
		return PTR_ERR(r);
	/* Too late is an answer like others; the engine is there. */
	return utrace_set_events(r->task, r->engine, command->mask);
}

static struct race_engine *find_child(struct race_file *file,
				      const struct task_struct *task)
{
	struct race_engine *r;
	unsigned long id;

	xa_for_each(&file->engines, id, r)
		if (r->is_child && r->task == task)
			return r;
	return NULL;
}

/* The creator's callback has attached to this child; so it must be there. */
static int race_newborn(struct race_file *file, struct race_command *command)
{
	struct task_struct *task = find_task(command->pid, command->value);
	struct race_engine *r, *creator;

	if (!task)
		return -ESRCH;
	r = race_engine_create(file, task, false, &command->id);
	put_task_struct(task);
	if (IS_ERR(r))
		return PTR_ERR(r);
	creator = find_child(file, r->task);
	if (!creator)
		return -EPROTO;
	kref_get(&creator->kref);
	r->creator = creator;
	return utrace_set_events(r->task, r->engine, command->mask);
}

static void set_mark(struct race_engine *r, bool *mark, bool value)
{
	spin_lock(&r->lock);
	*mark = value;
	spin_unlock(&r->lock);
}

static int race_set_events(struct race_engine *r, unsigned long mask)
{
	int ret;

	set_mark(r, &r->limited, false);
	ret = utrace_set_events(r->task, r->engine, mask);
	spin_lock(&r->lock);
	if (ret == 0 || ret == -EINPROGRESS)
		r->allowed = mask;
	r->gone |= ret == -ESRCH;
	if (ret == -EINPROGRESS)
		r->limit_due = true;
	r->limited = ret == 0 && !r->limit_due;
	if (ret == -EALREADY)
		r->late = true;
	spin_unlock(&r->lock);
	return ret;
}

static int race_control(struct race_engine *r, enum utrace_resume_action action)
{
	int ret;

	if (action != UTRACE_STOP)
		set_mark(r, &r->held, false);
	ret = utrace_control(r->task, r->engine, action);
	if (action == UTRACE_STOP && ret == 0)
		set_mark(r, &r->held, true);
	if (action == UTRACE_DETACH && ret == 0)
		set_mark(r, &r->gone, true);
	if (action == UTRACE_DETACH && ret == -EINPROGRESS)
		set_mark(r, &r->gone_due, true);
	if (ret == -EALREADY || (action != UTRACE_DETACH && ret == -ESRCH))
		set_mark(r, &r->late, true);
	return ret;
}

/* What -EINPROGRESS has left open is settled by a barrier. */
static int race_barrier(struct race_engine *r)
{
	int ret = utrace_barrier(r->task, r->engine);

	spin_lock(&r->lock);
	if (ret == -ESRCH || (ret == 0 && r->gone_due))
		r->gone = true;
	if (ret == 0 && r->limit_due) {
		r->limit_due = false;
		r->limited = true;
	}
	spin_unlock(&r->lock);
	return ret == -ERESTARTSYS ? -EINTR : ret;
}

static int race_examine(struct race_engine *r, struct race_command *command)
{
	struct utrace_examiner exam;
	int ret = utrace_prepare_examine(r->task, r->engine, &exam);

	if (ret)
		return ret;
	command->mask = instruction_pointer(task_pt_regs(r->task));
	return utrace_finish_examine(r->task, r->engine, &exam);
}

static void race_state(struct race_engine *r, struct race_command *command)
{
	spin_lock(&r->lock);
	memcpy(command->n, r->n, sizeof(command->n));
	command->running = r->running;
	spin_unlock(&r->lock);
	command->bad = atomic_read(&r->file->bad);
}

static bool is_detached(struct race_engine *r)
{
	return utrace_barrier(r->task, r->engine) == -ESRCH;
}

static int race_drop(struct race_engine *r, u32 id)
{
	if (!is_detached(r))
		return -EBUSY;
	xa_erase(&r->file->engines, id);
	race_engine_put(r);
	return 0;
}

static u32 race_harvest(struct race_file *file)
{
	struct race_engine *r;
	unsigned long id;
	u32 left = 0;

	xa_for_each(&file->engines, id, r)
		if (r->is_child && race_drop(r, id))
			left++;
	return left;
}

static void race_control_all(struct race_file *file, u32 action)
{
	struct race_engine *r;
	unsigned long id;

	xa_for_each(&file->engines, id, r) {
		race_control(r, action);
		cond_resched();
	}
}

static u32 race_count(struct race_file *file)
{
	struct race_engine *r;
	unsigned long id;
	u32 count = 0;

	xa_for_each(&file->engines, id, r)
		count++;
	return count;
}

static void set_policy(u32 *policy, unsigned long kinds, u32 value)
{
	unsigned long kind;

	for_each_set_bit(kind, &kinds, RACE_NR_KINDS)
		WRITE_ONCE(policy[kind], value);
}

static int race_engine_command(struct race_engine *r,
			       struct race_command *command)
{
	switch (command->op) {
	case RACE_EVENTS:
		return race_set_events(r, command->mask);
	case RACE_EVENTS_LOOSE:
		return utrace_set_events(r->task, r->engine, command->mask);
	case RACE_CONTROL:
		return race_control(r, command->value);
	case RACE_BARRIER:
		return race_barrier(r);
	case RACE_EXAMINE:
		return race_examine(r, command);
	case RACE_STATE:
		race_state(r, command);
		return 0;
	}
	return -EINVAL;
}

/* Commands that may wait for callbacks keep their engine by a reference only. */
static int race_engine_ioctl(struct race_file *file,
			     struct race_command *command)
{
	struct race_engine *r;
	int ret;

	mutex_lock(&file->lock);
	r = xa_load(&file->engines, command->id);
	if (!r) {
		mutex_unlock(&file->lock);
		return -EBADF;
	}
	if (command->op == RACE_DROP) {
		ret = race_drop(r, command->id);
		mutex_unlock(&file->lock);
		return ret;
	}
	kref_get(&r->kref);
	mutex_unlock(&file->lock);
	ret = race_engine_command(r, command);
	race_engine_put(r);
	return ret;
}

static int race_file_command(struct race_file *file,
			     struct race_command *command)
{
	int ret = 0;

	mutex_lock(&file->lock);
	switch (command->op) {
	case RACE_ATTACH:
		ret = race_attach(file, command);
		break;
	case RACE_NEWBORN:
		ret = race_newborn(file, command);
		break;
	case RACE_HARVEST:
		command->value = race_harvest(file);
		break;
	case RACE_CONTROL_ALL:
		race_control_all(file, command->value);
		break;
	case RACE_COUNT:
		command->value = race_count(file);
		command->bad = atomic_read(&file->bad);
		break;
	case RACE_DELAY:
		set_policy(file->delay_us, command->mask, command->value);
		break;
	case RACE_RANDOM:
		set_policy(file->actions, command->mask, command->value);
		break;
	case RACE_FOLLOW:
		WRITE_ONCE(file->follow, command->value);
		break;
	}
	mutex_unlock(&file->lock);
	return ret;
}

static long race_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	struct race_file *tracer = file->private_data;
	struct race_command command;
	int ret;

	if (nr != RACE_IOC)
		return -ENOTTY;
	if (copy_from_user(&command, (void __user *)arg, sizeof(command)))
		return -EFAULT;
	if (command.op >= RACE_EVENTS && command.op <= RACE_DROP)
		ret = race_engine_ioctl(tracer, &command);
	else if (command.op <= RACE_FOLLOW)
		ret = race_file_command(tracer, &command);
	else
		ret = -EINVAL;
	if (copy_to_user((void __user *)arg, &command, sizeof(command)))
		return -EFAULT;
	return ret;
}

static int race_open(struct inode *inode, struct file *file)
{
	struct race_file *tracer = kzalloc(sizeof(*tracer), GFP_KERNEL);

	if (!tracer)
		return -ENOMEM;
	xa_init_flags(&tracer->engines, XA_FLAGS_ALLOC);
	mutex_init(&tracer->lock);
	file->private_data = tracer;
	return 0;
}

/*
 * Detaches for good. -EALREADY lasts as long as report_death does; -ESRCH and
 * -EINPROGRESS are over when a barrier says that nothing is attached. A barrier
 * is broken off at once in a task that is being killed, hence the sleep.
 */
static void race_engine_end(struct race_engine *r)
{
	while (utrace_control(r->task, r->engine, UTRACE_DETACH) &&
	       !is_detached(r))
		usleep_range(100, 1000);
}

/*
 * An engine that is ended makes no more children's engines, so the loop over all
 * comes to an end.
 */
static int race_release(struct inode *inode, struct file *file)
{
	struct race_file *tracer = file->private_data;
	struct race_engine *r;
	unsigned long id;

	WRITE_ONCE(tracer->follow, false);
	while (!xa_empty(&tracer->engines)) {
		xa_for_each(&tracer->engines, id, r) {
			race_engine_end(r);
			xa_erase(&tracer->engines, id);
			race_engine_put(r);
		}
	}
	xa_destroy(&tracer->engines);
	kfree(tracer);
	return 0;
}

static const struct proc_ops race_proc_ops = {
	.proc_open = race_open,
	.proc_release = race_release,
	.proc_ioctl = race_ioctl,
};

static int __init race_init(void)
{
	if (!proc_create("utrace_race", 0600, NULL, &race_proc_ops))
		return -ENOMEM;
	return 0;
}

/* Files that are open are released by this: all engines are gone after it. */
static void __exit race_exit(void)
{
	remove_proc_entry("utrace_race", NULL);
}

module_init(race_init);
module_exit(race_exit);
MODULE_DESCRIPTION("utrace engines that check what comes to them");
MODULE_LICENSE("GPL");
