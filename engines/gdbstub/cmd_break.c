// SPDX-License-Identifier: GPL-2.0-only
/*
 * Z and z packets.
 */
#include <linux/err.h>
#include <linux/sched/task.h>

#include "commands.h"
#include "session.h"

int cmd_insert_break(struct command *command)
{
	u64 addr = command->args.arg[0].num;
	const struct proto_arg *lists = &command->args.arg[2];
	struct breakpoint_conds *conds = NULL;
	struct proto_bparts parts;
	struct task_struct *task;
	int ret;

	if (lists->present) {
		proto_bparts_init(&parts, lists->data, lists->len);
		conds = breakpoint_conds_create(&parts);
		if (IS_ERR(conds))
			return PTR_ERR(conds);
	}
	task = process_task_get(command->process);
	if (!task) {
		breakpoint_conds_put(conds);
		return -ESRCH;
	}
	ret = breakpoint_insert(&command->process->breakpoints, task, addr,
				conds);
	put_task_struct(task);
	return ret ?: command_ok(command);
}

int cmd_remove_break(struct command *command)
{
	struct task_struct *task = process_task_get(command->process);
	int ret;

	if (!task)
		return -ESRCH;
	ret = breakpoint_remove(&command->process->breakpoints, task,
				command->args.arg[0].num);
	put_task_struct(task);
	return ret ?: command_ok(command);
}

/* The digit of the packet, which stands before the comma of its name. */
static enum watch_type type_of(const struct command *command)
{
	return command->data[-2] - '0';
}

int cmd_insert_watch(struct command *command)
{
	return watch_insert(command->process, type_of(command),
			    command->args.arg[0].num,
			    command->args.arg[1].num) ?: command_ok(command);
}

int cmd_remove_watch(struct command *command)
{
	return watch_remove(command->process, type_of(command),
			    command->args.arg[0].num,
			    command->args.arg[1].num) ?: command_ok(command);
}
