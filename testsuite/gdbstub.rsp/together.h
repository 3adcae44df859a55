/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of "together" share: the program that is debugged, the client
 * with its session, and a ptracer beside them.
 */
#ifndef TOGETHER_H
#define TOGETHER_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#define SENT (SIGRTMIN + 1)
#define GIVEN_MAX 64

/* What the program's first thread does, again and again. */
enum mode { SPIN, SLEEP, CALL, FORK, VFORK, EXEC, BLOCK };

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
void wrong(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* together_target.c */
struct target {
	pid_t pid;
	int gate;
	struct shared *shared;
};

void tick(void);
void target_start(struct target *target, enum mode mode);
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

#endif
