// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * permission WHAT: a process that somebody may or may not debug.
 *	loop		count
 *	hidden		the same, not dumpable
 *	invited		the same, after telling Yama that anybody may come
 *	fork		the same, and have a child do so
 *	who		say the user ids, exit
 *	exec PROGRAM	execute PROGRAM with "who"
 *	spinexec PROGRAM  the same, with threads beside that do not sleep
 *	execloop PROGRAM  execute PROGRAM with "loop"
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#ifndef PR_SET_PTRACER
#define PR_SET_PTRACER 0x59616d61
#endif

volatile long counter;

__attribute__((noinline)) void start(void)
{
	counter++;
}

static void *spin(void *arg)
{
	for (;;)
		counter++;
	return arg;
}

static void start_spinners(void)
{
	pthread_t thread;
	int i;

	for (i = 0; i < 8; i++)
		if (pthread_create(&thread, NULL, spin, NULL))
			exit(2);
}

static void loop(int forks)
{
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	if (forks)
		fork();
	for (;;) {
		counter++;
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "who";

	if (!strcmp(what, "spinexec"))
		start_spinners();
	start();
	if (!strcmp(what, "hidden"))
		prctl(PR_SET_DUMPABLE, 0);
	if (!strcmp(what, "invited"))
		prctl(PR_SET_PTRACER, -1L, 0, 0, 0);
	if (argc > 2) {
		execl(argv[2], argv[2],
		      strcmp(what, "execloop") ? "who" : "loop", NULL);
		return 2;
	}
	if (!strcmp(what, "who"))
		printf("user %d effective %d\n", getuid(), geteuid());
	else
		loop(!strcmp(what, "fork"));
	return 0;
}
