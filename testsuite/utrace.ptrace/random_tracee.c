// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What random.c traces: threads that read orders and carry them out. Between two
 * orders they sleep, so that there is a moment at which all has come to rest. They
 * call the system without the C library, which would make calls of its own, and
 * whose clone() knows less than the kernel's.
 */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>

#include "random.h"

#define STACK_SIZE 16384
#define SA_RESTORER 0x04000000
#define LONG_TIME_S 100000
#define MANY 1000 /* A fault that comes for ever is an end as good as any. */

static char stacks[NR_SLOTS][STACK_SIZE] __attribute__((aligned(16)));

struct kernel_sigaction {
	void (*handler)(int signo, siginfo_t *info, void *context);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

static inline long call6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 asm("r10") = d;
	register long r8 asm("r8") = e;
	register long r9 asm("r9") = f;
	long ret;

	asm volatile("syscall"
		     : "=a"(ret)
		     : "0"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
		     : "rcx", "r11", "memory");
	return ret;
}

static inline long call3(long nr, long a, long b, long c)
{
	return call6(nr, a, b, c, 0, 0, 0);
}

static inline long call4(long nr, long a, long b, long c, long d)
{
	return call6(nr, a, b, c, d, 0, 0);
}

extern char fault_instruction[];
void restore(void);

asm(".text\n"
    ".globl restore\n"
    "restore: mov $15, %eax\n" /* rt_sigreturn */
    "syscall\n");

/* A fault of our own is passed over: it would come for ever. */
static void handle(int signo, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	shared->handled[signo]++;
	shared->trail = shared->trail * 31 + signo * 1000003 + info->si_code;
	if (shared->handled[signo] == MANY)
		call3(SYS_exit_group, signo, 0, 0);
	if (regs[REG_RIP] == (long)fault_instruction && info->si_code > 0)
		regs[REG_RIP] += 2;
}

static long set_action(int signo, void *handler, unsigned long flags)
{
	struct kernel_sigaction action = {
		.handler = handler,
		.flags = flags | SA_SIGINFO | SA_RESTORER,
		.restorer = restore,
	};

	return call4(SYS_rt_sigaction, signo, (long)&action, 0, 8);
}

static long queue(long signo)
{
	siginfo_t info = { .si_signo = signo, .si_code = SI_QUEUE };
	long pid = call3(SYS_getpid, 0, 0, 0);

	info.si_value.sival_int = signo * 3;
	return call3(SYS_rt_sigqueueinfo, pid, signo, (long)&info);
}

static long set_mask(long how, unsigned long set)
{
	return call4(SYS_rt_sigprocmask, how, (long)&set, 0, 8);
}

/*
 * The child begins on a stack of its own, whether it has our memory or a copy, with
 * its slot on top of it, and its tid is known before it runs.
 */
static long clone_into(unsigned long flags, long slot)
{
	long *stack = (long *)(stacks[slot] + STACK_SIZE) - 2;
	register int *child_tid asm("r10") = 0;
	register long tls asm("r8") = 0;
	long ret;

	*stack = slot;
	asm volatile("syscall\n"
		     "test %%rax, %%rax\n"
		     "jnz 1f\n"
		     "mov (%%rsp), %%rdi\n"
		     "xor %%ebp, %%ebp\n"
		     "call obey\n"
		     "hlt\n"
		     "1:\n"
		     : "=a"(ret)
		     : "0"(SYS_clone), "D"(flags | CLONE_PARENT_SETTID), "S"(stack),
		       "d"(&shared->tid[slot]), "r"(child_tid), "r"(tls)
		     : "rcx", "r11", "memory");
	return ret;
}

static long make_clone(long kind)
{
	static const unsigned long kinds[] = {
		CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
			CLONE_SYSVSEM,
		SIGCHLD,
		CLONE_VM | CLONE_VFORK | SIGCHLD,
		CLONE_VM | CLONE_VFORK,
		CLONE_PARENT | SIGCHLD,
		CLONE_UNTRACED | SIGCHLD,
		CLONE_PTRACE | SIGCHLD,
		SIGUSR1,
		0,
	};
	long slot = shared->nr_slots;

	if (slot >= PARENT)
		return -1;
	shared->nr_slots++;
	return clone_into(kinds[kind % (long)(sizeof(kinds) / sizeof(*kinds))],
			  slot);
}

static long execute(long slot)
{
	char number[] = { '0' + slot, 0 };
	char *argv[] = { "obey", number, 0 };
	char *envp[] = { 0 };

	return call3(SYS_execve, (long)"/proc/self/exe", (long)argv, (long)envp);
}

static long sleep_long(long kind)
{
	struct timespec time = { .tv_sec = LONG_TIME_S };
	unsigned long none = 0, usr2 = 1UL << (SIGUSR2 - 1);
	siginfo_t info;
	char byte;

	switch (kind % 7) {
	case 0:
		return call3(SYS_pause, 0, 0, 0);
	case 1:
		return call3(SYS_nanosleep, (long)&time, 0, 0);
	case 2:
		return call3(SYS_poll, 0, 0, LONG_TIME_S * 1000);
	case 3:
		return call3(SYS_rt_sigsuspend, (long)&none, 8, 0);
	case 4:
		return call4(SYS_rt_sigtimedwait, (long)&usr2, (long)&info,
			     (long)&time, 8);
	case 5:
		return call4(SYS_ppoll, 0, 0, (long)&time, 0);
	default:
		return call3(SYS_read, EMPTY_FD, (long)&byte, 1);
	}
}

static long filter_getppid(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 42),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(code) / sizeof(*code),
		.filter = code,
	};

	call6(SYS_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0);
	return call3(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, (long)&program);
}

static long fault(void)
{
	asm volatile(".globl fault_instruction\n"
		     "fault_instruction: mov (%%rax), %%eax\n"
		     :
		     : "a"(8)
		     : "memory");
	return 0;
}

static long carry_out(const struct command *command, long slot)
{
	long arg = command->arg;

	switch (command->order) {
	case ORDER_CALL:
		call3(SYS_getppid, 0, 0, 0);
		call3(SYS_sched_yield, 0, 0, 0);
		return call3(SYS_close, -1, 0, 0);
	case ORDER_RAISE:
		return call3(SYS_tgkill, call3(SYS_getpid, 0, 0, 0),
			     call3(SYS_gettid, 0, 0, 0), arg);
	case ORDER_QUEUE:
		return queue(arg);
	case ORDER_MASK:
		return set_mask(arg, command->more);
	case ORDER_HANDLE:
		return set_action(arg, handle, command->more);
	case ORDER_IGNORE:
		return set_action(arg, SIG_IGN, 0);
	case ORDER_DEFAULT:
		return set_action(arg, SIG_DFL, 0);
	case ORDER_CLONE:
		return make_clone(arg);
	case ORDER_EXEC:
		return execute(slot);
	case ORDER_EXIT_THREAD:
		return call3(SYS_exit, 0, 0, 0);
	case ORDER_EXIT:
		return call3(SYS_exit_group, arg, 0, 0);
	case ORDER_SLEEP:
		return sleep_long(arg);
	case ORDER_WAIT:
		return call4(SYS_wait4, -1, 0, arg, 0);
	case ORDER_INT3:
		asm volatile("int3");
		return 0;
	case ORDER_FAULT:
		return fault();
	case ORDER_TRACEME:
		return call4(SYS_ptrace, PTRACE_TRACEME, 0, 0, 0);
	case ORDER_FILTER:
		return filter_getppid();
	default:
		return -1;
	}
}

void obey(long slot)
{
	struct command command;
	long size;

	for (;;) {
		size = call3(SYS_read, COMMAND_FD + slot, (long)&command,
			     sizeof(command));
		if (size != sizeof(command)) {
			shared->interrupted[slot]++;
			continue;
		}
		shared->result[slot] = carry_out(&command, slot);
		shared->done[slot]++;
	}
}
