// SPDX-License-Identifier: GPL-2.0-only
/*
 * Z and z packets.
 */
#include <linux/err.h>
#include <linux/sched/mm.h>

#include "commands.h"
#include "session.h"

/* A Z packet's error may have a text, whatever the client is. */
static int refuse(struct command *command, int error, const char *reason)
{
	if (!reason)
		return error;
	packet_put_error_text(command->tx, reason);
	return 0;
}

int cmd_insert_break(struct command *command)
{
	u64 addr = command->args.arg[0].num;
	const struct proto_arg *lists = &command->args.arg[2];
	struct hit_code *code = NULL;
	struct proto_bparts parts;
	struct mm_struct *mm;
	const char *reason;
	int ret;

	if (lists->present) {
		proto_bparts_init(&parts, lists->data, lists->len);
		code = hit_code_create(&parts, &reason);
		if (IS_ERR(code))
			return refuse(command, PTR_ERR(code), reason);
	}
	mm = process_mm_get(command->process);
	if (!mm) {
		hit_code_put(code);
		return -ESRCH;
	}
	ret = breakpoint_insert(command->process->breakpoints, mm, addr, code);
	mmput(mm);
	if (ret == -E2BIG)
		return refuse(command, ret,
			      "more than 4 MiB of conditions and commands");
	return ret ?: command_ok(command);
}

int cmd_remove_break(struct command *command)
{
	struct mm_struct *mm = process_mm_get(command->process);
	int ret;

	if (!mm)
		return -ESRCH;
	ret = breakpoint_remove(command->process->breakpoints, mm,
				command->args.arg[0].num, BREAKPOINT_CLIENT);
	mmput(mm);
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
