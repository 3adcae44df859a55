/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What utrace_test.ko and programs share: the commands and the log of
 * /dev/utrace_test.
 *
 * The module has no will of its own. A program opens the device, which gives
 * it a session: up to UT_ENGINES engines, known by number, and a log. With
 * ioctl(UT_CALL) it attaches engines to threads, gives them rules, which are
 * what their callbacks do, and calls the functions of <linux/utrace.h>, whose
 * answer comes back in ut_command.ret as it is. With read() it gets the log:
 * one struct ut_record for each callback, in the order in which they came.
 *
 *	fd = open("/dev/utrace_test", O_RDWR);
 *	attach number 0 to thread 4711:
 *		{ .op = UT_ATTACH, .id = 0, .pid = 4711,
 *		  .flags = UTRACE_ATTACH_CREATE, .data = 0, .ops = UT_OPS }
 *	let it quiesce and look at signals:
 *		{ .op = UT_EVENTS, .id = 0, .value = 1 << 0 | 0x1f00 }
 *	let it hold the thread at the first SIGUSR1, as well as ignore that:
 *		{ .op = UT_RULE, .id = 0, .rule = { .kind = UT_SIGNAL,
 *		  .match = SIGUSR1, .times = 1,
 *		  .ret = UTRACE_STOP | UTRACE_SIGNAL_IGN } }
 *	let it go on:
 *		{ .op = UT_CONTROL, .id = 0, .value = UTRACE_RESUME }
 *
 * Every callback also checks that it may come at all: not after DETACH has
 * answered 0, not on a thread that UTRACE_STOP has said to be stopped, not twice
 * at a time, not after report_reap, only with an event that is set. What it
 * finds wrong is counted; UT_STATE returns the count. Closing the device
 * detaches what is attached and waits for its callbacks.
 */
#ifndef UTRACE_TEST_H
#define UTRACE_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define UT_ENGINES 128
#define UT_RULES 32

/* Which callback. report_signal is three: for a signal, REPORT and HANDLER. */
enum ut_kind {
	UT_QUIESCE,
	UT_SIGNAL,
	UT_REPORT,
	UT_HANDLER,
	UT_CLONE,
	UT_EXEC,
	UT_SYSCALL_ENTRY,
	UT_SYSCALL_EXIT,
	UT_JCTL,
	UT_EXIT,
	UT_DEATH,
	UT_REAP,
	UT_KINDS
};

/**
 * enum ut_effect - what a callback does before it returns
 * @UT_NOTHING: Nothing.
 * @UT_SET_INFO: Fills *info: si_signo, si_code, si_int from arg[0..2].
 * @UT_SET_ACTION: Fills *return_ka: handler, flags, restorer, first word of the
 *	mask from arg[0..3].
 * @UT_SET_REG: Sets the register enum ut_reg arg[0] to arg[1].
 * @UT_SET_CODE: *code = arg[0].
 * @UT_FOLLOW: Attaches to the child: the first free number from arg[0] on,
 *	events arg[1], utrace_control(arg[2]) unless that is negative. It gets
 *	the rules of the parent's engine.
 * @UT_JOIN: Attaches number arg[0] to the same thread, with events arg[1].
 * @UT_DO_CONTROL: utrace_control() of number arg[0], action arg[1].
 * @UT_DO_EVENTS: utrace_set_events() of number arg[0], events arg[1].
 * @UT_DO_BARRIER: utrace_barrier() of number arg[0].
 * @UT_DO_POKE: utrace_poke().
 *
 * The answer of a call comes in ut_record.result.
 */
enum ut_effect {
	UT_NOTHING,
	UT_SET_INFO,
	UT_SET_ACTION,
	UT_SET_REG,
	UT_SET_CODE,
	UT_FOLLOW,
	UT_JOIN,
	UT_DO_CONTROL,
	UT_DO_EVENTS,
	UT_DO_BARRIER,
	UT_DO_POKE,
};

enum ut_reg {
	UT_REG_NR, /* the number of the system call */
	UT_REG_ARG0, /* its first argument */
	UT_REG_RESULT, /* its result */
	UT_REG_IP,
};

/* Any ut_record.arg[0]. */
#define UT_ANY (~0ull)

/* Flags of a rule: or the incoming action, without its resume part, to ret. */
#define UT_KEEP_ACTION 0x1

/**
 * struct ut_rule - what callbacks of one kind do
 * @kind: An enum ut_kind.
 * @times: How often the rule applies; 0 for always.
 * @match: The ut_record.arg[0] that it applies to, or UT_ANY.
 * @ret: What the callback returns.
 * @delay_ms: How long it sleeps, after the effect.
 * @effect: An enum ut_effect.
 * @flags: UT_KEEP_ACTION.
 * @arg: Of the effect.
 *
 * The first rule that fits is applied. Without one a callback returns
 * UTRACE_RESUME and leaves the signal or system call as it is.
 */
struct ut_rule {
	__u32 kind;
	__u32 times;
	__u64 match;
	__u32 ret;
	__u32 delay_ms;
	__u32 effect;
	__u32 flags;
	__u64 arg[4];
};

/* Flags of a record. */
#define UT_BACK 0x1 /* the callback is about to return, after a delay */
#define UT_CURRENT 0x2 /* it runs in the traced thread itself */

/**
 * struct ut_record - one callback
 * @seq: Counts all records of the session.
 * @time_ns: When.
 * @id: The engine.
 * @kind: An enum ut_kind.
 * @tid: The traced thread.
 * @flags: UT_BACK, UT_CURRENT.
 * @action: What the callback was given as action; 0 if it has none.
 * @ret: What it returns.
 * @result: The answer of a call that was the effect.
 * @nr_args: How many of @arg are used.
 * @arg: QUIESCE: event. SIGNAL, REPORT, HANDLER: si_signo, si_code, si_int,
 *	si_pid, instruction pointer, orig_ka's handler (-1 without orig_ka).
 *	CLONE: flags, the child's tid. EXEC: instruction pointer, whether there
 *	are fmt and bprm. SYSCALL_ENTRY: number, four arguments. SYSCALL_EXIT:
 *	number, result. JCTL: type, notify. EXIT: orig_code, code.
 *	DEATH: signal, group_dead. REAP: 0.
 */
struct ut_record {
	__u64 seq;
	__u64 time_ns;
	__s32 id;
	__u32 kind;
	__s32 tid;
	__u32 flags;
	__u32 action;
	__u32 ret;
	__s32 result;
	__u32 nr_args;
	__s64 arg[6];
};

/* The tables of callbacks. */
enum ut_ops_table {
	UT_OPS, /* all callbacks */
	UT_OPS_TWIN, /* the same at another address */
	UT_OPS_EMPTY, /* none */
	UT_OPS_NULL, /* no table */
};

/**
 * enum ut_op - what a command does
 * @UT_ATTACH: utrace_attach_task() to thread @pid with attach flags @flags, the
 *	table @ops, the data of number @data. With UTRACE_ATTACH_CREATE the
 *	engine becomes number @id, else the number of what was found comes back
 *	in @id and the reference is dropped.
 * @UT_EVENTS: utrace_set_events(@value).
 * @UT_SYSCALLS: utrace_set_syscalls() with the one call of number @value, or all
 *	if there is none of it.
 * @UT_CONTROL: utrace_control(@value).
 * @UT_BARRIER: utrace_barrier().
 * @UT_PREPARE: utrace_prepare_examine().
 * @UT_FINISH: utrace_finish_examine(); in between, and only then, UT_REGS.
 * @UT_REGS: The instruction and stack pointers come back in @value and @more.
 * @UT_RULE: Appends @rule to the rules of the engine.
 * @UT_NO_RULES: Forgets them.
 * @UT_STATE: The fields from @events on.
 * @UT_DROP: Detaches, waits for the callbacks, drops the reference; the number
 *	is free afterwards. For the ends of tests, not to test.
 * @UT_POKE: utrace_poke() on the caller; from an interrupt if @value is set.
 * @UT_GIVE_BACK: utrace_give_back() of signal @value with @more as its si_int.
 */
enum ut_op {
	UT_ATTACH,
	UT_EVENTS,
	UT_SYSCALLS,
	UT_CONTROL,
	UT_BARRIER,
	UT_PREPARE,
	UT_FINISH,
	UT_REGS,
	UT_RULE,
	UT_NO_RULES,
	UT_STATE,
	UT_DROP,
	UT_POKE,
	UT_GIVE_BACK,
};

/* Flags of a command: call the variant that takes a struct pid. */
#define UT_BY_PID 0x100
/* Call with a task pointer that points nowhere. */
#define UT_STALE 0x200
/* UT_ATTACH: to the thread of number @data, also when that was reaped. */
#define UT_SAME 0x400

/**
 * struct ut_command - argument of UT_CALL
 * @op: An enum ut_op.
 * @id: The engine.
 * @pid: UT_ATTACH: the thread.
 * @flags: UT_ATTACH: the attach flags. All: UT_BY_PID, UT_STALE,
 *	UT_SAME.
 * @ops: UT_ATTACH: an enum ut_ops_table.
 * @data: UT_ATTACH: the number whose data is meant.
 * @value: See enum ut_op.
 * @more: See enum ut_op.
 * @ret: What the call answered. The ioctl itself fails only when no call was
 *	made: -EBADF for a number without engine, -EBUSY for one that has one,
 *	-EINVAL, -EFAULT, -ESRCH no such thread, -ENOSPC too many rules.
 * @running: The kinds of callbacks that run, as a set of bits.
 * @bad: What callbacks of the session have found wrong.
 * @events: The mask in the engine.
 * @n: How many callbacks of each kind have begun.
 * @rule: UT_RULE.
 */
struct ut_command {
	__u32 op;
	__s32 id;
	__s32 pid;
	__u32 flags;
	__u32 ops;
	__s32 data;
	__u64 value;
	__u64 more;
	__s32 ret;
	__u32 running;
	__u64 bad;
	__u64 events;
	__u32 n[UT_KINDS];
	struct ut_rule rule;
};

#define UT_CALL _IOWR('u', 1, struct ut_command)

#endif /* UTRACE_TEST_H */
