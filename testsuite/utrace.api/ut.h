/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the programs of utrace.api share: engines by number through
 * /dev/utrace_test, programs to trace, and a way to say what must hold.
 *
 * Every test runs in a process and a session of its own. It calls check() on
 * what it sees; one that fails makes the test fail and the rest of it goes on.
 * Afterwards no callback of the session may have come that must not.
 */
#ifndef UT_H
#define UT_H

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "utrace_test.h"

/* A rule may name its match after the default. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* The published values; <linux/utrace.h> of the kernel has the same. */
enum { STOP, REPORT, INTERRUPT, SINGLESTEP, BLOCKSTEP, RESUME, DETACH };
enum {
	DELIVER = 0x00, IGN = 0x10, TERM = 0x20, CORE = 0x30, SIG_STOP = 0x40,
	SIG_TSTP = 0x50, SIG_REPORT = 0x60, SIG_HANDLER = 0x70, HOLD = 0x100,
};
enum { RUN = 0x00, ABORT = 0x10 };
enum { MATCH_OPS = 0x1, MATCH_DATA = 0x2, CREATE = 0x10, EXCLUSIVE = 0x20 };
enum {
	E_QUIESCE = 1 << 0, E_REAP = 1 << 1, E_CLONE = 1 << 2, E_EXEC = 1 << 3,
	E_EXIT = 1 << 4, E_DEATH = 1 << 5, E_SYSCALL_ENTRY = 1 << 6,
	E_SYSCALL_EXIT = 1 << 7, E_SIGNAL = 1 << 8, E_SIGNAL_IGN = 1 << 9,
	E_SIGNAL_STOP = 1 << 10, E_SIGNAL_TERM = 1 << 11,
	E_SIGNAL_CORE = 1 << 12, E_JCTL = 1 << 13,
	E_SIGNALS = 0x1f00, E_SYSCALLS = 0xc0, E_ALL = 0x3fff,
};

/* What the kernel answers and <errno.h> does not name. */
#define ERESTARTSYS 512
#define ERESTARTNOINTR 513

struct test {
	const char *name;
	void (*run)(void);
};

/* Each program has these; the end is an empty name. */
extern const struct test tests[];

/* check(CONDITION, FORMAT, ...): it must hold; the text says what was seen. */
#define check(condition, ...)						\
	do {								\
		if (!(condition))					\
			ut_failed(__FILE__, __LINE__, #condition,	\
				  " " __VA_ARGS__);			\
	} while (0)
#define check_eq(got, want)						\
	do {								\
		long got_ = (got), want_ = (want);			\
		if (got_ != want_)					\
			ut_failed(__FILE__, __LINE__, #got " == " #want,\
				  " %ld, not %ld", got_, want_);		\
	} while (0)
#define check_story(id, want)						\
	do {								\
		const char *got_ = ut_story(id);			\
		if (strcmp(got_, want))					\
			ut_failed(__FILE__, __LINE__, "story of " #id,	\
				  " \"%s\", not \"%s\"", got_, want);	\
	} while (0)
__attribute__((format(printf, 4, 5)))
void ut_failed(const char *file, int line, const char *what,
	       const char *format, ...);
/* The test cannot be made here, for this reason. */
__attribute__((noreturn)) void ut_skip(const char *why);

/*
 * Calls. They return what utrace answered; a command that could not be given
 * ends the test.
 */
int ut_attach_as(int id, pid_t tid, int flags, int ops, int data);
int ut_attach(int id, pid_t tid, unsigned long events);
int ut_find(pid_t tid, int flags, int ops, int data, int *id);
int ut_events(int id, unsigned long events);
int ut_syscalls(int id, unsigned long nr);
int ut_control(int id, int action);
int ut_barrier(int id);
int ut_prepare(int id);
int ut_finish(int id);
int ut_examine(int id);
int ut_give_back(int id, int sig, int value);
unsigned long ut_ip(int id);
int ut_call(int op, int id, unsigned long value, int flags);
void ut_add_rule(int id, struct ut_rule rule);
#define ut_rule(id, ...)						\
	ut_add_rule(id, (struct ut_rule){ .match = UT_ANY, __VA_ARGS__ })
void ut_no_rules(int id);
void ut_drop(int id);
void ut_poke(bool from_interrupt);
unsigned int ut_running(int id);
unsigned int ut_begun(int id, int kind);
unsigned long ut_mask(int id);
extern int ut_fd;

/*
 * The log. All that follows looks at the records since the last ut_mark().
 * ut_wait() waits up to 5 s for the nth record of a kind and returns it, or
 * NULL. id -1 is any engine, arg UT_ANY any first argument.
 */
void ut_mark(void);
unsigned int ut_count(int id, int kind, unsigned long arg);
const struct ut_record *ut_nth(int id, int kind, unsigned long arg,
			       unsigned int n);
const struct ut_record *ut_wait_nth(int id, int kind, unsigned long arg,
				    unsigned int n);
#define ut_wait(id, kind, arg) ut_wait_nth(id, kind, arg, 1)
/*
 * The callbacks in words: "quiesce:exec exec exit:256". With id -1 each has its
 * number in front: "0/exec 1/exec".
 */
const char *ut_story(int id);

/*
 * Holds the thread by engine @id, which has QUIESCE set: asks for a stop,
 * answers its report by UTRACE_STOP, waits until it sleeps. Forgets the rules.
 */
void ut_hold(int id, pid_t tid);

/*
 * How many times slower the kernel is than the guest's ordinary one, from
 * UT_SLOW. The delays of callbacks are as many times longer; so are limits.
 */
extern int ut_slow;

/* Memory that all processes of a test share; all zero when it begins. */
struct shared {
	atomic_long counter, more, go, ready, tid[8], value[8];
};
extern struct shared *shared;

/* A child that runs f(arg), without the device; it is killed with the test. */
pid_t spawn(void (*f)(void *), void *arg);
/* What it may do. */
void spins(void *arg);		/* counts in shared->counter */
void sleeps(void *arg);		/* pause(), for ever */
void calls(void *arg);		/* getppid(), counting */
void exits(void *arg);		/* waits for shared->go, exits with (long)arg */
void two_threads(void *arg);	/* both count; tid[0], tid[1]; ready 2 */

void ms(int n);
double now(void);
char proc_state(pid_t tid);
/* The value of a line of /proc/TID/status, "" if there is none. */
const char *proc_line(pid_t tid, const char *key);
bool wait_state(pid_t tid, const char *states);
bool wait_value(atomic_long *value, long at_least);
bool moves(atomic_long *counter);
/* waitpid() for at most 5 s; the status, or -1. */
int reap(pid_t pid);
int kill_reap(pid_t pid);
/* waitid(WEXITED|WSTOPPED|WCONTINUED|WNOHANG): si_code, 0 for nothing. */
int seen_by_parent(pid_t pid, siginfo_t *info);

#endif /* UT_H */
