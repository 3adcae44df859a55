// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mixed THREADS: threads that do the same work in libc and libcrypto again and
 * again, and compare: the results, and the stack below the pointer as far as it
 * is the same each time without a debugger. Says "ready PID COUNTER" when all
 * know what to expect; counts rounds in counter and what was different in
 * nr_different.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#define OUT_SIZE 4096
#define STACK_SIZE 32768
#define DIGESTS 5
/* Some words of the stack change now and then. */
#define LEARN_ROUNDS 20

volatile long counter;
volatile long nr_different;
volatile long nr_ready;
static long nr_threads;

typedef int (*digest_fn)(const void *data, size_t len, unsigned char *md,
			 unsigned int *size, const void *type, void *engine);
static digest_fn digest;
static const void *digest_types[DIGESTS];

static void load_crypto(void)
{
	static const char *const names[DIGESTS] = {
		"EVP_sha256", "EVP_sha512", "EVP_md5", "EVP_sha1", "EVP_sha3_256",
	};
	void *lib = dlopen("libcrypto.so.3", RTLD_NOW);
	int i;

	if (!lib)
		return;
	digest = (digest_fn)dlsym(lib, "EVP_Digest");
	for (i = 0; i < DIGESTS; i++) {
		const void *(*type)(void) =
			(const void *(*)(void))dlsym(lib, names[i]);

		digest_types[i] = type ? type() : NULL;
	}
}

static int compare_words(const void *a, const void *b)
{
	unsigned int x = *(const unsigned int *)a, y = *(const unsigned int *)b;

	return (x > y) - (x < y);
}

struct out {
	char text[OUT_SIZE];
	size_t len;
};

static void put(struct out *out, const void *data, size_t len)
{
	if (len > OUT_SIZE - out->len)
		len = OUT_SIZE - out->len;
	memcpy(out->text + out->len, data, len);
	out->len += len;
}

static void work_strings(struct out *out)
{
	char text[512], copy[512];
	wchar_t wide[64];
	int i, len;

	len = snprintf(text, sizeof(text), "%d %-8s|%08x %.6g %p %lld", 42, "str",
		       0xbeef, 3.14159265, (void *)0x1234, 1LL << 40);
	put(out, text, len);
	for (i = 0; i < 64; i++)
		memmove(copy + i % 7, text + i % 5, 80 + i);
	put(out, copy, 64);
	put(out, &(size_t){ strspn(text, "0123456789 ") }, sizeof(size_t));
	put(out, &(long){ strstr(text, "beef") - text }, sizeof(long));
	put(out, &(long){ strrchr(text, '4') - text }, sizeof(long));
	put(out, &(size_t){ mbstowcs(wide, "wide text", 64) }, sizeof(size_t));
	put(out, &(int){ strcasecmp("Hello", "hELLO") }, sizeof(int));
	put(out, &(double){ strtod("1.5e3x", NULL) }, sizeof(double));
	put(out, &(long){ strtol("-7654321", NULL, 8) }, sizeof(long));
	put(out, &(void *){ memchr(text, 'z', 20) }, sizeof(void *));
}

static void work_data(struct out *out)
{
	unsigned int words[64], i;
	struct tm tm;
	time_t when = 1700000000;
	char text[64];

	for (i = 0; i < 64; i++)
		words[i] = i * 2654435761u;
	qsort(words, 64, sizeof(words[0]), compare_words);
	put(out, words, sizeof(words));
	gmtime_r(&when, &tm);
	put(out, text, strftime(text, sizeof(text), "%F %T %j", &tm));
	for (i = 0; i < 32; i++) {
		void *block = malloc(16 << i % 8);

		memset(block, i, 16 << i % 8);
		put(out, block, 4);
		free(block);
	}
}

static void work_numbers(struct out *out)
{
	double x = 0.5;
	int i;

	for (i = 0; i < 8; i++) {
		x = sin(x) + exp(-x) * log(2 + x) + pow(x, 1.7) + fmod(x, 0.3);
		put(out, &x, sizeof(x));
	}
}

static void work_regex(struct out *out)
{
	regmatch_t match[3];
	regex_t regex;

	if (regcomp(&regex, "([a-z]+)=([0-9]+)", REG_EXTENDED))
		return;
	if (!regexec(&regex, "some text with key=4711 in it", 3, match, 0))
		put(out, match, sizeof(match));
	regfree(&regex);
}

static void work_crypto(struct out *out)
{
	unsigned char data[300], md[64];
	unsigned int size;
	int i;

	memset(data, 'a', sizeof(data));
	for (i = 0; digest && i < DIGESTS; i++) {
		memset(md, 0, sizeof(md));
		if (digest_types[i] && digest(data, 100 + i * 40, md, &size,
					      digest_types[i], NULL))
			put(out, md, size);
	}
}

/* What takes no lock leaves the same on the stack each time. */
static __attribute__((noinline)) void work_alone(struct out *out)
{
	memset(out, 0, sizeof(*out));
	work_strings(out);
	work_numbers(out);
}

static __attribute__((noinline)) void work_shared(struct out *out)
{
	work_data(out);
	work_regex(out);
	work_crypto(out);
}

/* One round of a thread, and what it leaves below its stack pointer. */
struct round {
	struct out out;
	unsigned char stack[STACK_SIZE];
};

static __attribute__((noinline)) void fill_stack(unsigned char with)
{
	volatile unsigned char area[STACK_SIZE + 4096];
	unsigned int i;

	for (i = 0; i < sizeof(area); i++)
		area[i] = with;
}

static __attribute__((noinline)) void do_round(struct round *round)
{
	volatile const unsigned char *top = __builtin_frame_address(0);
	unsigned int i;

	fill_stack(0x5a);
	work_alone(&round->out);
	top -= STACK_SIZE + 512;
	for (i = 0; i < STACK_SIZE; i++)
		round->stack[i] = top[i];
	work_shared(&round->out);
}

/* With registers that are the same each time, too: they get onto the stack. */
void call_clean(void (*fn)(struct round *round), struct round *round);
__asm__(".pushsection .text\n"
	"call_clean:\n"
	"	push %rbx\n	push %rbp\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	sub $8, %rsp\n"
	"	xor %ebx, %ebx\n	xor %ebp, %ebp\n"
	"	xor %r12d, %r12d\n	xor %r13d, %r13d\n"
	"	xor %r14d, %r14d\n	xor %r15d, %r15d\n"
	"	mov %rdi, %rax\n	mov %rsi, %rdi\n"
	"	xor %ecx, %ecx\n	xor %edx, %edx\n"
	"	xor %r8d, %r8d\n	xor %r9d, %r9d\n"
	"	xor %r10d, %r10d\n	xor %r11d, %r11d\n"
	".irp nr, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
	"	pxor %xmm\\nr, %xmm\\nr\n"
	".endr\n"
	"	call *%rax\n"
	"	add $8, %rsp\n"
	"	pop %r15\n	pop %r14\n	pop %r13\n"
	"	pop %r12\n	pop %rbp\n	pop %rbx\n"
	"	ret\n"
	".popsection\n");

struct worker {
	struct round expected, is;
	unsigned char changes[STACK_SIZE];
};

/* Words that are not the same each time do not count. */
static void learn(struct worker *w)
{
	int i;

	for (i = 0; i < STACK_SIZE; i++)
		if (w->is.stack[i] != w->expected.stack[i])
			memset(&w->changes[i & -8], 1, 8);
}

static int stack_differs(const struct worker *w)
{
	int i;

	for (i = 0; i < STACK_SIZE; i++)
		if (!w->changes[i] &&
		    w->is.stack[i] != w->expected.stack[i])
			return 1;
	return 0;
}

static void compare(struct worker *w)
{
	if (stack_differs(w) ||
	    memcmp(&w->is.out, &w->expected.out, sizeof(w->is.out)))
		__atomic_fetch_add(&nr_different, 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
}

static void say_ready(void)
{
	if (__atomic_add_fetch(&nr_ready, 1, __ATOMIC_SEQ_CST) != nr_threads)
		return;
	printf("ready %d %p\n", getpid(), (void *)&counter);
	fflush(stdout);
}

static void *run(void *arg)
{
	struct worker *w = calloc(1, sizeof(*w));
	long i;

	if (!w)
		exit(2);
	for (i = 0;; i++) {
		call_clean(do_round, &w->is);
		if (i < 3)
			w->expected = w->is;
		else if (i < LEARN_ROUNDS)
			learn(w);
		else if (i == LEARN_ROUNDS)
			say_ready();
		else if (i > LEARN_ROUNDS + 1)
			compare(w);
	}
	return arg;
}

int main(int argc, char **argv)
{
	pthread_t thread;
	long i;

	nr_threads = argc > 1 ? atol(argv[1]) : 1;
	load_crypto();
	for (i = 1; i < nr_threads; i++)
		if (pthread_create(&thread, NULL, run, NULL))
			return 2;
	run(NULL);
	return 0;
}
