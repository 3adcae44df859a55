// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Says again and again what a call of each function costs by the time stamp counter,
 * which counts instructions in the right guest: "calls WHEN HOT MOV VECTOR", WHEN in
 * seconds since the boot, at the beginning. hot begins
 * with an instruction that uprobes and the stub emulate both, hot_mov with one that
 * only the stub emulates, hot_vector with one that nobody does.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define CALLS 5000

volatile long sum;
static double number = 1.5;

/* push, as uprobes emulate it. */
__attribute__((noinline)) void hot(long i)
{
	__asm__ volatile(".globl hot_at\nhot_at:\n"
			 "	push %%rbp\n	pop %%rbp" : : : "memory");
	sum += i;
}

__attribute__((noinline)) void hot_mov(long i)
{
	__asm__ volatile(".globl hot_mov_at\nhot_mov_at:\n"
			 "	mov %%rdi, %%rax" : : : "rax");
	sum += i;
}

__attribute__((noinline)) void hot_vector(long i)
{
	__asm__ volatile(".globl hot_vector_at\nhot_vector_at:\n"
			 "	mulsd %0, %%xmm0" : : "m"(number) : "xmm0");
	sum += i;
}

static double cost_of(void (*function)(long))
{
	unsigned long start = __rdtsc();

	for (long i = 0; i < CALLS; i++)
		function(i);
	return (double)(__rdtsc() - start) / CALLS;
}

static double uptime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("ready %d\n", getpid());
	for (;;) {
		double start = uptime(), push = cost_of(hot), mov = cost_of(hot_mov),
		       vector = cost_of(hot_vector);

		printf("calls %.3f %.1f %.1f %.1f\n", start, push, mov, vector);
		usleep(20000);
	}
}
