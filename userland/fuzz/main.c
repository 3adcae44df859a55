// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs a fuzz target without libFuzzer: on the files named, or with
 * "-random COUNT [SEED]" on inputs made at random.
 */
#include "fuzz.h"

#define INPUT_MAX 65536
#define RANDOM_MAX 512

static u8 input[INPUT_MAX];

static int run_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	size_t size;
	u8 *exact;

	if (!file) {
		perror(path);
		return 1;
	}
	size = fread(input, 1, sizeof(input), file);
	fclose(file);
	/* Memory of just this size, so that a sanitizer sees its end. */
	exact = malloc(size + !size);
	if (!exact)
		return 1;
	memcpy(exact, input, size);
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	return 0;
}

static u64 next_random(u64 *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed * 0x2545f4914f6cdd1dULL;
}

static int run_random(unsigned long count, u64 seed)
{
	while (count--) {
		size_t size = (next_random(&seed) >> 32) % RANDOM_MAX;
		u8 *exact = malloc(size + !size);
		size_t i;

		if (!exact)
			return 1;
		for (i = 0; i < size; i++)
			exact[i] = next_random(&seed) >> 56;
		LLVMFuzzerTestOneInput(exact, size);
		free(exact);
	}
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;
	int i;

	if (argc >= 3 && !strcmp(argv[1], "-random"))
		return run_random(strtoul(argv[2], NULL, 0),
				  argc > 3 ? strtoull(argv[3], NULL, 0) | 1 :
					     1);
	if (argc < 2) {
		fprintf(stderr, "usage: %s FILE... | -random COUNT [SEED]\n",
			argv[0]);
		return 2;
	}
	for (i = 1; i < argc; i++)
		status |= run_file(argv[i]);
	return status;
}
