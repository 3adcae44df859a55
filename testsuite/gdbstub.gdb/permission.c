// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * permission WHAT: a process that somebody may or may not debug.
 *	loop		count
 *	hidden		the same, not dumpable
 *	invited		the same, after telling Yama that anybody may come
 *	who		say the user ids, exit
 *	exec PROGRAM	execute PROGRAM with "who"
 *	execloop PROGRAM  execute PROGRAM with "loop"
 */
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

static void loop(void)
{
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
	for (;;) {
		counter++;
		usleep(1000);
	}
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "who";

	start();
	if (!strcmp(what, "hidden"))
		prctl(PR_SET_DUMPABLE, 0);
	if (!strcmp(what, "invited"))
		prctl(PR_SET_PTRACER, -1L, 0, 0, 0);
	if (argc > 2) {
		execl(argv[2], argv[2],
		      strcmp(what, "exec") ? "loop" : "who", NULL);
		return 2;
	}
	if (!strcmp(what, "who"))
		printf("user %d effective %d\n", getuid(), geteuid());
	else
		loop();
	return 0;
}
