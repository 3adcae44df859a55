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

/* @code: of insert_break(), which takes no reference away from its caller */
typedef int change_fn(struct gdb_process *process,
		      const struct command *command, struct hit_code *code);

/*
 * What the client says of a process is said of those children, too, of which it has
 * not heard: they have copies of what it removes, which nobody would know of. Whether
 * such a child can take one more is no matter: its memory is that of the fork.
 *
 * @of_memory: what is changed is the memory's, and not one process's in it
 */
static int change(const struct command *command, change_fn *fn, bool removes,
		  bool of_memory, struct hit_code *code)
{
	struct gdb_process *child = NULL;
	int ret;

	mutex_lock(&command->session->fork_lock);
	ret = fn(command->process, command, code);
	while ((!ret || removes) &&
	       (child = session_next_unheard(command->process, of_memory,
					     child)))
		fn(child, command, code);
	mutex_unlock(&command->session->fork_lock);
	return ret;
}

static int insert_break(struct gdb_process *process,
			const struct command *command, struct hit_code *code)
{
	struct mm_struct *mm = process_mm_get(process);
	int ret;

	if (!mm)
		return -ESRCH;
	ret = breakpoint_insert(process->breakpoints, mm,
				command->args.arg[0].num, hit_code_get(code));
	mmput(mm);
	return ret;
}

int cmd_insert_break(struct command *command)
{
	const struct proto_arg *lists = &command->args.arg[2];
	struct hit_code *code = NULL;
	struct proto_bparts parts;
	const char *reason;
	int ret;

	if (lists->present) {
		proto_bparts_init(&parts, lists->data, lists->len);
		code = hit_code_create(&parts, &reason);
		if (IS_ERR(code))
			return refuse(command, PTR_ERR(code), reason);
	}
	ret = change(command, insert_break, false, true, code);
	hit_code_put(code);
	if (ret == -E2BIG)
		return refuse(command, ret,
			      "more than 4 MiB of conditions and commands");
	return ret ?: command_ok(command);
}

static int remove_break(struct gdb_process *process,
			const struct command *command, struct hit_code *code)
{
	struct mm_struct *mm = process_mm_get(process);
	int ret;

	if (!mm)
		return -ESRCH;
	ret = breakpoint_remove(process->breakpoints, mm,
				command->args.arg[0].num, BREAKPOINT_CLIENT);
	mmput(mm);
	return ret;
}

int cmd_remove_break(struct command *command)
{
	int ret = change(command, remove_break, true, true, NULL);

	return ret ?: command_ok(command);
}

/* The digit of the packet, which stands before the comma of its name. */
static enum watch_type type_of(const struct command *command)
{
	return command->data[-2] - '0';
}

static int insert_watch(struct gdb_process *process,
			const struct command *command, struct hit_code *code)
{
	return watch_insert(process, type_of(command), command->args.arg[0].num,
			    command->args.arg[1].num);
}

int cmd_insert_watch(struct command *command)
{
	int ret = change(command, insert_watch, false, false, NULL);

	return ret ?: command_ok(command);
}

static int remove_watch(struct gdb_process *process,
			const struct command *command, struct hit_code *code)
{
	return watch_remove(process, type_of(command), command->args.arg[0].num,
			    command->args.arg[1].num);
}

int cmd_remove_watch(struct command *command)
{
	int ret = change(command, remove_watch, true, false, NULL);

	return ret ?: command_ok(command);
}
