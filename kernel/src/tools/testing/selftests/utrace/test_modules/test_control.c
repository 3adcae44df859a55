// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace_test: /dev/utrace_test, see utrace_test.h.
 *
 * A session's engines are found by number under session.lock and used with a
 * reference. Calls into utrace are made with no lock held: a barrier may wait
 * while another thread detaches. What callbacks may expect after an answer is
 * noted after it, so a program that calls for one engine from several threads
 * at a time must not ask for contradictions.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/irq_work.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "test.h"

static int finish_examine(struct test_engine *test, struct task_struct *task)
{
	test->is_examined = false;
	return utrace_finish_examine(task, test->engine, &test->exam);
}

static int prepare_examine(struct test_engine *test, struct task_struct *task)
{
	int ret;

	if (test->is_examined)
		finish_examine(test, test->task);
	ret = utrace_prepare_examine(task, test->engine, &test->exam);
	test->is_examined = !ret;
	return ret;
}

static void free_test(struct kref *kref)
{
	struct test_engine *test = container_of(kref, struct test_engine, kref);

	if (test->is_examined)
		finish_examine(test, test->task);
	if (!IS_ERR_OR_NULL(test->engine))
		utrace_engine_put(test->engine);
	put_pid(test->pid);
	put_task_struct(test->task);
	kfree(test);
}

/**
 * test_put() - drop a reference
 * @test: The engine; may be freed.
 */
void test_put(struct test_engine *test)
{
	kref_put(&test->kref, free_test);
}

/**
 * test_get() - find an engine by its number
 * @session: Whose.
 * @id: The number.
 *
 * Return: The engine with a reference, or NULL.
 */
struct test_engine *test_get(struct test_session *session, int id)
{
	struct test_engine *test = NULL;

	if (id < 0 || id >= UT_ENGINES)
		return NULL;
	spin_lock(&session->lock);
	test = session->engines[id];
	if (test && IS_ERR_OR_NULL(READ_ONCE(test->engine)))
		test = NULL;
	if (test)
		kref_get(&test->kref);
	spin_unlock(&session->lock);
	return test;
}

/**
 * test_new() - give a number to an engine that is about to be attached
 * @session: Whose.
 * @id: The number.
 * @task: Where it will be attached.
 *
 * Return: The engine with two references, the session's and the caller's;
 * -EBUSY if the number is taken, -EINVAL if there is no such number, -ENOMEM.
 */
struct test_engine *test_new(struct test_session *session, int id,
			     struct task_struct *task)
{
	struct test_engine *test;

	if (id < 0 || id >= UT_ENGINES)
		return ERR_PTR(-EINVAL);
	test = kzalloc(sizeof(*test), GFP_KERNEL);
	if (!test)
		return ERR_PTR(-ENOMEM);
	kref_init(&test->kref);
	kref_get(&test->kref);
	spin_lock_init(&test->lock);
	test->session = session;
	test->id = id;
	test->task = get_task_struct(task);
	test->pid = get_task_pid(task, PIDTYPE_PID);
	spin_lock(&session->lock);
	if (session->engines[id]) {
		spin_unlock(&session->lock);
		test_put(test);
		test_put(test);
		return ERR_PTR(-EBUSY);
	}
	session->engines[id] = test;
	spin_unlock(&session->lock);
	return test;
}

/**
 * test_forget() - take back test_new()
 * @test: The engine, not attached any more; both references are dropped.
 */
void test_forget(struct test_engine *test)
{
	struct test_session *session = test->session;

	spin_lock(&session->lock);
	session->engines[test->id] = NULL;
	spin_unlock(&session->lock);
	test_put(test);
	test_put(test);
}

static void expect(struct test_engine *test, bool *what, bool value)
{
	unsigned long flags;

	spin_lock_irqsave(&test->lock, flags);
	*what = value;
	spin_unlock_irqrestore(&test->lock, flags);
}

/**
 * test_control() - utrace_control(), and what callbacks may expect after it
 * @test: The engine.
 * @task: The task pointer to call with.
 * @action: The action.
 * @by_pid: Call utrace_control_pid().
 *
 * Return: What the call answered.
 */
int test_control(struct test_engine *test, struct task_struct *task,
		 enum utrace_resume_action action, bool by_pid)
{
	int ret;

	if (action != UTRACE_STOP)
		expect(test, &test->held, false);
	if (by_pid)
		ret = utrace_control_pid(test->pid, test->engine, action);
	else
		ret = utrace_control(task, test->engine, action);
	if (!ret && action == UTRACE_STOP)
		expect(test, &test->held, true);
	if (!ret && action == UTRACE_DETACH)
		expect(test, &test->gone, true);
	return ret;
}

static void allow(struct test_engine *test, unsigned long kept,
		  unsigned long events)
{
	unsigned long flags;

	spin_lock_irqsave(&test->lock, flags);
	test->allowed = (test->allowed & kept) | events;
	spin_unlock_irqrestore(&test->lock, flags);
}

/**
 * test_events() - utrace_set_events(), and what callbacks may expect after it
 * @test: The engine.
 * @task: The task pointer to call with.
 * @events: The mask.
 * @by_pid: Call utrace_set_events_pid().
 *
 * Return: What the call answered.
 */
int test_events(struct test_engine *test, struct task_struct *task,
		unsigned long events, bool by_pid)
{
	int ret;

	allow(test, ~0ul, events);
	if (by_pid)
		ret = utrace_set_events_pid(test->pid, test->engine, events);
	else
		ret = utrace_set_events(task, test->engine, events);
	if (!ret)
		allow(test, 0, events);
	return ret;
}

static struct utrace_engine *do_attach(const struct ut_command *c,
				       struct task_struct *task,
				       struct pid *pid, void *data)
{
	int flags = c->flags & ~(UT_BY_PID | UT_STALE | UT_SAME);

	if (c->flags & UT_BY_PID)
		return utrace_attach_pid(pid, flags, test_ops(c->ops), data);
	return utrace_attach_task(task, flags, test_ops(c->ops), data);
}

/*
 * The data of an engine is its struct test_engine, which callbacks need. That
 * of another number can be asked for where no engine is made.
 */
static int cmd_create(struct test_session *session, struct ut_command *c,
		      struct task_struct *task, struct pid *pid)
{
	struct test_engine *test = test_new(session, c->id, task);
	struct utrace_engine *engine;

	if (IS_ERR(test))
		return PTR_ERR(test);
	engine = do_attach(c, task, pid, test);
	c->ret = PTR_ERR_OR_ZERO(engine);
	if (c->ret) {
		test_forget(test);
		return 0;
	}
	WRITE_ONCE(test->engine, engine);
	test_put(test);
	return 0;
}

static int number_of(struct test_session *session,
		     const struct utrace_engine *engine)
{
	int id, found = -1;

	spin_lock(&session->lock);
	for (id = 0; id < UT_ENGINES; id++)
		if (session->engines[id] &&
		    session->engines[id]->engine == engine)
			found = id;
	spin_unlock(&session->lock);
	return found;
}

static int cmd_find(struct test_session *session, struct ut_command *c,
		    struct task_struct *task, struct pid *pid)
{
	struct test_engine *data = test_get(session, c->data);
	struct utrace_engine *engine;

	engine = do_attach(c, task, pid, data);
	c->ret = PTR_ERR_OR_ZERO(engine);
	if (!c->ret) {
		c->id = number_of(session, engine);
		utrace_engine_put(engine);
	}
	if (data)
		test_put(data);
	return 0;
}

/*
 * Whom UT_ATTACH means. A pid may have lost its task, so they are two; both with
 * a reference.
 */
static int find_thread(struct test_session *session, const struct ut_command *c,
		       struct task_struct **task, struct pid **pid)
{
	struct test_engine *test;

	if (c->flags & UT_SAME) {
		test = test_get(session, c->data);
		if (!test)
			return -EBADF;
		*task = get_task_struct(test->task);
		*pid = get_pid(test->pid);
		test_put(test);
		return 0;
	}
	*pid = find_get_pid(c->pid);
	*task = get_pid_task(*pid, PIDTYPE_PID);
	if (*task)
		return 0;
	put_pid(*pid);
	return -ESRCH;
}

/* No lock: utrace_attach_task() may wait for a creator. */
static int cmd_attach(struct test_session *session, struct ut_command *c)
{
	struct task_struct *task;
	struct pid *pid;
	int ret;

	ret = find_thread(session, c, &task, &pid);
	if (ret)
		return ret;
	if (c->flags & UTRACE_ATTACH_CREATE)
		ret = cmd_create(session, c, task, pid);
	else
		ret = cmd_find(session, c, task, pid);
	put_pid(pid);
	put_task_struct(task);
	return ret;
}

static void cmd_barrier(struct test_engine *test, struct task_struct *task,
			struct ut_command *c)
{
	if (c->flags & UT_BY_PID)
		c->ret = utrace_barrier_pid(test->pid, test->engine);
	else
		c->ret = utrace_barrier(task, test->engine);
}

static void cmd_regs(struct test_engine *test, struct ut_command *c)
{
	c->value = instruction_pointer(task_pt_regs(test->task));
	c->more = user_stack_pointer(task_pt_regs(test->task));
}

static int cmd_rule(struct test_engine *test, const struct ut_rule *rule)
{
	int ret = 0;

	if (rule->kind >= UT_KINDS)
		return -EINVAL;
	spin_lock_irq(&test->lock);
	if (test->nr_rules == UT_RULES) {
		ret = -ENOSPC;
	} else {
		test->used[test->nr_rules] = 0;
		test->rule[test->nr_rules++] = *rule;
	}
	spin_unlock_irq(&test->lock);
	return ret;
}

static void cmd_no_rules(struct test_engine *test)
{
	spin_lock_irq(&test->lock);
	test->nr_rules = 0;
	spin_unlock_irq(&test->lock);
}

static void cmd_state(struct test_engine *test, struct ut_command *c)
{
	spin_lock_irq(&test->lock);
	c->running = test->running;
	memcpy(c->n, test->n, sizeof(c->n));
	spin_unlock_irq(&test->lock);
	c->events = READ_ONCE(test->engine->flags);
}

/*
 * Detaches for good. -EALREADY and -ESRCH mean that the last callbacks are
 * coming or came: they are over when a barrier says -ESRCH.
 */
static void detach(struct test_engine *test)
{
	int ret = utrace_control(test->task, test->engine, UTRACE_DETACH);

	if (!ret)
		return;
	for (;;) {
		ret = utrace_barrier(test->task, test->engine);
		if (ret == -ESRCH)
			return;
		schedule_timeout_uninterruptible(1);
		ret = utrace_control(test->task, test->engine, UTRACE_DETACH);
		if (!ret)
			return;
	}
}

static void drop(struct test_engine *test)
{
	detach(test);
	test_forget(test);
}

static void poke_from_interrupt(struct irq_work *work)
{
	utrace_poke();
}

/* The interrupt is taken at once, on this processor, by this thread. */
static void cmd_poke(const struct ut_command *c)
{
	struct irq_work work = IRQ_WORK_INIT_HARD(poke_from_interrupt);

	if (!c->value) {
		utrace_poke();
		return;
	}
	preempt_disable();
	irq_work_queue(&work);
	while (irq_work_is_busy(&work))
		cpu_relax();
	preempt_enable();
}

static int test_syscalls(struct test_engine *test, struct task_struct *task,
			 u64 nr)
{
	DECLARE_BITMAP(syscalls, UTRACE_NR_SYSCALLS) = {};

	if (nr >= UTRACE_NR_SYSCALLS)
		return utrace_set_syscalls(task, test->engine, NULL);
	__set_bit(nr, syscalls);
	return utrace_set_syscalls(task, test->engine, syscalls);
}

/* As sigqueue() by nobody: whose signal it was is not what is tried. */
static int test_give_back(struct test_engine *test, u64 signr, u64 value)
{
	kernel_siginfo_t info;

	if (!valid_signal(signr) || !signr)
		return -EINVAL;
	clear_siginfo(&info);
	info.si_signo = signr;
	info.si_code = SI_QUEUE;
	info.si_int = value;
	return utrace_give_back(test->task, &info);
}

static int run_on_engine(struct test_engine *test, struct ut_command *c)
{
	struct task_struct *task = test->task;

	if (c->flags & UT_STALE)
		task = (struct task_struct *)POISON_POINTER_DELTA + 0x100;
	switch (c->op) {
	case UT_EVENTS:
		c->ret =
			test_events(test, task, c->value, c->flags & UT_BY_PID);
		return 0;
	case UT_SYSCALLS:
		c->ret = test_syscalls(test, task, c->value);
		return 0;
	case UT_CONTROL:
		c->ret = test_control(test, task, c->value,
				      c->flags & UT_BY_PID);
		return 0;
	case UT_BARRIER:
		cmd_barrier(test, task, c);
		return 0;
	case UT_PREPARE:
		c->ret = prepare_examine(test, task);
		return 0;
	case UT_FINISH:
		c->ret = finish_examine(test, task);
		return 0;
	case UT_REGS:
		cmd_regs(test, c);
		return 0;
	case UT_RULE:
		return cmd_rule(test, &c->rule);
	case UT_NO_RULES:
		cmd_no_rules(test);
		return 0;
	case UT_STATE:
		cmd_state(test, c);
		return 0;
	case UT_GIVE_BACK:
		c->ret = test_give_back(test, c->value, c->more);
		return 0;
	}
	return -EINVAL;
}

static int cmd_drop(struct test_session *session, int id)
{
	struct test_engine *test;

	mutex_lock(&session->drops);
	test = test_get(session, id);
	if (test)
		drop(test);
	mutex_unlock(&session->drops);
	return test ? 0 : -EBADF;
}

static int run_command(struct test_session *session, struct ut_command *c)
{
	struct test_engine *test;
	int ret;

	if (c->op == UT_ATTACH)
		return cmd_attach(session, c);
	if (c->op == UT_DROP)
		return cmd_drop(session, c->id);
	if (c->op == UT_POKE) {
		cmd_poke(c);
		return 0;
	}
	test = test_get(session, c->id);
	if (!test)
		return -EBADF;
	ret = run_on_engine(test, c);
	test_put(test);
	return ret;
}

static long test_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	struct test_session *session = file->private_data;
	struct ut_command c;
	int ret;

	if (nr != UT_CALL)
		return -ENOTTY;
	if (copy_from_user(&c, (void __user *)arg, sizeof(c)))
		return -EFAULT;
	c.ret = 0;
	ret = run_command(session, &c);
	c.bad = atomic_read(&session->bad);
	if (!ret && copy_to_user((void __user *)arg, &c, sizeof(c)))
		return -EFAULT;
	return ret;
}

static ssize_t test_read(struct file *file, char __user *buffer, size_t size,
			 loff_t *pos)
{
	struct test_session *session = file->private_data;

	return test_log_read(&session->log, buffer, size);
}

static int test_open(struct inode *inode, struct file *file)
{
	struct test_session *session = kzalloc(sizeof(*session), GFP_KERNEL);
	int ret;

	if (!session)
		return -ENOMEM;
	spin_lock_init(&session->lock);
	mutex_init(&session->drops);
	ret = test_log_init(&session->log);
	if (ret) {
		kfree(session);
		return ret;
	}
	file->private_data = session;
	return 0;
}

/*
 * An engine that is left may make new ones in report_clone as long as it is
 * attached: the round is repeated until there is none.
 */
static int test_release(struct inode *inode, struct file *file)
{
	struct test_session *session = file->private_data;
	bool found;
	int id;

	do {
		found = false;
		for (id = 0; id < UT_ENGINES; id++)
			found |= !cmd_drop(session, id);
	} while (found);
	test_log_free(&session->log);
	kfree(session);
	return 0;
}

static const struct file_operations test_fops = {
	.owner = THIS_MODULE,
	.open = test_open,
	.release = test_release,
	.read = test_read,
	.unlocked_ioctl = test_ioctl,
};

static struct miscdevice test_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "utrace_test",
	.fops = &test_fops,
	.mode = 0600,
};

module_misc_device(test_device);
MODULE_DESCRIPTION("utrace engines that do what they are told");
MODULE_LICENSE("GPL");
