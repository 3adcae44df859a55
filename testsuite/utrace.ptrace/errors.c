// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * errors BESIDE: the errors of ptrace requests that come from what the tracee or
 * its tracer is: from seccomp, from signals that wait, from watchpoints that
 * others have, from what x86 does not take. BESIDE is as in tracee.h. What comes
 * of arguments and of who asks is in requests.c, arguments.c and askers.c.
 *
 * Two errors are nowhere, as no guest can bring them about: EMEDIUMTYPE of
 * SECCOMP_GET_FILTER (no filter of user space is without its source), and what
 * ends an ATTACH that waits for an exec, which user space does not see.
 */
#include <asm/ldt.h>
#include <asm/prctl.h>
#include <elf.h>
#include <linux/filter.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "tracee.h"

#define NOWHERE 16UL
/* Beyond what user space has. */
#define KERNEL (-1UL << 47)
#define NR_WATCHPOINTS 4

/* Younger than the C library's header, or x86's own. */
#define PTRACE_OLDSETOPTIONS 21
#define PTRACE_SET_THREAD_AREA 26
#define PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG 0x4210

struct dispatch_config {
	unsigned long mode, selector, offset, len;
};

struct metadata {
	unsigned long filter, flags;
};

static void allow_all(void)
{
	static struct sock_filter code[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static const struct sock_fprog filter = { 1, code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter))
		die("seccomp");
}

static int count_filtered(void *arg)
{
	allow_all();
	return count_for_ever(arg);
}

static void ask_filters(pid_t pid)
{
	struct metadata first = { 0, 0 }, second = { 1, 0 };
	struct sock_filter code[8];
	void *read_only =
		mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ask("the filter's length", PTRACE_SECCOMP_GET_FILTER, pid, 0, NULL);
	ask("the filter", PTRACE_SECCOMP_GET_FILTER, pid, 0, code);
	ask("the filter to nowhere", PTRACE_SECCOMP_GET_FILTER, pid, 0,
	    (void *)NOWHERE);
	ask("the second filter", PTRACE_SECCOMP_GET_FILTER, pid, 1, code);
	ask("its flags", PTRACE_SECCOMP_GET_METADATA, pid, sizeof(first),
	    &first);
	ask("its flags, of 4 bytes", PTRACE_SECCOMP_GET_METADATA, pid, 4,
	    &first);
	ask("its flags from nowhere", PTRACE_SECCOMP_GET_METADATA, pid,
	    sizeof(first), (void *)NOWHERE);
	ask("its flags to where none can write", PTRACE_SECCOMP_GET_METADATA,
	    pid, sizeof(first), read_only);
	ask("the second's flags", PTRACE_SECCOMP_GET_METADATA, pid,
	    sizeof(second), &second);
	munmap(read_only, 4096);
}

/* What a tracer may not ask that has no privilege, or is under seccomp. */
static void ask_as_refused(pid_t pid)
{
	struct metadata first = { 0, 0 };

	ask("the filter", PTRACE_SECCOMP_GET_FILTER, pid, 0, NULL);
	ask("its flags", PTRACE_SECCOMP_GET_METADATA, pid, sizeof(first),
	    &first);
	REQ(SETOPTIONS, pid, 0, PTRACE_O_SUSPEND_SECCOMP);
	REQ(SEIZE, pid, 0, PTRACE_O_SUSPEND_SECCOMP);
}

static int trace_without_privilege(void *arg)
{
	pid_t pid = make_stopped(count_filtered);

	(void)arg;
	if (setresuid(65534, 65534, 65534))
		die("setresuid");
	ask_as_refused(pid);
	_exit(0);
}

static int trace_under_seccomp(void *arg)
{
	pid_t pid = make_stopped(count_filtered);

	(void)arg;
	allow_all();
	ask_as_refused(pid);
	drop_tracee(pid);
	return 0;
}

static void filters(void)
{
	pid_t pid = make_stopped(count_for_ever);

	ask_filters(pid);
	drop_tracee(pid);
	pid = make_stopped(count_filtered);
	ask_filters(pid);
	REQ(SETOPTIONS, pid, 0, PTRACE_O_SUSPEND_SECCOMP);
	drop_tracee(pid);
	run_tracer(trace_under_seccomp, NULL);
	/* Its tracee is killed when nobody is there to be its parent. */
	run_tracer(trace_without_privilege, NULL);
	if (strcmp(beside, "none"))
		engine_drop(SLOT);
}

/* PEEKSIGINFO has something to copy only when a signal waits. */
static void waiting_signals(pid_t pid)
{
	struct __ptrace_peeksiginfo_args own = { 0, 0, 1 };
	struct __ptrace_peeksiginfo_args all = { 0, 1, 1 };
	siginfo_t info;

	syscall(SYS_tgkill, pid, pid, SIGUSR1);
	kill(pid, SIGUSR1);
	ask("the thread's signal", PTRACE_PEEKSIGINFO, pid, (unsigned long)&own,
	    &info);
	ask("the same to nowhere", PTRACE_PEEKSIGINFO, pid, (unsigned long)&own,
	    (void *)NOWHERE);
	ask("the process's", PTRACE_PEEKSIGINFO, pid, (unsigned long)&all,
	    &info);
	ask("the same to nowhere", PTRACE_PEEKSIGINFO, pid, (unsigned long)&all,
	    (void *)NOWHERE);
}

/* Debug registers that others have taken are not there for the tracer. */
static void watchpoints(pid_t pid)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_W,
		.bp_addr = (unsigned long)&shared->counter,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.disabled = 1,
	};
	unsigned long first = offsetof(struct user, u_debugreg[0]);
	int fd[NR_WATCHPOINTS], i;

	for (i = 0; i < NR_WATCHPOINTS; i++) {
		fd[i] = syscall(SYS_perf_event_open, &attr, pid, -1, -1, 0);
		if (fd[i] < 0)
			die("perf_event_open");
	}
	ask("a fifth watchpoint", PTRACE_POKEUSER, pid, first,
	    (void *)&shared->counter);
	for (i = 0; i < NR_WATCHPOINTS; i++)
		close(fd[i]);
	ask("the first", PTRACE_POKEUSER, pid, first, (void *)&shared->counter);
	ask("none", PTRACE_POKEUSER, pid, first, NULL);
	ask("one in the kernel", PTRACE_POKEUSER, pid, first, (void *)KERNEL);
}

static void segments(pid_t pid)
{
	struct user_desc desc = { .entry_number = 12 };
	struct user_desc wrong = { .entry_number = 12, .limit = 1 };

	ask("GET_THREAD_AREA -1", 25, pid, -1UL, &desc);
	ask("GET_THREAD_AREA 0", 25, pid, 0, &desc);
	ask("GET_THREAD_AREA to nowhere", 25, pid, 12, (void *)NOWHERE);
	ask("GET_THREAD_AREA", 25, pid, 12, &desc);
	ask("SET_THREAD_AREA -1", PTRACE_SET_THREAD_AREA, pid, -1UL, &desc);
	ask("SET_THREAD_AREA 0", PTRACE_SET_THREAD_AREA, pid, 0, &desc);
	ask("SET_THREAD_AREA from nowhere", PTRACE_SET_THREAD_AREA, pid, 12,
	    (void *)NOWHERE);
	ask("SET_THREAD_AREA of 16 bits", PTRACE_SET_THREAD_AREA, pid, 12,
	    &wrong);
	ask("SET_THREAD_AREA", PTRACE_SET_THREAD_AREA, pid, 12, &desc);
	ask("ARCH_PRCTL 1", PTRACE_ARCH_PRCTL, pid, 0, (void *)1);
	ask("ARCH_SET_FS in the kernel", PTRACE_ARCH_PRCTL, pid, KERNEL,
	    (void *)ARCH_SET_FS);
	ask("ARCH_GET_FS to nowhere", PTRACE_ARCH_PRCTL, pid, NOWHERE,
	    (void *)ARCH_GET_FS);
}

static void registers(pid_t pid)
{
	static char room[16384];
	struct iovec vector = { room, sizeof(room) };
	struct user_regs_struct regs;

	ask("PEEKUSER to nowhere", PTRACE_PEEKUSER, pid, 0, (void *)NOWHERE);
	ask("PEEKDATA to nowhere", PTRACE_PEEKDATA, pid,
	    (unsigned long)&shared->counter, (void *)NOWHERE);
	REQ(GETREGS, pid, 0, &regs);
	regs.cs = 0;
	REQ(SETREGS, pid, 0, &regs);
	vector.iov_base = &regs;
	vector.iov_len = sizeof(regs);
	REQ(SETREGSET, pid, NT_PRSTATUS, &vector);
	vector.iov_base = room;
	vector.iov_len = sizeof(room);
	REQ(GETREGSET, pid, NT_X86_XSTATE, &vector);
	/* A part of it is refused, and a header that names what is not there. */
	vector.iov_len -= 8;
	REQ(SETREGSET, pid, NT_X86_XSTATE, &vector);
	vector.iov_len += 8;
	memset(room + 512, 0xff, 64);
	REQ(SETREGSET, pid, NT_X86_XSTATE, &vector);
	REQ(OLDSETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
	REQ(OLDSETOPTIONS, pid, 0, -1UL);
}

static void dispatch(pid_t pid)
{
	static const struct {
		const char *name;
		struct dispatch_config config;
	} rows[] = {
		{ "dispatch: mode 7", { 7, 0, 0, 0 } },
		{ "dispatch: off, with a range", { 0, 0, 1, 1 } },
		{ "dispatch: on, an empty range", { 1, 0, 1, 0 } },
		{ "dispatch: on, a range that wraps", { 1, 0, 4096, -1UL } },
		{ "dispatch: on, the selector in the kernel",
		  { 1, KERNEL, 0, 0 } },
		{ "dispatch: off", { 0, 0, 0, 0 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		ask(rows[i].name, PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG, pid,
		    sizeof(rows[i].config), &rows[i].config);
}

int main(int argc, char **argv)
{
	pid_t pid;

	set_out(argc, argv);
	filters();
	pid = make_stopped(count_for_ever);
	waiting_signals(pid);
	watchpoints(pid);
	segments(pid);
	registers(pid);
	dispatch(pid);
	drop_tracee(pid);
	say("end");
	return 0;
}
