// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Says how it was started: "words" with its arguments, "directory", "value" of
 * each of two variables, "random" with whether addresses are; then exits with
 * 7.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <unistd.h>

volatile long counter;

__attribute__((noinline)) void jumped_over(void)
{
	counter = 1;
}

__attribute__((noinline)) void begins(void)
{
	counter = 0;
}

static const char *value_of(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "(none)";
}

int main(int argc, char **argv)
{
	char directory[4096];
	int i;

	begins();
	jumped_over();
	printf("words");
	for (i = 1; i < argc; i++)
		printf(" <%s>", argv[i]);
	printf("\ndirectory %s\n", getcwd(directory, sizeof(directory)));
	printf("values <%s> <%s>\n", value_of("STARTUP_ONE"),
	       value_of("STARTUP_TWO"));
	printf("random %d\n",
	       !(personality(0xffffffff) & ADDR_NO_RANDOMIZE));
	fflush(stdout);
	return 7;
}
