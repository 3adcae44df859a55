// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Forks when it is told to, with much memory to copy, which takes a while. The child
 * calls called(); whose end is another than 0 is counted.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MEMORY (128ul << 20)

volatile long go;
volatile long turns;
volatile long forks;
volatile long failed;
volatile long status;

__attribute__((noinline)) int called(void)
{
	turns++;
	return 0;
}

int main(void)
{
	char *memory = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int child_status;
	pid_t pid;

	if (memory == MAP_FAILED)
		return 2;
	/* Each page is one to copy. */
	madvise(memory, MEMORY, MADV_NOHUGEPAGE);
	memset(memory, 1, MEMORY);
	for (;;) {
		while (!go)
			usleep(500);
		go = 0;
		pid = fork();
		if (!pid)
			_exit(called());
		while (waitpid(pid, &child_status, 0) < 0 && errno == EINTR)
			;
		if (child_status) {
			failed++;
			status = child_status;
		}
		forks++;
	}
}
