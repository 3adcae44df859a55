// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * arguments BESIDE: the errors of ptrace requests that come from where memory
 * ends, from what a register cannot be and a set of them does not have, from
 * siginfo of which the kernel cannot keep all; and those of calls of 32 bits.
 * BESIDE is as in tracee.h.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>
#include <sys/user.h>

#include "tracee.h"

#define NOWHERE 16UL
#define PAGE 4096UL
/* Beyond what user space has. */
#define KERNEL (-1UL << 47)

/* Of x86, by the numbers of its own header. */
#define PTRACE_GETREGS_32 12
#define PTRACE_SETREGS_32 13
#define PTRACE_GETFPREGS_32 14
#define PTRACE_SETFPREGS_32 15
#define PTRACE_GETFPXREGS_32 18
#define PTRACE_SETFPXREGS_32 19
#define NR_PTRACE_32 26

/*
 * What the tracees have at the same place: a page of their own, one that is not
 * there, one to read only of a file that was opened to be read, and one that is
 * not to be accessed. All below 4 GB.
 */
static char *pages;

#define OWN (pages)
#define END (pages + PAGE)
#define READ_ONLY (pages + 2 * PAGE)
#define NO_ACCESS (pages + 3 * PAGE)

static void make_pages(void)
{
	int file = open("/proc/self/exe", O_RDONLY);

	pages = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (pages == MAP_FAILED || file < 0 || munmap(END, PAGE) ||
	    mmap(READ_ONLY, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) ==
		    MAP_FAILED ||
	    mprotect(NO_ACCESS, PAGE, PROT_NONE))
		die("pages");
	close(file);
}

static void memory(pid_t pid)
{
	static const struct {
		const char *name;
		size_t offset;
	} places[] = {
		{ "the last word", PAGE - 8 },
		{ "a word half at the end", PAGE - 4 },
		{ "the word behind", PAGE },
		{ "a file's, to read only", 2 * PAGE },
		{ "not to be accessed", 3 * PAGE },
	};
	long word;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		unsigned long place = (unsigned long)pages + places[i].offset;

		say("-- %s", places[i].name);
		ask("PEEKTEXT", PTRACE_PEEKTEXT, pid, place, &word);
		ask("PEEKDATA", PTRACE_PEEKDATA, pid, place, &word);
		ask("POKETEXT", PTRACE_POKETEXT, pid, place, NULL);
		ask("POKEDATA", PTRACE_POKEDATA, pid, place, NULL);
	}
}

static void user_words(pid_t pid)
{
#define WORD(field) offsetof(struct user, field)
	static const struct {
		const char *name;
		unsigned long offset, value;
	} words[] = {
		{ "cs null", WORD(regs.cs), 0 },
		{ "ss null", WORD(regs.ss), 0 },
		{ "cs of the kernel", WORD(regs.cs), 0x10 },
		{ "ds of the kernel", WORD(regs.ds), 0x18 },
		{ "es of the kernel", WORD(regs.es), 0x18 },
		{ "fs of the kernel", WORD(regs.fs), 0x18 },
		{ "gs of the kernel", WORD(regs.gs), 0x18 },
		{ "fs_base in the kernel", WORD(regs.fs_base), KERNEL },
		{ "gs_base in the kernel", WORD(regs.gs_base), KERNEL },
		{ "debug register 5", WORD(u_debugreg[5]), 0 },
		{ "debug register 6", WORD(u_debugreg[6]), 0 },
		{ "a watchpoint", WORD(u_debugreg[7]), 0xd0001 },
		{ "the same at an odd place", WORD(u_debugreg[0]), 1 },
		{ "the same beyond user space", WORD(u_debugreg[0]), KERNEL },
		{ "one of input and output", WORD(u_debugreg[7]), 0x20001 },
		{ "an instruction of 4 bytes", WORD(u_debugreg[7]), 0xc0001 },
		{ "none", WORD(u_debugreg[7]), 0 },
		{ "the words behind the registers", WORD(u_ar0), 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		ask(words[i].name, PTRACE_POKEUSER, pid, words[i].offset,
		    (void *)words[i].value);
	ask("GETFPXREGS, of 32 bits", PTRACE_GETFPXREGS_32, pid, 0, OWN);
}

static void register_sets(pid_t pid)
{
	struct user_fpregs_struct fp;
	struct iovec own = { OWN, PAGE };
	struct iovec *fixed = (struct iovec *)(OWN + PAGE / 2);

	REQ(GETREGSET, pid, NT_386_IOPERM, &own);
	own.iov_len = PAGE;
	REQ(SETREGSET, pid, NT_386_IOPERM, &own);
	own.iov_len = sizeof(fp);
	REQ(GETREGSET, pid, NT_PRFPREG, &own);
	own.iov_len = sizeof(fp) - 8;
	REQ(SETREGSET, pid, NT_PRFPREG, &own);
	REQ(GETFPREGS, pid, 0, &fp);
	fp.mxcsr = -1U;
	REQ(SETFPREGS, pid, 0, &fp);
	/* The length cannot be told where the vector cannot be written. */
	fixed->iov_base = OWN;
	fixed->iov_len = 8;
	if (mprotect(OWN, PAGE, PROT_READ))
		die("mprotect");
	REQ(GETREGSET, pid, NT_PRSTATUS, fixed);
	if (mprotect(OWN, PAGE, PROT_READ | PROT_WRITE))
		die("mprotect");
}

/* What a code that nobody knows means may need more than the kernel keeps. */
static void signal_information(pid_t pid)
{
	siginfo_t info = { .si_signo = SIGUSR1, .si_code = 4711 };
	siginfo_t *last = (siginfo_t *)(END - 48);

	ask("a code that is not known", PTRACE_SETSIGINFO, pid, 0, &info);
	((char *)&info)[sizeof(info) - 1] = 1;
	ask("the same with all its bytes", PTRACE_SETSIGINFO, pid, 0, &info);
	info.si_code = SI_USER;
	ask("the bytes with one that is", PTRACE_SETSIGINFO, pid, 0, &info);
	memcpy(last, &info, 48);
	ask("what the kernel keeps of it there", PTRACE_SETSIGINFO, pid, 0,
	    last);
	last->si_code = 4711;
	ask("the same of a code that is not known", PTRACE_SETSIGINFO, pid, 0,
	    last);
	ask("half of it to be written", PTRACE_GETSIGINFO, pid, 0, last);
}

static void arguments(void)
{
	pid_t pid = make_stopped(count_for_ever);

	memory(pid);
	user_words(pid);
	register_sets(pid);
	signal_information(pid);
	drop_tracee(pid);
}

/* The system call as a program of 32 bits makes it: all that it names is low. */
static long ptrace_32(long req, pid_t pid, uint32_t addr, uint32_t data)
{
	long ret;

	asm volatile("int $0x80"
		     : "=a"(ret)
		     : "a"(NR_PTRACE_32), "b"(req), "c"((long)pid),
		       "d"((unsigned long)addr), "S"((unsigned long)data)
		     : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

static void ask_32(const char *name, long req, pid_t pid, uint32_t addr,
		   uint32_t data)
{
	long ret = ptrace_32(req, pid, addr, data);

	say("32: %s: %s", name, error_name(ret < 0 ? -ret : 0));
}

#define LOW(pointer) ((uint32_t)(unsigned long)(pointer))
/* Offsets in the struct user of 32 bits. */
#define CS_32 52
#define DEBUGREG_32(n) (252 + 4 * (n))
#define ASK_32(req, addr, data) ask_32(#req, PTRACE_##req, pid, addr, data)

static void memory_32(pid_t pid)
{
	ASK_32(PEEKTEXT, LOW(OWN), LOW(OWN));
	ASK_32(PEEKDATA, LOW(END), LOW(OWN));
	ASK_32(PEEKDATA, LOW(OWN), NOWHERE);
	ASK_32(POKEDATA, LOW(OWN), 0);
	ASK_32(POKETEXT, LOW(END - 2), 0);
	ASK_32(PEEKUSER, 0, LOW(OWN));
	ASK_32(PEEKUSER, 3, LOW(OWN));
	ASK_32(PEEKUSER, 1 << 20, LOW(OWN));
	ASK_32(PEEKUSER, 0, NOWHERE);
	ASK_32(POKEUSER, CS_32, 0);
	ASK_32(POKEUSER, DEBUGREG_32(0), -1U);
	ASK_32(POKEUSER, DEBUGREG_32(4), 0);
	ASK_32(POKEUSER, 3, 0);
}

static void registers_32(pid_t pid)
{
	static const int requests[] = {
		PTRACE_GETREGS_32,   PTRACE_SETREGS_32,	   PTRACE_GETFPREGS_32,
		PTRACE_SETFPREGS_32, PTRACE_GETFPXREGS_32, PTRACE_SETFPXREGS_32,
	};
	uint32_t *vector = (uint32_t *)(OWN + PAGE - 8);
	char name[40];

	for (size_t i = 0; i < sizeof(requests) / sizeof(*requests); i++) {
		snprintf(name, sizeof(name), "request %d to nowhere",
			 requests[i]);
		ask_32(name, requests[i], pid, 0, NOWHERE);
		snprintf(name, sizeof(name), "request %d", requests[i]);
		/* What was got is set again, but for what has 64 bits. */
		if (requests[i] != PTRACE_SETREGS_32)
			ask_32(name, requests[i], pid, 0, LOW(OWN));
	}
	vector[0] = LOW(OWN);
	vector[1] = sizeof(struct user_regs_struct);
	ASK_32(GETREGSET, NT_PRSTATUS, LOW(vector));
	ASK_32(SETREGSET, NT_PRSTATUS, LOW(vector));
	ASK_32(GETREGSET, 0x7777, LOW(vector));
	ASK_32(GETREGSET, NT_PRSTATUS, NOWHERE);
	ASK_32(SETREGSET, NT_PRSTATUS, NOWHERE);
	vector[0] = NOWHERE;
	ASK_32(GETREGSET, NT_PRSTATUS, LOW(vector));
	ASK_32(SETREGSET, NT_PRSTATUS, LOW(vector));
}

static void signals_32(pid_t pid)
{
	ASK_32(GETEVENTMSG, 0, LOW(OWN));
	ASK_32(GETEVENTMSG, 0, NOWHERE);
	ASK_32(GETSIGINFO, 0, LOW(OWN));
	ASK_32(GETSIGINFO, 0, NOWHERE);
	ASK_32(SETSIGINFO, 0, LOW(OWN));
	ASK_32(SETSIGINFO, 0, NOWHERE);
	ASK_32(GETSIGMASK, 8, LOW(OWN));
	ASK_32(SETSIGMASK, 8, LOW(OWN));
	ASK_32(SETSIGMASK, 4, LOW(OWN));
	memset(OWN, 0, 16);
	((uint32_t *)OWN)[3] = 1;
	syscall(SYS_tgkill, pid, pid, SIGUSR1);
	ASK_32(PEEKSIGINFO, LOW(OWN), LOW(OWN + 16));
	ASK_32(PEEKSIGINFO, LOW(OWN), NOWHERE);
	ASK_32(GET_SYSCALL_INFO, 88, LOW(OWN));
	ASK_32(SECCOMP_GET_FILTER, 0, 0);
}

static void calls_of_32_bits(void)
{
	pid_t pid = make_tracee(count_for_ever);

	ask_32("SEIZE with an address", PTRACE_SEIZE, pid, 1, 0);
	ask_32("SEIZE of nobody", PTRACE_SEIZE, -1, 0, 0);
	ask_32("ATTACH of itself", PTRACE_ATTACH, getpid(), 0, 0);
	ask_32("CONT of who is not traced", PTRACE_CONT, pid, 0, 0);
	ASK_32(SEIZE, 0, 0);
	ASK_32(SEIZE, 0, 0);
	interrupt_tracee(pid);
	memory_32(pid);
	registers_32(pid);
	signals_32(pid);
	ASK_32(SETOPTIONS, 0, -1U);
	ASK_32(CONT, 0, 65);
	ASK_32(LISTEN, 0, 0);
	ASK_32(INTERRUPT, 0, 0);
	say_wait(pid);
	ask_32("request 0x42ff", 0x42ff, pid, 0, 0);
	ASK_32(DETACH, 0, 65);
	ASK_32(DETACH, 0, 0);
	drop_tracee(pid);
}

int main(int argc, char **argv)
{
	set_out(argc, argv);
	make_pages();
	arguments();
	calls_of_32_bits();
	say("end");
	return 0;
}
