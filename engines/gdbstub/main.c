// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdbstub: serves the GDB remote serial protocol for user processes, from
 * inside the kernel, on top of utrace.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "door.h"
#include "regs_x86.h"
#include "trap.h"

static int __init gdbstub_init(void)
{
	int ret;

	ret = regs_init();
	if (ret)
		return ret;
	ret = trap_init();
	if (ret)
		goto exit_regs;
	ret = door_init();
	if (ret)
		goto exit_trap;
	return 0;
exit_trap:
	trap_exit();
exit_regs:
	regs_exit();
	return ret;
}

static void __exit gdbstub_exit(void)
{
	door_exit();
	trap_exit();
	/* Sets of tracepoints are freed by code of ours. */
	rcu_barrier();
	regs_exit();
}

module_init(gdbstub_init);
module_exit(gdbstub_exit);
MODULE_DESCRIPTION("GDB server for user processes");
MODULE_LICENSE("GPL");
