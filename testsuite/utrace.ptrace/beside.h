/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An engine of utrace_test.ko on the thread that ptrace has. One session serves
 * a program and all that it forks.
 */
#ifndef BESIDE_H
#define BESIDE_H

#include <stdint.h>
#include <sys/ioctl.h>

#include "tracing.h"
#include "utrace_test.h"

/* From include/linux/utrace.h: masks of events, and actions. */
#define EVENTS_ALL 0x3fff
#define EVENT_QUIESCE 0x1
#define EVENTS_SYSCALL (0x3 << 6)
#define EVENT_SIGNALS (0x1f << 8)

enum { STOP, REPORT, INTERRUPT, SINGLESTEP, BLOCKSTEP, RESUME, DETACH };

#define SIGNAL_IGN 0x10
#define SYSCALL_ABORT 0x10

#define ATTACH_CREATE 0x10

static int engines = -1;

static UNUSED long engine_call(struct ut_command *command)
{
	if (engines < 0)
		engines = open("/dev/utrace_test", O_RDWR | O_CLOEXEC);
	return ioctl(engines, UT_CALL, command) ? -errno : command->ret;
}

static UNUSED long engine_op(int id, int op, uint64_t value)
{
	struct ut_command command = { .op = op, .id = id, .value = value };

	return engine_call(&command);
}

static UNUSED void engine_attach(int id, pid_t pid, uint64_t events)
{
	struct ut_command command = {
		.op = UT_ATTACH,
		.id = id,
		.pid = pid,
		.flags = ATTACH_CREATE,
		.data = id,
		.ops = UT_OPS,
	};
	long ret = engine_call(&command);

	if (!ret && events)
		ret = engine_op(id, UT_EVENTS, events);
	if (ret)
		say("engine: %s", error_name(-ret));
}

static UNUSED long engine_control(int id, int action)
{
	return engine_op(id, UT_CONTROL, action);
}

static UNUSED void say_engine(int id, const char *name, int action)
{
	say("engine %s: %s", name, error_name(-engine_control(id, action)));
}

#define ENGINE(id, action) say_engine(id, #action, action)

/*
 * What callbacks of this kind return, for this signal or call or UT_ANY, @times
 * of them or all. The first rule that fits is applied.
 */
static UNUSED void engine_rule(int id, int kind, uint64_t match, int times,
			       int ret, int flags)
{
	struct ut_command command = {
		.op = UT_RULE,
		.id = id,
		.rule = {
			.kind = kind,
			.match = match,
			.times = times,
			.ret = ret,
			.flags = flags,
		},
	};

	if (engine_call(&command))
		say("no rule");
}

static UNUSED void engine_no_rules(int id)
{
	engine_op(id, UT_NO_RULES, 0);
}

static UNUSED struct ut_command engine_state(int id)
{
	struct ut_command command = { .op = UT_STATE, .id = id };

	engine_call(&command);
	return command;
}

/* How many callbacks of a kind there were. */
static UNUSED unsigned int engine_count(int id, int kind)
{
	return engine_state(id).n[kind];
}

/* What callbacks found wrong: they came when they must not have come. */
static UNUSED void say_violations(int id)
{
	unsigned long bad = engine_state(id).bad;

	if (bad)
		say("engine: %lu callbacks that must not have come", bad);
}

static UNUSED void engine_drop(int id)
{
	say_violations(id);
	engine_op(id, UT_DROP, 0);
}

/* Makes the engine hold the thread; whether it does. */
static UNUSED bool engine_holds(int id)
{
	long end = now_ms() + PATIENCE_MS;
	long ret;

	engine_rule(id, UT_QUIESCE, 0, 0, STOP, 0);
	while ((ret = engine_control(id, STOP)) && now_ms() < end)
		nap_ms(1);
	engine_no_rules(id);
	return !ret;
}

/* Holds and releases the thread at random until killed. */
static UNUSED int hold_at_random(void *id)
{
	srand(getpid());
	engine_rule(*(int *)id, UT_QUIESCE, 0, 0, STOP, 0);
	while (engine_control(*(int *)id, STOP) != -ESRCH) {
		nap_ms(rand() % 4);
		engine_control(*(int *)id, RESUME);
		nap_ms(rand() % 8);
	}
	return 0;
}

#endif /* BESIDE_H */
