// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on registers, of the thread that Hg selected.
 */
#include "commands.h"
#include "regs_x86.h"
#include "session.h"
#include "tdesc_x86.h"

int cmd_read_registers(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);
	u8 *g = command->session->scratch;
	int ret;

	if (!thread)
		return -ESRCH;
	ret = regs_read(thread, g);
	if (ret)
		return ret;
	packet_put_hex(command->tx, g, regs_tdesc(command->process)->g_size);
	return 0;
}

int cmd_write_registers(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);
	const struct proto_arg *data = &command->args.arg[0];

	if (!thread)
		return -ESRCH;
	if (data->len != regs_tdesc(command->process)->g_size)
		return -EINVAL;
	return regs_write(thread, data->data) ?: command_ok(command);
}

int cmd_read_register(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);
	u64 num = command->args.arg[0].num;
	u8 val[TDESC_MAX_REG_SIZE];
	size_t len;
	int ret;

	if (!thread)
		return -ESRCH;
	ret = regs_read_one(thread, min_t(u64, num, U32_MAX), val, &len);
	if (ret)
		return ret;
	packet_put_hex(command->tx, val, len);
	return 0;
}

int cmd_write_register(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);
	u64 num = command->args.arg[0].num;
	const struct proto_arg *data = &command->args.arg[1];
	int ret;

	if (!thread)
		return -ESRCH;
	ret = regs_write_one(thread, min_t(u64, num, U32_MAX), data->data,
			     data->len);
	return ret ?: command_ok(command);
}
