/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cases of siginfo_x86.c, for KUnit and user space. Where a field is, the kernel's
 * own types say; in user space, which has none for the layout of 32 bits, this
 * file has one by the ABI's rules.
 */
#ifndef GDBSTUB_SIGINFO_X86_CASES_H
#define GDBSTUB_SIGINFO_X86_CASES_H

#include "pure_check.h"
#include "../siginfo_x86.h"

#ifdef __KERNEL__

#include <linux/compat.h>
#include <linux/signal.h>

#define siginfo_32 compat_siginfo

#else

#include <asm/siginfo.h>

/* The kernel's header that has these does not go with the C library's. */
enum {
	SIGILL = 4,
	SIGTRAP = 5,
	SIGBUS = 7,
	SIGFPE = 8,
	SIGUSR1 = 10,
	SIGSEGV = 11,
	SIGUSR2 = 12,
	SIGALRM = 14,
	SIGCHLD = 17,
	SIGIO = 29,
	SIGSYS = 31,
	SIGRTMIN = 32,
};

struct siginfo_32 {
	s32 si_signo, si_errno, si_code;
	union {
		struct {
			s32 _pid;
			u32 _uid;
		} _kill;
		struct {
			s32 _tid, _overrun, _sigval;
		} _timer;
		struct {
			s32 _pid;
			u32 _uid;
			s32 _sigval;
		} _rt;
		struct {
			s32 _pid;
			u32 _uid;
			s32 _status, _utime, _stime;
		} _sigchld;
		struct {
			u32 _addr;
			union {
				s16 _addr_lsb;
				struct {
					u32 _dummy_bnd, _lower, _upper;
				} _addr_bnd;
				struct {
					u32 _dummy_pkey, _pkey;
				} _addr_pkey;
				struct {
					u32 _data, _type, _flags;
				} _perf;
			};
		} _sigfault;
		struct {
			s32 _band, _fd;
		} _sigpoll;
		struct {
			u32 _call_addr;
			s32 _syscall;
			u32 _arch;
		} _sigsys;
	} _sifields;
};

#endif /* __KERNEL__ */

/* The last is none. */
#define SIGINFO_WORDS 6

struct siginfo_place {
	size_t at_64, at_32;
};

struct siginfo_row {
	const char *what;
	s32 signo, code;
	struct siginfo_place words[SIGINFO_WORDS];
};

/* clang-format off */
#define AT(field) { offsetof(siginfo_t, field), offsetof(struct siginfo_32, field) }

#define SENT { AT(si_pid), AT(si_uid), AT(si_value) }
#define TIMER { AT(si_tid), AT(si_overrun), AT(_sifields._timer._sigval) }
#define CHILD { AT(si_pid), AT(si_uid), AT(si_status), AT(si_utime), \
		AT(si_stime) }
#define FAULT { AT(si_addr) }
#define POLLED { AT(si_band), AT(si_fd) }

static const struct siginfo_row siginfo_rows[] = {
	{ "kill", SIGUSR1, SI_USER, SENT },
	{ "tkill", SIGUSR1, SI_TKILL, SENT },
	{ "tkill of a fault's signal", SIGSEGV, SI_TKILL, SENT },
	{ "queue", SIGRTMIN, SI_QUEUE, SENT },
	{ "message queue", SIGUSR2, SI_MESGQ, SENT },
	{ "the kernel's", SIGTRAP, SI_KERNEL, SENT },
	{ "timer", SIGALRM, SI_TIMER, TIMER },
	{ "child that ended", SIGCHLD, CLD_EXITED, CHILD },
	{ "child that stopped", SIGCHLD, CLD_STOPPED, CHILD },
	{ "child, said by kill", SIGCHLD, SI_USER, SENT },
	{ "fault", SIGSEGV, SEGV_MAPERR, FAULT },
	{ "bound", SIGSEGV, SEGV_BNDERR,
	  { AT(si_addr), AT(si_lower), AT(si_upper) } },
	{ "key", SIGSEGV, SEGV_PKUERR, { AT(si_addr), AT(si_pkey) } },
	{ "memory error", SIGBUS, BUS_MCEERR_AR,
	  { AT(si_addr), AT(si_addr_lsb) } },
	{ "opcode", SIGILL, ILL_ILLOPN, FAULT },
	{ "division", SIGFPE, FPE_INTDIV, FAULT },
	{ "breakpoint", SIGTRAP, TRAP_BRKPT, FAULT },
	{ "step", SIGTRAP, TRAP_TRACE, FAULT },
	{ "debug register", SIGTRAP, TRAP_HWBKPT, FAULT },
	{ "perf event", SIGTRAP, TRAP_PERF,
	  { AT(si_addr), AT(si_perf_data), AT(si_perf_type),
	    AT(si_perf_flags) } },
	{ "poll", SIGIO, POLL_IN, POLLED },
	{ "poll by another signal", SIGUSR1, POLL_HUP, POLLED },
	{ "signal-driven", SIGRTMIN, SI_SIGIO, POLLED },
	{ "call", SIGSYS, SYS_SECCOMP,
	  { AT(si_call_addr), AT(si_syscall), AT(si_arch) } },
};

/* clang-format on */

/* What no layout of 32 bits has words behind. */
#define SIGINFO_END 32

static u8 siginfo_wide[SIGINFO_KEPT];
static u8 siginfo_narrow[SIGINFO_SIZE];

/* A siginfo of which no two words are the same, and none is zero. */
static void siginfo_make(const struct siginfo_row *row)
{
	size_t i;

	for (i = 0; i < sizeof(siginfo_wide); i++)
		siginfo_wide[i] = 1 + i;
	memcpy(siginfo_wide, &row->signo, 4);
	memcpy(siginfo_wide + 8, &row->code, 4);
	memset(siginfo_narrow, 0x5a, sizeof(siginfo_narrow));
	siginfo_to_32(siginfo_narrow, siginfo_wide);
}

static bool siginfo_is_zero_behind(size_t at)
{
	for (; at < sizeof(siginfo_narrow); at++)
		if (siginfo_narrow[at])
			return false;
	return true;
}

static void siginfo_narrows(CHECK)
{
	const struct siginfo_row *row;
	const struct siginfo_place *word;

	for (row = siginfo_rows; row < siginfo_rows + ARRAY_SIZE(siginfo_rows);
	     row++) {
		siginfo_make(row);
		EXPECT_MSG(!memcmp(siginfo_narrow, siginfo_wide, 12),
			   row->what);
		for (word = row->words; word->at_64; word++)
			EXPECT_MSG(!memcmp(siginfo_narrow + word->at_32,
					   siginfo_wide + word->at_64, 4),
				   row->what);
		EXPECT_MSG(siginfo_is_zero_behind(SIGINFO_END), row->what);
	}
}

/* Each word that is changed arrives, and nothing else does. */
static void siginfo_widens(CHECK)
{
	const struct siginfo_row *row;
	const struct siginfo_place *word;
	u8 expected[SIGINFO_KEPT];

	for (row = siginfo_rows; row < siginfo_rows + ARRAY_SIZE(siginfo_rows);
	     row++) {
		siginfo_make(row);
		memcpy(expected, siginfo_wide, sizeof(expected));
		siginfo_from_32(siginfo_wide, siginfo_narrow);
		EXPECT_MSG(!memcmp(siginfo_wide, expected, sizeof(expected)),
			   row->what);
		for (word = row->words; word->at_64; word++) {
			memset(siginfo_narrow + word->at_32, 0xc0 + word->at_32,
			       4);
			memset(expected + word->at_64, 0xc0 + word->at_32, 4);
		}
		siginfo_from_32(siginfo_wide, siginfo_narrow);
		EXPECT_MSG(!memcmp(siginfo_wide, expected, sizeof(expected)),
			   row->what);
	}
}

/* What is written decides which kind it is from then on. */
static void siginfo_changes_kind(CHECK)
{
	static const struct siginfo_row fault = {
		"", SIGSEGV, SEGV_MAPERR, { AT(si_addr) }
	};
	s32 signo = SIGCHLD, code = CLD_EXITED, status = 7;

	siginfo_make(&fault);
	memcpy(siginfo_narrow, &signo, 4);
	memcpy(siginfo_narrow + 8, &code, 4);
	memcpy(siginfo_narrow + offsetof(struct siginfo_32, si_status), &status,
	       4);
	siginfo_from_32(siginfo_wide, siginfo_narrow);
	EXPECT(!memcmp(siginfo_wide, &signo, 4));
	EXPECT(!memcmp(siginfo_wide + 8, &code, 4));
	EXPECT(!memcmp(siginfo_wide + offsetof(siginfo_t, si_status), &status,
		       4));
}

/* A program's own code that the kernel has no kind for loses nothing it needs. */
static void siginfo_bears_any_kind(CHECK)
{
	static struct siginfo_row row = { .what = "any" };
	u8 before[SIGINFO_KEPT];
	s32 code;

	for (row.signo = -1; row.signo <= 65; row.signo++) {
		for (code = -70; code <= 0x81; code++) {
			row.code = code;
			siginfo_make(&row);
			memcpy(before, siginfo_wide, sizeof(before));
			siginfo_from_32(siginfo_wide, siginfo_narrow);
			EXPECT_MSG(!memcmp(before, siginfo_wide,
					   sizeof(before)),
				   row.what);
			EXPECT_MSG(siginfo_is_zero_behind(SIGINFO_END),
				   row.what);
		}
	}
}

static CHECK_TABLE siginfo_x86_cases[] = {
	CASE(siginfo_narrows),
	CASE(siginfo_widens),
	CASE(siginfo_changes_kind),
	CASE(siginfo_bears_any_kind),
	CASES_END,
};

#endif /* GDBSTUB_SIGINFO_X86_CASES_H */
