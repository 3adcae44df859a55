// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of a thread that hit a breakpoint: its conditions and commands
 * look at the thread, in its callback.
 */
#include <linux/ptrace.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "agent.h"
#include "hit.h"
#include "hit_judge.h"
#include "output.h"
#include "own_memory.h"
#include "regs_x86.h"
#include "session.h"

/* The thread, to the expressions of one hit. */
struct hit_look {
	struct gdb_thread *thread;
	/* They waited for memory and were broken off: nothing is known. */
	bool broken_off;
};

static int read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	struct hit_look *look = ctx;
	ssize_t done = own_memory_read(look->thread, addr, buf, len);

	look->broken_off |= done == -EINTR;
	return done == len ? 0 : -EFAULT;
}

static int print(void *ctx, const char *text, size_t len)
{
	struct hit_look *look = ctx;

	if (fatal_signal_pending(current))
		return -EINTR;
	output_put(look->thread, text, len);
	return 0;
}

static const struct agent_ops look_ops = {
	.read_reg = regs_read_current,
	.read_mem = read_mem,
	.print = print,
};

/*
 * What an expression says of its own end is printed as well. Nothing of what is
 * printed is lost: a thread that is faster than the client waits.
 */
static enum hit run_commands(struct hit_look *look, const struct hit_code *code)
{
	struct gdb_thread *thread = look->thread;
	const char *reason;

	if (output_begin(thread))
		return HIT_AGAIN;
	reason = hit_run_commands(code, &look_ops, look);
	if (look->broken_off)
		return HIT_AGAIN;
	if (reason) {
		output_put(thread, "[", 1);
		output_put(thread, reason, strlen(reason));
		output_put(thread, "]\n", 2);
	}
	return output_send(thread) ? HIT_AGAIN : HIT_PASS;
}

static enum hit run_code(struct gdb_thread *thread, const struct hit_code *code)
{
	struct hit_look look = { .thread = thread };

	if (!hit_is_true(code, &look_ops, &look))
		return HIT_PASS;
	if (look.broken_off)
		return HIT_AGAIN;
	return code && code->nr_commands ? run_commands(&look, code) : HIT_STOP;
}

/**
 * hit_judge() - a thread has hit a breakpoint
 * @thread: the current thread
 * @regs: its registers; the pc is on the breakpoint
 * @users: set to whose breakpoint it is that is hit; 0: it is passed over
 *
 * Context: the thread's callback; may sleep for its own memory.
 * Return: see &enum hit.
 */
enum hit hit_judge(struct gdb_thread *thread, struct pt_regs *regs, u8 *users)
{
	struct hit_code *code;
	enum hit hit;

	*users = 0;
	if (thread->guest || READ_ONCE(thread->process->is_leaving))
		return HIT_PASS;
	if (thread->over_wanted && thread->over_addr == regs->ip &&
	    thread->over_sp == regs->sp)
		return HIT_PASS;
	*users = breakpoint_users(thread->process->breakpoints, regs->ip);
	if (!(*users & BREAKPOINT_CLIENT))
		return HIT_PASS;
	code = breakpoint_get_code(thread->process->breakpoints, regs->ip);
	hit = run_code(thread, code);
	hit_code_put(code);
	return hit;
}
