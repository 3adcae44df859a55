/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of "together" share: the program that is debugged, the client
 * with its session, a ptracer and a cgroup beside them, a case, what is done in it
 * and what must hold in the end.
 */
#ifndef TOGETHER_H
#define TOGETHER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#define SENT (SIGRTMIN + 1)
/* The same in gdb's numbers. */
#define SENT_GDB (SENT - 33 + 45)
#define GIVEN_MAX 64
#define SENT_MAX 16

/* What the program's first thread does, again and again. */
enum mode { SPIN, SLEEP, CALL, FORK, VFORK, EXEC, BLOCK, CREATE };

/* What its second thread is to do, once. */
enum errand { NOTHING, EXECUTE, EXIT };

struct given {
	int signo;
	int value;
};

/* Memory that the program shares with who starts it; it survives an exec. */
struct shared {
	volatile long beats[2];
	volatile int mode;
	volatile int errand;
	volatile int broken;
	volatile int starts;
	volatile int nr_given;
	volatile struct given given[GIVEN_MAX];
};

long now_ms(void);
void nap_ms(long ms);
long patience_ms(long ms);
void die(const char *what) __attribute__((noreturn));

/* together_target.c */
struct target {
	pid_t pid;
	int gate;
	struct shared *shared;
};

void tick(void);
void target_start(struct target *target, enum mode mode);
void target_wait_beats(const struct target *target, long nr);
void target_end(struct target *target);
void target_resume_exec(char **argv);

/* together_client.c */

/* A stop as the client was told of it; kind is '\0' for none. */
struct stop {
	char kind;
	int signo;
	char thread[40];
	pid_t child;
	char text[400];
};

struct client {
	int device;
	int sock;
	pid_t pid;
	pid_t child;
	bool non_stop;
	bool runs;
	bool notified;
	int told;
	struct stop stops[8];
	char sent[400];
	char reply[4096];
};

void client_open(struct client *client, pid_t pid, bool non_stop);
const char *client_cmd(struct client *client, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void client_resume(struct client *client, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
bool client_stop(struct client *client, struct stop *stop, long ms);
bool client_wait(struct client *client, struct stop *stop, const char *what);
void client_interrupt(struct client *client);
void client_pass(struct client *client, const struct stop *stop);
void client_let_child_go(struct client *client);
void client_detach(struct client *client);
void client_close(struct client *client);
void client_kill(struct client *client);

/* together_tracer.c */
struct tracer {
	pid_t pid;
	int sock;
};

void tracer_start(struct tracer *tracer, pid_t tracee);
bool tracer_do(struct tracer *tracer, char what);
void tracer_end(struct tracer *tracer, bool dies);

/* together_cgroup.c */
void cgroup_make(void);
void cgroup_remove(void);
void cgroup_join(pid_t pid);
void cgroup_freeze(bool is_frozen);

/* A case. */

/* What the first thread does for the client. */
enum doing {
	ATTACHED,
	RUNS,
	SLEEPS,
	BREAKPOINT,
	SHOWN,
	SHOWN_LEFT,
	SHOWN_TSTP,
	SHOWN_CONT,
	GIVEN,
	GIVEN_ANEW,
	GIVEN_BLOCKED,
	STEPS,
	ENTRY,
	RETURN,
	FORKED,
	VFORKED,
	VFORK_DONE,
	CREATED,
	EXECUTED,
	INTERRUPTED,
	NR_DOINGS
};

/* Who else has it, or what else is done to it. */
enum beside {
	NOBODY,
	PTRACER,
	PTRACER_LISTENS,
	PTRACER_SIGSTOP,
	PTRACER_SIGCONT,
	PTRACER_FROZEN,
	PTRACER_AT_SIGNAL,
	PTRACER_AT_CALL,
	SIGSTOP_SENT,
	SIGCONT_SENT,
	SIGKILL_SENT,
	FREEZER,
	STOPPED_FIRST,
	FROZEN_FIRST,
	OTHER_EXECS,
	OTHER_EXITS,
	NR_BESIDES
};

/* How the client goes. */
enum leaving { DETACH, CLOSE, KILL, OTHER_GOES, RESUME, NR_LEAVINGS };

struct test {
	enum doing doing;
	enum beside beside;
	enum leaving leaving;
	bool non_stop;
	unsigned int number;
	struct target target;
	struct client client;
	struct tracer tracer;
	struct stop stop;
	char thread[40];
	pid_t sibling;
	int sent[SENT_MAX];
	int nr_sent;
	bool is_over;
};

static inline bool has_tracer(const struct test *test)
{
	return test->beside >= PTRACER && test->beside <= PTRACER_AT_CALL;
}

/* There the trap of a ptracer waits until the stub lets go. */
static inline bool is_inside(const struct test *test)
{
	return test->doing == ENTRY || test->doing == VFORKED;
}

static inline bool is_frozen(const struct test *test)
{
	return test->beside == FREEZER || test->beside == FROZEN_FIRST ||
	       test->beside == PTRACER_FROZEN;
}

static inline bool dies(const struct test *test)
{
	return test->beside == SIGKILL_SENT || test->beside == OTHER_EXITS;
}

/* together_act.c: in this order */
void act_before_client(struct test *test);
void act_for_client(struct test *test);
void act_beside_client(struct test *test);
void act_send_more(struct test *test);
void act_leave(struct test *test);

/* together_check.c */
void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
const char *wrong_text(void);
void wrong_forget(void);
const char *status_line(pid_t pid, pid_t tid, const char *name);
bool wait_stopped(const struct test *test);
void check_left(const struct test *test);
void check_all(struct test *test);

#endif
