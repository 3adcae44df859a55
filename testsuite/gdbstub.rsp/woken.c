// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * woken target FILE: a thread that runs on the second processor, and one that
 * sleeps until the word at the begin of FILE is not 0 and runs then, on the first.
 *
 * woken leave FILE PID SERVER: takes the second processor away, so that the first
 * of these threads can go nowhere, kills SERVER, which debugs PID, wakes the other
 * thread meanwhile, and says how long PID had engines.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "../lib/look.h"

#define HOG_MS 800
#define LOOK_MS 200
#define PATIENCE_MS 30000

static volatile long counter;
static volatile int *word;
static bool found;

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pin(pid_t tid, int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(tid, sizeof(set), &set))
		exit(2);
}

static void map_word(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, sizeof(*word)))
		exit(2);
	word = mmap(NULL, sizeof(*word), PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
	if (word == MAP_FAILED)
		exit(2);
}

static void *run(void *arg)
{
	pin(0, 1);
	for (;;)
		counter++;
	return arg;
}

static void *sleep_and_run(void *arg)
{
	pin(0, 0);
	setpriority(PRIO_PROCESS, syscall(SYS_gettid), 19);
	while (!*word)
		syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0);
	for (;;)
		counter++;
	return arg;
}

static int be_target(void)
{
	pthread_t thread;

	*word = 0;
	if (pthread_create(&thread, NULL, run, NULL) ||
	    pthread_create(&thread, NULL, sleep_and_run, NULL))
		return 2;
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;)
		pause();
}

static void take_processor(void)
{
	struct sched_param param = { .sched_priority = 10 };
	long end = now_ms() + HOG_MS;

	if (fork())
		return;
	pin(0, 1);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		exit(2);
	while (now_ms() < end)
		;
	exit(0);
}

static void __attribute__((format(printf, 1, 2))) note(const char *fmt, ...)
{
	(void)fmt;
	found = true;
}

static bool is_engaged(pid_t pid)
{
	found = false;
	look_at_threads(pid, false, note);
	return found;
}

static int leave(pid_t pid, pid_t server)
{
	long begin;

	pin(0, 0);
	take_processor();
	usleep(LOOK_MS * 1000);
	begin = now_ms();
	kill(server, SIGKILL);
	usleep(LOOK_MS * 1000);
	*word = 1;
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
	while (is_engaged(pid) && now_ms() < begin + PATIENCE_MS)
		usleep(10000);
	printf("engaged for %ld ms\n", now_ms() - begin);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	map_word(argv[2]);
	return argc > 4 ? leave(atoi(argv[3]), atoi(argv[4])) : be_target();
}
