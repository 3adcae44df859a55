// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * vm-tsc: how fast this machine's time stamp counter runs, in kHz on stdout.
 * An emulated processor counts with it. Exit status 1 where there is none that
 * runs evenly.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifdef __x86_64__
#include <x86intrin.h>

#define ROUNDS		20
#define SPAN_NS		100000000

struct sample {
	unsigned long long tsc;
	long long ns;
};

static long long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/*
 * Both clocks at one moment. This process may be put aside in between, so it is
 * the quickest of several readings.
 */
static struct sample take_sample(void)
{
	struct sample best = { 0, 0 };
	unsigned long long width = ~0ULL;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		unsigned long long before = __rdtsc();
		long long ns = now_ns();
		unsigned long long after = __rdtsc();

		if (after - before < width) {
			width = after - before;
			best.tsc = before + width / 2;
			best.ns = ns;
		}
	}
	return best;
}

static int runs_evenly(void)
{
	static char text[16384];
	FILE *file = fopen("/proc/cpuinfo", "r");
	size_t len = file ? fread(text, 1, sizeof(text) - 1, file) : 0;

	if (file)
		fclose(file);
	text[len] = '\0';
	return strstr(text, " constant_tsc") != NULL;
}

int main(void)
{
	struct timespec span = { .tv_nsec = SPAN_NS };
	struct sample begin, end;

	if (!runs_evenly())
		return 1;
	begin = take_sample();
	nanosleep(&span, NULL);
	end = take_sample();
	printf("%.0f\n", (end.tsc - begin.tsc) * 1e6 / (end.ns - begin.ns));
	return 0;
}
#else
int main(void)
{
	return 1;
}
#endif
