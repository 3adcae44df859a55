// SPDX-License-Identifier: GPL-2.0-only
/*
 * utrace_test: the callbacks. Each makes a record, checks that it may come,
 * looks up its rule and does what that says.
 *
 * They run in the traced thread; report_reap in whoever releases it, where
 * nothing may sleep.
 */
#include <linux/binfmts.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/ptrace.h>
#include <linux/slab.h>
#include <linux/sched/signal.h>
#include <linux/sched/task_stack.h>
#include <asm/syscall.h>

#include "test.h"

/**
 * struct test_call - what the effect of a rule may work on
 * @regs: The registers.
 * @info: report_signal.
 * @return_ka: report_signal.
 * @child: report_clone.
 * @code: report_exit.
 */
struct test_call {
	struct pt_regs *regs;
	kernel_siginfo_t *info;
	struct k_sigaction *return_ka;
	struct task_struct *child;
	long *code;
};

/* The event whose bit must be set for a callback; 0 where several will do. */
static unsigned long needed_event(const struct ut_record *record)
{
	static const unsigned long events[UT_KINDS] = {
		[UT_QUIESCE] = UTRACE_EVENT(QUIESCE),
		[UT_CLONE] = UTRACE_EVENT(CLONE),
		[UT_EXEC] = UTRACE_EVENT(EXEC),
		[UT_SYSCALL_ENTRY] = UTRACE_EVENT(SYSCALL_ENTRY),
		[UT_SYSCALL_EXIT] = UTRACE_EVENT(SYSCALL_EXIT),
		[UT_JCTL] = UTRACE_EVENT(JCTL),
		[UT_EXIT] = UTRACE_EVENT(EXIT),
		[UT_DEATH] = UTRACE_EVENT(DEATH),
		[UT_REAP] = UTRACE_EVENT(REAP),
	};

	return events[record->kind];
}

/* May come on a thread that is stopped: it was killed. */
static bool is_last(const struct ut_record *record)
{
	switch (record->kind) {
	case UT_EXIT:
	case UT_DEATH:
	case UT_REAP:
		return true;
	case UT_QUIESCE:
		return record->arg[0] &
		       (UTRACE_EVENT(EXIT) | UTRACE_EVENT(DEATH));
	default:
		return false;
	}
}

static const char *find_fault(const struct test_engine *test,
			      const struct ut_record *record,
			      const struct task_struct *task)
{
	lockdep_assert_held(&test->lock);
	if (test->gone)
		return "after the engine was detached or reaped";
	if (test->running)
		return "while another one runs";
	if (test->held && !is_last(record))
		return "on a stopped thread";
	if (test->dead && record->kind != UT_REAP)
		return "after report_death";
	if (test->task != task)
		return "for another thread";
	if (record->kind != UT_REAP && task != current)
		return "in another thread";
	if (needed_event(record) & ~test->allowed)
		return "for an event that is not set";
	return NULL;
}

static struct ut_rule *find_rule(struct test_engine *test,
				 const struct ut_record *record)
{
	unsigned int i;

	lockdep_assert_held(&test->lock);
	for (i = 0; i < test->nr_rules; i++) {
		struct ut_rule *rule = &test->rule[i];

		if (rule->kind != record->kind ||
		    (rule->match != UT_ANY && rule->match != record->arg[0]) ||
		    (rule->times && test->used[i] >= rule->times))
			continue;
		test->used[i]++;
		return rule;
	}
	return NULL;
}

/* What happens without a rule. */
static void set_default_rule(struct ut_rule *rule)
{
	*rule = (struct ut_rule){
		.ret = UTRACE_RESUME,
		.flags = UT_KEEP_ACTION,
	};
}

static void begin(struct test_engine *test, struct ut_record *record,
		  const struct task_struct *task, struct ut_rule *rule)
{
	const struct ut_rule *found;
	const char *fault;
	unsigned long flags;

	spin_lock_irqsave(&test->lock, flags);
	fault = find_fault(test, record, task);
	test->running |= 1 << record->kind;
	test->n[record->kind]++;
	found = find_rule(test, record);
	if (found)
		*rule = *found;
	else
		set_default_rule(rule);
	spin_unlock_irqrestore(&test->lock, flags);

	if (!fault)
		return;
	atomic_inc(&test->session->bad);
	pr_warn_ratelimited("utrace_test: %d: callback %u (%lld) came %s\n",
			    test->id, record->kind, record->arg[0], fault);
}

static void end(struct test_engine *test, const struct ut_record *record)
{
	unsigned long flags;

	spin_lock_irqsave(&test->lock, flags);
	test->running &= ~(1 << record->kind);
	test->dead |= record->kind == UT_DEATH;
	test->gone |= record->kind == UT_REAP ||
		      utrace_resume_action(record->ret) == UTRACE_DETACH;
	spin_unlock_irqrestore(&test->lock, flags);
}

static int set_register(struct pt_regs *regs, u64 which, u64 value)
{
#ifdef CONFIG_X86_64
	switch (which) {
	case UT_REG_NR:
		regs->orig_ax = value;
		return 0;
	case UT_REG_ARG0:
		regs->di = value;
		return 0;
	case UT_REG_RESULT:
		regs->ax = value;
		return 0;
	case UT_REG_IP:
		instruction_pointer_set(regs, value);
		return 0;
	}
	return -EINVAL;
#else
	return -EOPNOTSUPP;
#endif
}

static int set_info(kernel_siginfo_t *info, const struct ut_rule *rule)
{
	if (!info)
		return -EINVAL;
	clear_siginfo(info);
	info->si_signo = rule->arg[0];
	info->si_code = rule->arg[1];
	info->si_int = rule->arg[2];
	return 0;
}

static int set_action(struct k_sigaction *ka, const struct ut_rule *rule)
{
	if (!ka)
		return -EINVAL;
	memset(ka, 0, sizeof(*ka));
	ka->sa.sa_handler = (void __user *)(unsigned long)rule->arg[0];
	ka->sa.sa_flags = rule->arg[1];
	ka->sa.sa_restorer = (void __user *)(unsigned long)rule->arg[2];
	ka->sa.sa_mask.sig[0] = rule->arg[3];
	return 0;
}

static int set_code(long *code, const struct ut_rule *rule)
{
	if (!code)
		return -EINVAL;
	*code = rule->arg[0];
	return 0;
}

static struct test_engine *new_from(struct test_session *session, u64 first,
				    struct task_struct *task)
{
	struct test_engine *test;
	u64 id;

	for (id = first; id < UT_ENGINES; id++) {
		test = test_new(session, id, task);
		if (PTR_ERR_OR_ZERO(test) != -EBUSY)
			return test;
	}
	return ERR_PTR(-EBUSY);
}

static void copy_rules(struct test_engine *to, const struct test_engine *from)
{
	to->nr_rules = from->nr_rules;
	memcpy(to->rule, from->rule, sizeof(to->rule));
}

/* Attaches to @task from within a callback on behalf of @test. */
static int join(struct test_engine *test, struct task_struct *task,
		const struct ut_rule *rule, bool follow)
{
	struct test_engine *new = new_from(test->session, rule->arg[0], task);
	struct utrace_engine *engine;
	int ret;

	if (IS_ERR(new))
		return PTR_ERR(new);
	if (follow)
		copy_rules(new, test);
	engine = utrace_attach_task(task, UTRACE_ATTACH_CREATE,
				    test_ops(UT_OPS), new);
	if (IS_ERR(engine)) {
		test_forget(new);
		return PTR_ERR(engine);
	}
	new->engine = engine;
	ret = test_events(new, task, rule->arg[1], false);
	if (!ret && follow && (s64)rule->arg[2] >= 0)
		ret = test_control(new, task, rule->arg[2], false);
	test_put(new);
	return ret;
}

/* A call on engine arg[0], which may be the one that is being called back. */
static int call_other(struct test_engine *test, const struct ut_rule *rule)
{
	struct test_engine *other = test_get(test->session, rule->arg[0]);
	int ret;

	if (!other)
		return -EBADF;
	if (rule->effect == UT_DO_CONTROL)
		ret = test_control(other, other->task, rule->arg[1], false);
	else if (rule->effect == UT_DO_EVENTS)
		ret = test_events(other, other->task, rule->arg[1], false);
	else
		ret = utrace_barrier(other->task, other->engine);
	test_put(other);
	return ret;
}

static int do_effect(struct test_engine *test, const struct ut_rule *rule,
		     struct test_call *call)
{
	switch (rule->effect) {
	case UT_SET_INFO:
		return set_info(call->info, rule);
	case UT_SET_ACTION:
		return set_action(call->return_ka, rule);
	case UT_SET_REG:
		return call->regs ? set_register(call->regs, rule->arg[0],
						 rule->arg[1]) :
				    -EINVAL;
	case UT_SET_CODE:
		return set_code(call->code, rule);
	case UT_FOLLOW:
		return call->child ? join(test, call->child, rule, true) :
				     -EINVAL;
	case UT_JOIN:
		return join(test, test->task, rule, false);
	case UT_DO_CONTROL:
	case UT_DO_EVENTS:
	case UT_DO_BARRIER:
		return call_other(test, rule);
	case UT_DO_POKE:
		utrace_poke();
		return 0;
	default:
		return 0;
	}
}

/*
 * One callback. The record is in the log before the rule is carried out, so
 * that a program that sees it knows that the callback runs or ran.
 */
static u32 run(struct test_engine *test, struct ut_record *record,
	       struct task_struct *task, u32 action, struct test_call *call)
{
	struct ut_rule rule;

	record->id = test->id;
	record->tid = task_pid_nr(task);
	record->action = action;
	if (task == current)
		record->flags = UT_CURRENT;
	begin(test, record, task, &rule);
	record->ret = rule.ret;
	if (rule.flags & UT_KEEP_ACTION)
		record->ret |= action & ~UTRACE_RESUME_MASK;
	/* For the effects that call, their answer is part of the record. */
	record->result = do_effect(test, &rule, call);
	test_log_add(&test->session->log, record);
	if (rule.delay_ms && record->kind != UT_REAP) {
		msleep(rule.delay_ms);
		record->flags |= UT_BACK;
		test_log_add(&test->session->log, record);
	}
	end(test, record);
	return record->ret;
}

static u32 test_quiesce(u32 action, struct utrace_engine *engine,
			struct task_struct *task, unsigned long event)
{
	struct test_call call = { .regs = task_pt_regs(task) };
	struct ut_record record = {
		.kind = UT_QUIESCE,
		.nr_args = 1,
		.arg = { event },
	};

	might_sleep();
	return run(engine->data, &record, task, action, &call);
}

static enum ut_kind signal_kind(u32 action)
{
	switch (utrace_signal_action(action)) {
	case UTRACE_SIGNAL_REPORT:
		return UT_REPORT;
	case UTRACE_SIGNAL_HANDLER:
		return UT_HANDLER;
	default:
		return UT_SIGNAL;
	}
}

static u32 test_signal(u32 action, struct utrace_engine *engine,
		       struct task_struct *task, struct pt_regs *regs,
		       kernel_siginfo_t *info,
		       const struct k_sigaction *orig_ka,
		       struct k_sigaction *return_ka)
{
	struct test_call call = {
		.regs = regs,
		.info = info,
		.return_ka = return_ka,
	};
	struct ut_record record = {
		.kind = signal_kind(action),
		.nr_args = 6,
		.arg = { info->si_signo, info->si_code, info->si_int,
			 info->si_pid, instruction_pointer(regs),
			 orig_ka ? (__force long)orig_ka->sa.sa_handler : -1 },
	};

	might_sleep();
	return run(engine->data, &record, task, action, &call);
}

static u32 test_clone(u32 action, struct utrace_engine *engine,
		      struct task_struct *parent, unsigned long clone_flags,
		      struct task_struct *child)
{
	struct test_call call = {
		.regs = task_pt_regs(parent),
		.child = child,
	};
	struct ut_record record = {
		.kind = UT_CLONE,
		.nr_args = 2,
		.arg = { clone_flags, task_pid_nr(child) },
	};

	might_sleep();
	return run(engine->data, &record, parent, action, &call);
}

static u32 test_exec(u32 action, struct utrace_engine *engine,
		     struct task_struct *task, const struct linux_binfmt *fmt,
		     const struct linux_binprm *bprm, struct pt_regs *regs)
{
	struct test_call call = { .regs = regs };
	struct ut_record record = {
		.kind = UT_EXEC,
		.nr_args = 2,
		.arg = { instruction_pointer(regs), fmt && bprm },
	};

	might_sleep();
	return run(engine->data, &record, task, action, &call);
}

static u32 test_syscall_entry(u32 action, struct utrace_engine *engine,
			      struct task_struct *task, struct pt_regs *regs)
{
	struct test_call call = { .regs = regs };
	struct ut_record record = { .kind = UT_SYSCALL_ENTRY, .nr_args = 5 };
	unsigned long args[6];
	int i;

	might_sleep();
	syscall_get_arguments(task, regs, args);
	record.arg[0] = syscall_get_nr(task, regs);
	for (i = 1; i < 5; i++)
		record.arg[i] = args[i - 1];
	return run(engine->data, &record, task, action, &call);
}

static u32 test_syscall_exit(u32 action, struct utrace_engine *engine,
			     struct task_struct *task, struct pt_regs *regs)
{
	struct test_call call = { .regs = regs };
	struct ut_record record = {
		.kind = UT_SYSCALL_EXIT,
		.nr_args = 2,
		.arg = { syscall_get_nr(task, regs), regs_return_value(regs) },
	};

	might_sleep();
	return run(engine->data, &record, task, action, &call);
}

static u32 test_jctl(u32 action, struct utrace_engine *engine,
		     struct task_struct *task, int type, int notify)
{
	struct test_call call = { .regs = task_pt_regs(task) };
	struct ut_record record = {
		.kind = UT_JCTL,
		.nr_args = 2,
		.arg = { type, notify },
	};

	might_sleep();
	return run(engine->data, &record, task, action, &call);
}

static u32 test_exit(u32 action, struct utrace_engine *engine,
		     struct task_struct *task, long orig_code, long *code)
{
	struct test_call call = {
		.regs = task_pt_regs(task),
		.code = code,
	};
	struct ut_record record = {
		.kind = UT_EXIT,
		.nr_args = 2,
		.arg = { orig_code, *code },
	};

	might_sleep();
	return run(engine->data, &record, task, action, &call);
}

static u32 test_death(struct utrace_engine *engine, struct task_struct *task,
		      bool group_dead, int signal)
{
	struct test_call call = {};
	struct ut_record record = {
		.kind = UT_DEATH,
		.nr_args = 2,
		.arg = { signal, group_dead },
	};

	might_sleep();
	return run(engine->data, &record, task, 0, &call);
}

static void test_reap(struct utrace_engine *engine, struct task_struct *task)
{
	struct test_call call = {};
	struct ut_record record = { .kind = UT_REAP };

	run(engine->data, &record, task, 0, &call);
}

/* clang-format off */
#define TEST_OPS {					\
	.report_quiesce = test_quiesce,			\
	.report_signal = test_signal,			\
	.report_clone = test_clone,			\
	.report_jctl = test_jctl,			\
	.report_exec = test_exec,			\
	.report_syscall_entry = test_syscall_entry,	\
	.report_syscall_exit = test_syscall_exit,	\
	.report_exit = test_exit,			\
	.report_death = test_death,			\
	.report_reap = test_reap,			\
}

/* clang-format on */

static const struct utrace_engine_ops all_ops = TEST_OPS;
static const struct utrace_engine_ops twin_ops = TEST_OPS;
static const struct utrace_engine_ops no_ops;

const struct utrace_engine_ops *test_ops(enum ut_ops_table table)
{
	switch (table) {
	case UT_OPS:
		return &all_ops;
	case UT_OPS_TWIN:
		return &twin_ops;
	case UT_OPS_EMPTY:
		return &no_ops;
	default:
		return NULL;
	}
}
