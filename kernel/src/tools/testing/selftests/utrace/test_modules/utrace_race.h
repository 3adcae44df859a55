/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What utrace_race.ko and its programs share: the commands of
 * /proc/utrace_race. An open file is one tracer; closing it detaches all its
 * engines.
 */
#ifndef UTRACE_RACE_H
#define UTRACE_RACE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/*
 * Kinds of callbacks. The first ten are in the order of the event bits, where
 * one kind stands for all classes of signals.
 */
enum race_kind {
	RACE_QUIESCE,
	RACE_REAP,
	RACE_CLONE,
	RACE_EXEC,
	RACE_EXIT,
	RACE_DEATH,
	RACE_SYSCALL_ENTRY,
	RACE_SYSCALL_EXIT,
	RACE_SIGNAL,
	RACE_JCTL,
	RACE_NR_KINDS
};

/**
 * enum race_op - what a command does
 * @RACE_ATTACH: Make an engine on thread @pid with the events @mask; its number
 *	comes back in @id.
 * @RACE_NEWBORN: The same as soon as there is a thread @pid, which is looked
 *	for during @value microseconds. -EPROTO if the engine was attached before
 *	the one that the creator's callback makes.
 * @RACE_EVENTS: utrace_set_events(@mask). After 0 the engine checks that nothing
 *	else comes any more; after -EINPROGRESS it does so from RACE_BARRIER on.
 * @RACE_EVENTS_LOOSE: The same without the check.
 * @RACE_CONTROL: utrace_control(@value).
 * @RACE_BARRIER: utrace_barrier().
 * @RACE_EXAMINE: Prepare, read the registers, finish.
 * @RACE_STATE: What came: the fields from @n on.
 * @RACE_DROP: Forget the engine; -EBUSY unless it is fully detached.
 * @RACE_HARVEST: Forget all fully detached engines that were made for children;
 *	how many are left comes back in @value.
 * @RACE_CONTROL_ALL: utrace_control(@value) for each engine; the answers are not
 *	looked at.
 * @RACE_COUNT: How many engines there are comes back in @value, and what their
 *	callbacks have found wrong in @bad.
 * @RACE_DELAY: Callbacks of the kinds in @mask take @value microseconds.
 * @RACE_RANDOM: Callbacks of the kinds in @mask return one of the resume actions
 *	whose bits are set in @value.
 * @RACE_FOLLOW: report_clone attaches to the child, with the same mask, unless
 *	@value is 0.
 */
enum race_op {
	RACE_ATTACH,
	RACE_NEWBORN,
	RACE_EVENTS,
	RACE_EVENTS_LOOSE,
	RACE_CONTROL,
	RACE_BARRIER,
	RACE_EXAMINE,
	RACE_STATE,
	RACE_DROP,
	RACE_HARVEST,
	RACE_CONTROL_ALL,
	RACE_COUNT,
	RACE_DELAY,
	RACE_RANDOM,
	RACE_FOLLOW,
};

/**
 * struct race_command - argument of RACE_IOC
 * @op: An enum race_op.
 * @id: The engine.
 * @pid: The thread.
 * @value: See enum race_op.
 * @mask: See enum race_op.
 * @n: How many callbacks of each kind have begun.
 * @running: The kinds that are running, as a set of bits.
 * @bad: How many callbacks came that must not have come.
 */
struct race_command {
	__u32 op;
	__u32 id;
	__s32 pid;
	__u32 value;
	__u64 mask;
	__u32 n[RACE_NR_KINDS];
	__u32 running;
	__u32 bad;
};

#define RACE_IOC _IOWR('u', 2, struct race_command)

#endif /* UTRACE_RACE_H */
