// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The program that is debugged: its first thread does what the mode says, its
 * second one counts, until it is sent on an errand. Each signal is written down.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "together.h"

#define SHARED_FD 100
#define GATE_FD 101

static struct shared *shared;
static volatile long ticks;

static void take_signal(int signo, siginfo_t *info, void *context)
{
	int nr = shared->nr_given;

	(void)context;
	if (nr < GIVEN_MAX) {
		shared->given[nr].signo = signo;
		shared->given[nr].value = info->si_value.sival_int;
		shared->nr_given = nr + 1;
	}
}

__attribute__((noinline)) void tick(void)
{
	ticks++;
}

static void spin(void)
{
	int i;

	for (i = 0; i < 1000; i++)
		tick();
}

static void execute(void)
{
	execl("/proc/self/exe", "together", "target", NULL);
	shared->broken++;
	_exit(3);
}

static void set_blocked(int how)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SENT);
	pthread_sigmask(how, &set, NULL);
}

static void sleep_once(void)
{
	char byte;

	if (read(GATE_FD, &byte, 1) != 1)
		shared->broken++;
}

static void fork_once(bool shares)
{
	pid_t pid = shares ? vfork() : fork();
	int status;

	if (!pid)
		_exit(0);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (pid < 0 || status)
		shared->broken++;
}

static void *end_at_once(void *arg)
{
	return arg;
}

/* A thread that takes no signals. */
static void create_once(void)
{
	pthread_t thread;
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&thread, NULL, end_at_once, NULL) ||
	    pthread_join(thread, NULL))
		shared->broken++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void act(enum mode mode)
{
	if (mode != BLOCK)
		set_blocked(SIG_UNBLOCK);
	switch (mode) {
	case SPIN:
		spin();
		break;
	case SLEEP:
		sleep_once();
		break;
	case CALL:
		syscall(SYS_getppid);
		break;
	case FORK:
	case VFORK:
		fork_once(mode == VFORK);
		break;
	case CREATE:
		create_once();
		break;
	case EXEC:
		/* Its handlers are gone for a while. */
		set_blocked(SIG_BLOCK);
		shared->mode = SPIN;
		execute();
		break;
	case BLOCK:
		set_blocked(SIG_BLOCK);
		spin();
		break;
	}
}

static void *run_errands(void *arg)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	for (;;) {
		nanosleep(&pause, NULL);
		shared->beats[1]++;
		if (shared->errand == EXECUTE) {
			shared->errand = NOTHING;
			shared->mode = SPIN;
			execute();
		} else if (shared->errand == EXIT) {
			exit(7);
		}
	}
	return arg;
}

static void run(void)
{
	struct sigaction action = {
		.sa_sigaction = take_signal,
		.sa_flags = SA_SIGINFO | SA_RESTART,
	};
	pthread_t thread;
	sigset_t set;

	sigfillset(&action.sa_mask);
	sigaction(SENT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGCONT, &action, NULL);
	shared->starts++;
	sigfillset(&set);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	if (pthread_create(&thread, NULL, run_errands, NULL))
		die("pthread_create");
	sigemptyset(&set);
	sigaddset(&set, SENT);
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	for (;;) {
		act(shared->mode);
		shared->beats[0]++;
	}
}

static struct shared *map_shared(void)
{
	struct shared *mapped = mmap(NULL, sizeof(*mapped),
				     PROT_READ | PROT_WRITE, MAP_SHARED,
				     SHARED_FD, 0);

	if (mapped == MAP_FAILED)
		die("mmap");
	return mapped;
}

/**
 * target_resume_exec() - be the program, after its exec
 * @argv: what main() got; returns if it is for somebody else
 */
void target_resume_exec(char **argv)
{
	if (!argv[1] || strcmp(argv[1], "target"))
		return;
	shared = map_shared();
	run();
}

/**
 * target_start() - start it
 * @target: filled in
 * @mode: what its first thread does
 */
void target_start(struct target *target, enum mode mode)
{
	int memory = memfd_create("together", 0);
	int gate[2];

	if (memory < 0 || ftruncate(memory, sizeof(struct shared)) ||
	    dup2(memory, SHARED_FD) < 0 || pipe(gate) ||
	    dup2(gate[0], GATE_FD) < 0)
		die("together: a program to debug");
	close(memory);
	close(gate[0]);
	target->shared = map_shared();
	target->shared->mode = mode;
	target->gate = gate[1];
	fcntl(target->gate, F_SETFD, FD_CLOEXEC);
	fflush(stdout);
	target->pid = fork();
	if (target->pid < 0)
		die("fork");
	if (!target->pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Not an orphaned process group, which SIGTSTP does not stop. */
		setpgid(0, 0);
		shared = target->shared;
		run();
	}
	close(SHARED_FD);
	close(GATE_FD);
}

/**
 * target_wait_beats() - wait until its first thread has made some turns
 * @target: the program
 * @nr: how many, from now on
 */
void target_wait_beats(const struct target *target, long nr)
{
	long end = now_ms() + patience_ms(5000);
	long from = target->shared->beats[0];

	while (target->shared->beats[0] < from + nr)
		if (now_ms() > end) {
			wrong("it does not run");
			return;
		} else {
			nap_ms(1);
		}
}

/**
 * target_end() - end it
 * @target: what target_start() made; reaped if its pid is 0
 */
void target_end(struct target *target)
{
	if (target->pid) {
		kill(target->pid, SIGKILL);
		waitpid(target->pid, NULL, 0);
	}
	close(target->gate);
	munmap(target->shared, sizeof(*target->shared));
}
