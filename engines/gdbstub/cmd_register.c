// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets on registers, of the thread that Hg selected.
 */
#include <linux/unaligned.h>

#include "commands.h"
#include "helper.h"
#include "regs_x86.h"
#include "session.h"
#include "tdesc_x86.h"

/* Of a thread that is no more: the general registers are all that is kept. */
static void put_last(struct command *command, const struct tdesc_reg *reg,
		     u8 *gregs)
{
	const struct tdesc_bufs bufs = { .gregs = gregs };
	u8 val[TDESC_MAX_REG_SIZE];

	if (reg->where != TDESC_GENERAL) {
		packet_put_unavailable(command->tx, reg->size);
		return;
	}
	tdesc_get_reg(reg, &bufs, val);
	packet_put_hex(command->tx, val, reg->size);
}

/*
 * A process that is killed from elsewhere while it is stopped is stopped to the
 * client until that has heard of it, and a client that goes on looks at the
 * registers first.
 *
 * Return: 0 or @ret, why they could not be read.
 */
static int read_last_all(struct command *command, struct gdb_thread *thread,
			 int ret)
{
	const struct tdesc_x86 *tdesc = regs_tdesc(command->process);
	u8 gregs[TDESC_GREGS64_SIZE];
	unsigned int i;

	if (!process_is_dying(command->process) ||
	    regs_read_last(thread, gregs))
		return ret;
	for (i = 0; i < tdesc->nr_regs; i++)
		put_last(command, &tdesc->reg[i], gregs);
	return 0;
}

static int read_last_one(struct command *command, struct gdb_thread *thread,
			 int ret)
{
	u64 num = min_t(u64, command->args.arg[0].num, U32_MAX);
	const struct tdesc_reg *reg;
	u8 gregs[TDESC_GREGS64_SIZE];

	reg = tdesc_find(regs_tdesc(command->process), num);
	if (!reg || !process_is_dying(command->process) ||
	    regs_read_last(thread, gregs))
		return ret;
	put_last(command, reg, gregs);
	return 0;
}

int cmd_read_registers(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);
	u8 *g = command->session->scratch;
	int ret;

	if (trace_frame_is_selected(&command->session->trace))
		return cmd_frame_registers(command);
	if (!thread)
		return -ESRCH;
	ret = regs_read(thread, g);
	if (ret)
		return read_last_all(command, thread, ret);
	packet_put_hex(command->tx, g, regs_tdesc(command->process)->g_size);
	return 0;
}

int cmd_write_registers(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);
	const struct proto_arg *data = &command->args.arg[0];

	if (trace_frame_is_selected(&command->session->trace))
		return -EPERM;
	if (!thread)
		return -ESRCH;
	if (!thread_is_stopped(thread))
		return -EBUSY;
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

	if (trace_frame_is_selected(&command->session->trace))
		return cmd_frame_register(command);
	if (!thread)
		return -ESRCH;
	ret = regs_read_one(thread, min_t(u64, num, U32_MAX), val, &len);
	if (ret)
		return read_last_one(command, thread, ret);
	packet_put_hex(command->tx, val, len);
	return 0;
}

int cmd_write_register(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);
	u64 num = command->args.arg[0].num;
	const struct proto_arg *data = &command->args.arg[1];
	int ret;

	if (trace_frame_is_selected(&command->session->trace))
		return -EPERM;
	if (!thread)
		return -ESRCH;
	if (!thread_is_stopped(thread))
		return -EBUSY;
	ret = regs_write_one(thread, min_t(u64, num, U32_MAX), data->data,
			     data->len);
	return ret ?: command_ok(command);
}

/*
 * Where a thread-local variable is, the helper finds out by the C library's own
 * debugging library, for which it needs the thread pointer.
 */
int cmd_tls_address(struct command *command)
{
	const struct proto_arg *arg = command->args.arg;
	struct gdb_thread *thread;
	u8 val[TDESC_MAX_REG_SIZE];
	char packet[96];
	size_t len;
	int ret;

	thread = command_find_thread(command, &arg[0].tid);
	if (!thread)
		return -ESRCH;
	if (!regs_tdesc(thread->process)->is_64bit)
		return -EOPNOTSUPP;
	ret = regs_read_one(thread, TDESC_NUM_FS_BASE, val, &len);
	if (ret)
		return ret;
	len = scnprintf(packet, sizeof(packet), "qGetTLSAddr:%x,%llx,%llx,%llx",
			thread->tid, arg[1].num, arg[2].num,
			get_unaligned_le64(val));
	ret = helper_push_packet(&command->session->helper,
				 thread->process->pid, packet, len);
	return ret ?: COMMAND_NO_REPLY;
}
