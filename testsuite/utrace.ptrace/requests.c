// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * requests BESIDE: every request of <linux/ptrace.h> and of x86 in every state
 * of a tracee, and the errors that one can give in a stopped one for its
 * arguments. BESIDE is as in tracee.h.
 */
#include <elf.h>
#include <stddef.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "tracee.h"

#define NOWHERE 16UL
#define NO_SIGNAL 65UL

/* Younger than the C library's header. */
#define PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG 0x4210
#define PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG 0x4211

struct dispatch_config {
	unsigned long mode, selector, offset, len;
};

/* Requests with arguments that are right, where one needs any. */
static union {
	unsigned long word;
	siginfo_t info;
	char room[8192];
} memory;

static struct iovec vector;
static struct __ptrace_peeksiginfo_args peek = { 0, 0, 1 };
static struct dispatch_config dispatch;

static const struct request_case {
	const char *name;
	long req;
	unsigned long addr;
	void *data;
} requests[] = {
#define MEMORY ((void *)&memory)
	{ "PEEKTEXT", PTRACE_PEEKTEXT, (unsigned long)&vector, MEMORY },
	{ "PEEKDATA", PTRACE_PEEKDATA, (unsigned long)&vector, MEMORY },
	{ "PEEKUSR", PTRACE_PEEKUSER, 0, MEMORY },
	{ "POKETEXT", PTRACE_POKETEXT, (unsigned long)&memory, NULL },
	{ "POKEDATA", PTRACE_POKEDATA, (unsigned long)&memory, NULL },
	{ "POKEUSR", PTRACE_POKEUSER, offsetof(struct user, u_debugreg[7]),
	  NULL },
	{ "SETOPTIONS", PTRACE_SETOPTIONS, 0, NULL },
	{ "GETEVENTMSG", PTRACE_GETEVENTMSG, 0, MEMORY },
	{ "GETSIGINFO", PTRACE_GETSIGINFO, 0, MEMORY },
	{ "SETSIGINFO", PTRACE_SETSIGINFO, 0, MEMORY },
	{ "GETREGSET", PTRACE_GETREGSET, NT_PRSTATUS, &vector },
	{ "SETREGSET", PTRACE_SETREGSET, NT_PRSTATUS, &vector },
	{ "PEEKSIGINFO", PTRACE_PEEKSIGINFO, (unsigned long)&peek, MEMORY },
	{ "GETSIGMASK", PTRACE_GETSIGMASK, 8, MEMORY },
	{ "SETSIGMASK", PTRACE_SETSIGMASK, 8, MEMORY },
	{ "SECCOMP_GET_FILTER", PTRACE_SECCOMP_GET_FILTER, 0, NULL },
	{ "SECCOMP_GET_METADATA", PTRACE_SECCOMP_GET_METADATA, 16, MEMORY },
	{ "GET_SYSCALL_INFO", PTRACE_GET_SYSCALL_INFO, 88, MEMORY },
	{ "GET_RSEQ_CONFIGURATION", PTRACE_GET_RSEQ_CONFIGURATION, 24, MEMORY },
	{ "SET_SYSCALL_USER_DISPATCH", PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG,
	  sizeof(dispatch), &dispatch },
	{ "GET_SYSCALL_USER_DISPATCH", PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG,
	  sizeof(dispatch), &dispatch },
	{ "GETREGS", PTRACE_GETREGS, 0, MEMORY },
	{ "SETREGS", PTRACE_SETREGS, 0, MEMORY },
	{ "GETFPREGS", PTRACE_GETFPREGS, 0, MEMORY },
	{ "SETFPREGS", PTRACE_SETFPREGS, 0, MEMORY },
	{ "GET_THREAD_AREA", 25, 12, MEMORY },
	{ "ARCH_PRCTL", 30, NOWHERE, (void *)0x1002 },
	{ "unknown", 0x42ff, 0, NULL },
	{ "LISTEN", PTRACE_LISTEN, 0, NULL },
	/* From here on the tracee does not stay as it was. */
	{ "CONT", PTRACE_CONT, 0, NULL },
	{ "SYSCALL", PTRACE_SYSCALL, 0, NULL },
	{ "SINGLESTEP", PTRACE_SINGLESTEP, 0, NULL },
	{ "SINGLEBLOCK", 33, 0, NULL },
	{ "SYSEMU", PTRACE_SYSEMU, 0, NULL },
	{ "SYSEMU_SINGLESTEP", 32, 0, NULL },
	{ "DETACH", PTRACE_DETACH, 0, NULL },
};

#define NR_REQUESTS (sizeof(requests) / sizeof(*requests))
#define NR_HARMLESS 28

static const char *answer(const struct request_case *r, pid_t pid)
{
	long ret;

	vector.iov_base = &memory;
	vector.iov_len = sizeof(struct user_regs_struct);
	ret = syscall(SYS_ptrace, r->req, pid, r->addr, r->data);
	return error_name(ret < 0 ? errno : 0);
}

/* The first @nr of the table in one state of the tracee, a line each. */
static void say_requests(const char *state, pid_t pid, size_t nr)
{
	size_t i;

	for (i = 0; i < nr; i++)
		say("%s: %s: %s", state, requests[i].name,
		    answer(&requests[i], pid));
}

/* States in which almost all requests fail. */
static void states_of_refusal(void)
{
	pid_t pid = make_tracee(count_for_ever);

	say_requests("not traced", pid, NR_REQUESTS);
	REQ(INTERRUPT, pid, 0, 0);
	REQ(KILL, pid, 0, 0);
	ptrace(PTRACE_SEIZE, pid, 0, 0);
	say_requests("running", pid, NR_REQUESTS);
	interrupt_tracee(pid);
	ptrace(PTRACE_LISTEN, pid, 0, 0);
	say_requests("listening", pid, NR_REQUESTS);
	kill(pid, SIGKILL);
	await_state(pid, "Z");
	say_requests("zombie", pid, NR_REQUESTS);
	REQ(INTERRUPT, pid, 0, 0);
	REQ(KILL, pid, 0, 0);
	drop_tracee(pid);
	say_requests("gone", pid, NR_REQUESTS);
	REQ(ATTACH, pid, 0, 0);
	REQ(SEIZE, pid, 0, 0);
	REQ(INTERRUPT, pid, 0, 0);
	REQ(KILL, pid, 0, 0);
}

/* A request that resumes works once for each stop. */
static void resume_each(const char *state, pid_t pid)
{
	size_t i;
	int status;

	for (i = NR_HARMLESS; i < NR_REQUESTS; i++) {
		say("%s: %s: %s", state, requests[i].name,
		    answer(&requests[i], pid));
		release();
		if (requests[i].req == PTRACE_DETACH)
			break;
		/* LISTEN, and whatever stops by itself, come back so. */
		if (requests[i].req == PTRACE_CONT ||
		    requests[i].req == PTRACE_LISTEN)
			ptrace(PTRACE_INTERRUPT, pid, 0, 0);
		if (next_status(pid, &status, PATIENCE_MS)) {
			say("%s: %s: no stop", state, requests[i].name);
			break;
		}
		while (status >> 16 != PTRACE_EVENT_STOP) {
			ptrace(PTRACE_INTERRUPT, pid, 0, 0);
			ptrace(PTRACE_CONT, pid, 0, 0);
			if (next_status(pid, &status, PATIENCE_MS))
				break;
		}
	}
}

static void states_of_service(void)
{
	pid_t pid = make_tracee(count_for_ever);

	ptrace(PTRACE_SEIZE, pid, 0, 0);
	interrupt_tracee(pid);
	say_requests("interrupted", pid, NR_HARMLESS);
	resume_each("interrupted", pid);
	drop_tracee(pid);
}

/* Arguments that are wrong, to a tracee that is stopped. */
static void say_wrong_arguments(pid_t pid)
{
	struct __ptrace_peeksiginfo_args bad_flags = { 0, 6, 1 };
	struct __ptrace_peeksiginfo_args bad_nr = { 0, 0, -1 };
	struct iovec odd = { &memory, 7 }, nowhere = { (void *)NOWHERE, 216 };
	static const long resuming[] = {
		PTRACE_CONT,	   PTRACE_SYSCALL,
		PTRACE_SINGLESTEP, 33,
		PTRACE_SYSEMU,	   32,
		PTRACE_DETACH,
	};
	size_t i;

	for (i = 0; i < sizeof(resuming) / sizeof(*resuming); i++)
		request("resume with signal 65", resuming[i], pid, 0,
			NO_SIGNAL);
	REQ(ATTACH, pid, 0, 0);
	REQ(SEIZE, pid, 0, 0);
	REQ(PEEKTEXT, pid, NOWHERE, 0);
	REQ(POKETEXT, pid, NOWHERE, 0);
	REQ(PEEKDATA, pid, NOWHERE, 0);
	REQ(POKEDATA, pid, NOWHERE, 0);
	REQ(PEEKUSER, pid, 3, 0);
	REQ(PEEKUSER, pid, 1 << 20, 0);
	REQ(POKEUSER, pid, 3, 0);
	REQ(POKEUSER, pid, 1 << 20, 0);
	REQ(POKEUSER, pid, offsetof(struct user, regs.cs), 0);
	REQ(POKEUSER, pid, offsetof(struct user, u_debugreg[4]), 0);
	REQ(POKEUSER, pid, offsetof(struct user, u_debugreg[0]), -1UL);
	REQ(POKEUSER, pid, offsetof(struct user, u_debugreg[7]), 0xffff0fff);
	REQ(SETOPTIONS, pid, 0, -1UL);
	REQ(SETOPTIONS, pid, 0, 1 << 21);
	REQ(GETEVENTMSG, pid, 0, NOWHERE);
	REQ(GETSIGINFO, pid, 0, NOWHERE);
	REQ(SETSIGINFO, pid, 0, NOWHERE);
	REQ(GETREGSET, pid, NT_PRSTATUS, NOWHERE);
	REQ(GETREGSET, pid, NT_PRSTATUS, &odd);
	REQ(GETREGSET, pid, NT_PRSTATUS, &nowhere);
	REQ(GETREGSET, pid, 0x7777, &vector);
	REQ(SETREGSET, pid, NT_PRSTATUS, NOWHERE);
	REQ(SETREGSET, pid, NT_PRSTATUS, &odd);
	REQ(SETREGSET, pid, NT_PRSTATUS, &nowhere);
	REQ(SETREGSET, pid, 0x7777, &vector);
	REQ(PEEKSIGINFO, pid, NOWHERE, &memory);
	REQ(PEEKSIGINFO, pid, &bad_flags, &memory);
	REQ(PEEKSIGINFO, pid, &bad_nr, &memory);
	REQ(PEEKSIGINFO, pid, &peek, NOWHERE);
	REQ(GETSIGMASK, pid, 4, &memory);
	REQ(GETSIGMASK, pid, 8, NOWHERE);
	REQ(SETSIGMASK, pid, 4, &memory);
	REQ(SETSIGMASK, pid, 8, NOWHERE);
	REQ(SECCOMP_GET_METADATA, pid, 4, &memory);
	REQ(SECCOMP_GET_METADATA, pid, 16, NOWHERE);
	REQ(GET_SYSCALL_INFO, pid, 88, NOWHERE);
	request("GET_RSEQ_CONFIGURATION", PTRACE_GET_RSEQ_CONFIGURATION, pid,
		24, NOWHERE);
	request("GET_SYSCALL_USER_DISPATCH",
		PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG, pid, 8,
		(unsigned long)&dispatch);
	request("GET_SYSCALL_USER_DISPATCH",
		PTRACE_GET_SYSCALL_USER_DISPATCH_CONFIG, pid, sizeof(dispatch),
		NOWHERE);
	request("SET_SYSCALL_USER_DISPATCH",
		PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG, pid, 8,
		(unsigned long)&dispatch);
	request("SET_SYSCALL_USER_DISPATCH",
		PTRACE_SET_SYSCALL_USER_DISPATCH_CONFIG, pid, sizeof(dispatch),
		NOWHERE);
	REQ(GETREGS, pid, 0, NOWHERE);
	REQ(SETREGS, pid, 0, NOWHERE);
	REQ(GETFPREGS, pid, 0, NOWHERE);
	REQ(SETFPREGS, pid, 0, NOWHERE);
}

static void wrong_arguments(void)
{
	pid_t pid = make_tracee(count_for_ever);

	REQ(SEIZE, pid, 1, 0);
	REQ(SEIZE, pid, 0, -1UL);
	REQ(SEIZE, pid, 0, 1UL << 19);
	REQ(SEIZE, pid, 0, PTRACE_O_SUSPEND_SECCOMP);
	REQ(SEIZE, pid, 0, 0);
	REQ(SEIZE, pid, 0, 0);
	REQ(ATTACH, pid, 0, 0);
	interrupt_tracee(pid);
	say_wrong_arguments(pid);
	drop_tracee(pid);
}

/* Without SEIZE: neither INTERRUPT nor LISTEN, no siginfo in a group stop. */
static void attached(void)
{
	pid_t pid = make_tracee(count_for_ever);

	REQ(ATTACH, pid, 1, 2);
	REQ(INTERRUPT, pid, 0, 0);
	release();
	say_wait(pid);
	REQ(INTERRUPT, pid, 0, 0);
	REQ(LISTEN, pid, 0, 0);
	say_siginfo(pid);
	REQ(CONT, pid, 0, SIGSTOP);
	say_wait(pid);
	say_siginfo(pid);
	REQ(SETSIGINFO, pid, 0, &memory);
	REQ(LISTEN, pid, 0, 0);
	REQ(DETACH, pid, 0, 0);
	say_state("detached in a group stop", pid, "T");
	REQ(KILL, pid, 0, 0);
	drop_tracee(pid);
}

/* KILL does not ask for a stop. */
static void killed(void)
{
	pid_t pid = make_tracee(count_for_ever);

	REQ(SEIZE, pid, 0, 0);
	REQ(KILL, pid, 0, 0);
	say_wait(pid);
	drop_tracee(pid);
}

static int trace_me_twice(void *arg)
{
	(void)arg;
	REQ(TRACEME, 0, 0, 0);
	REQ(TRACEME, 0, 0, 0);
	raise(SIGSTOP);
	return 7;
}

/* Whom nobody may trace. */
static void refused(void)
{
	pid_t pid;

	REQ(ATTACH, getpid(), 0, 0);
	REQ(SEIZE, getpid(), 0, 0);
	REQ(ATTACH, 2, 0, 0);
	REQ(SEIZE, 2, 0, 0);
	REQ(ATTACH, 0, 0, 0);
	REQ(ATTACH, -1, 0, 0);
	pid = start(trace_me_twice, NULL);
	say_wait(pid);
	REQ(CONT, pid, 0, 0);
	say_wait(pid);
	pid = start(count_for_ever, NULL);
	kill(pid, SIGKILL);
	await_state(pid, "Z");
	REQ(ATTACH, pid, 0, 0);
	REQ(SEIZE, pid, 0, 0);
	waitpid(pid, NULL, 0);
}

static int try_as_nobody(void *pid)
{
	if (setgid(65534) || setuid(65534))
		die("setuid");
	REQ(ATTACH, *(pid_t *)pid, 0, 0);
	REQ(SEIZE, *(pid_t *)pid, 0, 0);
	return 0;
}

static void not_permitted(void)
{
	pid_t pid = make_tracee(count_for_ever);

	run_tracer(try_as_nobody, &pid);
	drop_tracee(pid);
}

int main(int argc, char **argv)
{
	set_out(argc, argv);
	states_of_refusal();
	states_of_service();
	wrong_arguments();
	attached();
	killed();
	refused();
	not_permitted();
	say("end");
	return 0;
}
