// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * keeper: does over and over what must come out the same, whoever debugs it and
 * changes nothing, and looks whether it did; see calm.c. What did not is in the
 * report, see calm.h, and the exit status is 1.
 *	REGISTERS	all registers through keep_visit() and its system calls
 *	SUMS		a sum over memory
 *	SENDER		sends HANDLER signals with numbers, and itself faults
 *	HANDLER		has each of them once, in order and as it was sent, and
 *			never sees its read() broken off
 *	MAKER		makes processes and threads that do some of this
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calm.h"

#define NR_PATTERNS 4
#define NR_WORDS 512

/* All that keep_run() loads and stores; the offsets are in its text. */
struct registers {
	uint64_t general[15];
	uint64_t flags;
	uint8_t vector[16 * 32];
	uint8_t x87[8][16];
} __attribute__((aligned(64)));

_Static_assert(offsetof(struct registers, vector) == 128 &&
		       offsetof(struct registers, x87) == 640,
	       "keep_run");

void keep_run(const struct registers *in, struct registers *out);
extern char keep_fault[], keep_fault_end[];
void keep_touch(void *at);

const struct timespec keep_nap = { .tv_nsec = 1000 };
int keep_has_avx;
uint64_t keep_word = 0x0123456789abcdef;
volatile uint64_t keep_changes;

static struct report *report;
static pthread_t threads[NR_THREADS];
static int tids[NR_THREADS];
static int pipe_ends[2];

/*
 * Instructions of many kinds, as breakpoints and steps meet them: those that the
 * module carries out itself, those that it moves, with an address relative to
 * the next one for some, and those that it cannot move. What a system call leaves in
 * r11 has the flag of a single step, so that one is taken out.
 */
asm("	.pushsection .text\n"
    "	.globl	keep_visit, keep_visit_end, keep_run, keep_touch\n"
    "	.globl	keep_fault, keep_fault_end\n"
    "keep_visit:\n"
    "	endbr64\n"
    "	push	%rbx\n"
    "	lea	0x11(%rax,%rcx,2), %rbx\n"
    "	add	$0x7f, %rdx\n"
    "	adc	%rbx, %rsi\n"
    "	xchg	%r8, %r9\n"
    "	bswap	%r10\n"
    "	mov	keep_word(%rip), %r11\n"
    "	imul	$3, %r11, %r11\n"
    "	xor	%r11, %r12\n"
    "	paddq	%xmm1, %xmm0\n"
    "	movq	%rsi, %xmm2\n"
    "	pshufd	$0x1b, %xmm3, %xmm4\n"
    "	fxch	%st(3)\n"
    "	fadd	%st(1), %st\n"
    "	cmp	%r13, %r14\n"
    "	jb	1f\n"
    "	inc	%r15\n"
    "1:	jmp	2f\n"
    "	nopw	0x0(%rax,%rax,1)\n"
    "2:	call	keep_leaf\n"
    "	call	*keep_leaf_at(%rip)\n"
    "	lea	3f(%rip), %rax\n"
    "	jmp	*%rax\n"
    "	nop\n"
    "3:	sbb	%rbp, %rbp\n"
    "	cmovz	%rsi, %rdi\n"
    "	setc	%dl\n"
    "	movzbl	%dl, %edx\n"
    "	push	$0x1234\n"
    "	pop	%rbp\n"
    "	mov	$102, %eax\n" /* getuid */
    "	syscall\n"
    "4:	btr	$8, %r11\n"
    "	btr	$16, %r11\n"
    "	xor	%rcx, %r13\n"
    "	lea	keep_nap(%rip), %rdi\n"
    "	xor	%esi, %esi\n"
    "	mov	$35, %eax\n" /* nanosleep */
    "	syscall\n"
    "	btr	$8, %r11\n"
    "	btr	$16, %r11\n"
    "	xor	%rax, %r14\n"
    "	add	%rcx, %r15\n"
    "	sub	$32, %rsp\n"
    "	mov	%rsp, %rdi\n"
    "	mov	$0x5a, %eax\n"
    "	mov	$32, %ecx\n"
    "	rep stosb\n"
    "	mov	(%rsp), %rdi\n"
    "	add	$32, %rsp\n"
    "	mov	$3, %ecx\n"
    "5:	dec	%ebx\n"
    "	loop	5b\n"
    "	jrcxz	6f\n"
    "	ud2\n"
    "6:	cmp	%r12, %rbx\n"
    "	pushfq\n"
    "	pop	%r8\n"
    "	btr	$8, %r8\n"
    "	add	%r9, %r8\n"
    "	pop	%rbx\n"
    "	ret\n"
    "keep_leaf:\n"
    "	not	%r9\n"
    "	rol	$7, %r9\n"
    "	push	%rbp\n"
    "	mov	%rsp, %rbp\n"
    "	leave\n"
    "	ret	$0\n"
    "keep_touch:\n"
    "	nop\n"
    "keep_fault:\n"
    "	mov	(%rdi), %eax\n"
    "keep_fault_end:\n"
    "	ret\n"
    "keep_visit_end:\n"
    "keep_run:\n"
    "	push	%rbx\n	push	%rbp\n	push	%r12\n"
    "	push	%r13\n	push	%r14\n	push	%r15\n"
    "	push	%rsi\n"
    "	fninit\n"
    "	.irp n, 7,6,5,4,3,2,1,0\n"
    "	fldt	640+16*\\n(%rdi)\n"
    "	.endr\n"
    "	cmpl	$0, keep_has_avx(%rip)\n"
    "	je	1f\n"
    "	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "	vmovdqu	128+32*\\n(%rdi), %ymm\\n\n"
    "	.endr\n"
    "1:	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "	movdqu	128+32*\\n(%rdi), %xmm\\n\n"
    "	.endr\n"
    "	pushq	120(%rdi)\n"
    "	mov	0(%rdi), %rax\n	mov	8(%rdi), %rbx\n"
    "	mov	16(%rdi), %rcx\n	mov	24(%rdi), %rdx\n"
    "	mov	32(%rdi), %rsi\n	mov	48(%rdi), %rbp\n"
    "	mov	56(%rdi), %r8\n	mov	64(%rdi), %r9\n"
    "	mov	72(%rdi), %r10\n	mov	80(%rdi), %r11\n"
    "	mov	88(%rdi), %r12\n	mov	96(%rdi), %r13\n"
    "	mov	104(%rdi), %r14\n	mov	112(%rdi), %r15\n"
    "	mov	40(%rdi), %rdi\n"
    "	popfq\n"
    "	call	keep_visit\n"
    "	pushfq\n"
    "	push	%rdi\n"
    "	mov	16(%rsp), %rdi\n"
    "	mov	%rax, 0(%rdi)\n	mov	%rbx, 8(%rdi)\n"
    "	mov	%rcx, 16(%rdi)\n	mov	%rdx, 24(%rdi)\n"
    "	mov	%rsi, 32(%rdi)\n	mov	%rbp, 48(%rdi)\n"
    "	mov	%r8, 56(%rdi)\n	mov	%r9, 64(%rdi)\n"
    "	mov	%r10, 72(%rdi)\n	mov	%r11, 80(%rdi)\n"
    "	mov	%r12, 88(%rdi)\n	mov	%r13, 96(%rdi)\n"
    "	mov	%r14, 104(%rdi)\n	mov	%r15, 112(%rdi)\n"
    "	pop	%rax\n"
    "	mov	%rax, 40(%rdi)\n"
    "	pop	%rax\n"
    "	btr	$8, %rax\n"
    "	mov	%rax, 120(%rdi)\n"
    "	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "	movdqu	%xmm\\n, 128+32*\\n(%rdi)\n"
    "	.endr\n"
    "	cmpl	$0, keep_has_avx(%rip)\n"
    "	je	1f\n"
    "	.irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
    "	vmovdqu	%ymm\\n, 128+32*\\n(%rdi)\n"
    "	.endr\n"
    "	vzeroupper\n"
    "1:	.irp n, 0,1,2,3,4,5,6,7\n"
    "	fstpt	640+16*\\n(%rdi)\n"
    "	.endr\n"
    "	pop	%rsi\n"
    "	pop	%r15\n	pop	%r14\n	pop	%r13\n"
    "	pop	%r12\n	pop	%rbp\n	pop	%rbx\n"
    "	ret\n"
    "	.popsection\n"
    "	.pushsection .data\n"
    "keep_leaf_at: .quad keep_leaf\n"
    "	.popsection\n");

static void nap(long us)
{
	const struct timespec pause = { .tv_nsec = us * 1000 };

	nanosleep(&pause, NULL);
}

static void __attribute__((format(printf, 1, 2))) wrong(const char *fmt, ...)
{
	va_list args;

	if (__atomic_fetch_add(&report->nr_bad, 1, __ATOMIC_SEQ_CST))
		return;
	va_start(args, fmt);
	vsnprintf(report->what, sizeof(report->what), fmt, args);
	va_end(args);
}

/* Registers */

/* The first time through is before anybody debugs us, and says what is right. */
struct expected {
	struct registers in[NR_PATTERNS], out[NR_PATTERNS];
};

static void make_pattern(struct registers *in, unsigned int nr)
{
	static const uint64_t flags[NR_PATTERNS] = { 0x202, 0x2d7, 0xa03,
						     0x8d6 };
	uint64_t x = 0x9e3779b97f4a7c15ull * (nr + 1);
	size_t i;

	memset(in, 0, sizeof(*in));
	for (i = 0; i < 15; i++)
		in->general[i] = x *= 0x2545f4914f6cdd1dull;
	in->flags = flags[nr] | 0x200;
	for (i = 0; i < sizeof(in->vector); i++)
		in->vector[i] = (uint8_t)(17 * i + 31 * nr + 1);
	for (i = 0; i < 8; i++) {
		long double one = 1.5L + nr + (long double)i * 0.7L;

		memcpy(in->x87[i], &one, 10);
	}
}

static void compare_registers(const struct expected *expected,
			      const struct registers *out, unsigned int nr)
{
	const uint8_t *right = (const uint8_t *)&expected->out[nr];
	const uint8_t *is = (const uint8_t *)out;
	size_t i;

	for (i = 0; i < sizeof(*out); i += 8)
		if (memcmp(right + i, is + i, 8))
			wrong("registers: pattern %u offset %zu of struct registers: %016lx and not %016lx",
			      nr, i, *(const long *)(is + i),
			      *(const long *)(right + i));
}

static void keep_registers(const struct expected *expected, unsigned int nr)
{
	struct registers out;

	nr %= NR_PATTERNS;
	memset(&out, 0, sizeof(out));
	keep_run(&expected->in[nr], &out);
	compare_registers(expected, &out, nr);
}

static void expect_registers(struct expected *expected)
{
	unsigned int nr;

	memset(expected, 0, sizeof(*expected));
	for (nr = 0; nr < NR_PATTERNS; nr++) {
		make_pattern(&expected->in[nr], nr);
		keep_run(&expected->in[nr], &expected->out[nr]);
	}
}

/* Sums */

__attribute__((noinline)) uint64_t keep_sum(uint64_t *words, uint64_t seed)
{
	uint64_t sum = seed;
	int i;

	for (i = 0; i < NR_WORDS; i++) {
		words[i] = words[i] * 6364136223846793005ull + seed;
		sum = (sum << 5 | sum >> 59) ^ words[i];
	}
	keep_changes++;
	return sum;
}

static uint64_t sum_up(void)
{
	uint64_t words[NR_WORDS] = { 0 };
	uint64_t sum = 0;
	int i;

	for (i = 0; i < 4; i++)
		sum = keep_sum(words, sum + i);
	return sum;
}

static void check_sum(uint64_t right)
{
	uint64_t sum = sum_up();

	if (sum != right)
		wrong("a sum is %lx and not %lx", sum, right);
}

/* Signals */

/* Two that are sent to the thread, and one to the process, and a standard one. */
static const int queued[NR_SIGNALS] = { 34, 35, 36 };
static volatile unsigned int sent[NR_SIGNALS], taken[NR_SIGNALS];
static volatile unsigned int usr1_sent, usr1_taken, chars_taken;
static volatile unsigned int faults;
static char *fault_at;

void keep_handler(int signo, siginfo_t *info, void *context)
{
	unsigned int nr = signo - queued[0];
	int value = info->si_value.sival_int;

	(void)context;
	if (gettid() != tids[HANDLER])
		wrong("signal %d for thread %d came to %d", signo,
		      tids[HANDLER], gettid());
	if (value != (int)taken[nr] + 1)
		wrong("signal %d has %d after %u, sent %u", signo, value,
		      taken[nr], sent[nr]);
	if (info->si_code != SI_QUEUE || info->si_pid != getpid() ||
	    info->si_signo != signo)
		wrong("signal %d has code %d pid %d signo %d", signo,
		      info->si_code, info->si_pid, info->si_signo);
	taken[nr] = value;
	report->signals++;
}

static void handle_usr1(int signo, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code != SI_TKILL || info->si_pid != getpid())
		wrong("signal %d has code %d pid %d", signo, info->si_code,
		      info->si_pid);
	if (++usr1_taken > usr1_sent)
		wrong("signal %d: %u sent, %u taken", signo, usr1_sent,
		      usr1_taken);
	report->signals++;
}

static void handle_fault(int signo, siginfo_t *info, void *context)
{
	ucontext_t *at = context;

	if (at->uc_mcontext.gregs[REG_RIP] != (greg_t)keep_fault ||
	    info->si_addr != fault_at || info->si_code != SEGV_MAPERR) {
		wrong("signal %d at %llx for %p has code %d", signo,
		      at->uc_mcontext.gregs[REG_RIP], info->si_addr,
		      info->si_code);
		_exit(3);
	}
	at->uc_mcontext.gregs[REG_RIP] = (greg_t)keep_fault_end;
	faults++;
}

static void set_handler(int signo, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_SIGINFO | SA_RESTART };

	sigaction(signo, &action, NULL);
}

static void send_queued(unsigned int nr)
{
	siginfo_t info = { 0 };
	int ret;

	info.si_signo = queued[nr];
	info.si_code = SI_QUEUE;
	info.si_pid = getpid();
	info.si_uid = getuid();
	info.si_value.sival_int = (int)++sent[nr];
	if (nr == 2)
		ret = sigqueue(getpid(), queued[nr], info.si_value);
	else
		ret = (int)syscall(SYS_rt_tgsigqueueinfo, getpid(),
				   tids[HANDLER], queued[nr], &info);
	if (ret)
		wrong("signal %d cannot be sent: %s", queued[nr],
		      strerror(errno));
}

static void fault(unsigned int round)
{
	unsigned int before = faults;

	fault_at = (char *)0x1000 + 16 * (round % 64);
	keep_touch(fault_at);
	if (faults != before + 1)
		wrong("a fault was handled %u times", faults - before);
}

static bool has_all(unsigned int chars)
{
	unsigned int nr;

	for (nr = 0; nr < NR_SIGNALS; nr++)
		if (taken[nr] != sent[nr])
			return false;
	return usr1_taken == usr1_sent && chars_taken == chars;
}

static bool goes_on(void)
{
	return !report->ends && !report->nr_bad;
}

/* Each round waits until all of it has come: what is lost stops it. */
static void *be_sender(void *arg)
{
	unsigned int round = 0, nr;
	char c;

	tids[SENDER] = gettid();
	while (goes_on()) {
		for (nr = 0; nr < 2 + round % 7; nr++)
			send_queued((round + nr / 2) % NR_SIGNALS);
		usr1_sent++;
		pthread_kill(threads[HANDLER], SIGUSR1);
		c = (char)++round;
		if (write(pipe_ends[1], &c, 1) != 1)
			wrong("write: %s", strerror(errno));
		fault(round);
		while (!has_all(round) && goes_on())
			nap(100);
		report->rounds[SENDER]++;
		nap(200);
	}
	close(pipe_ends[1]);
	return arg;
}

static void *be_handler(void *arg)
{
	sigset_t set;
	ssize_t got;
	char c;

	tids[HANDLER] = gettid();
	sigemptyset(&set);
	sigaddset(&set, queued[0]);
	sigaddset(&set, queued[1]);
	sigaddset(&set, queued[2]);
	sigaddset(&set, SIGUSR1);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	while ((got = read(pipe_ends[0], &c, 1)) == 1) {
		if (c != (char)(chars_taken + 1))
			wrong("read %d after %u", c, chars_taken);
		chars_taken++;
		report->rounds[HANDLER]++;
	}
	if (got)
		wrong("read: %s", strerror(errno));
	return arg;
}

/* Processes and threads */

static void *be_short(void *arg)
{
	check_sum(*(uint64_t *)arg);
	return arg;
}

static void make_thread(uint64_t *sum)
{
	pthread_t thread;
	void *result = NULL;

	if (pthread_create(&thread, NULL, be_short, sum))
		wrong("no thread: %s", strerror(errno));
	else if (pthread_join(thread, &result) || result != sum)
		wrong("a thread has returned %p", result);
}

static void be_child(const struct expected *expected, uint64_t sum)
{
	int before = report->nr_bad, i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < 3; i++)
		keep_registers(expected, i);
	check_sum(sum);
	_exit(report->nr_bad == before ? 7 : 8);
}

static void make_child(const struct expected *expected, uint64_t sum, bool is_v)
{
	pid_t pid = is_v ? vfork() : fork();
	int status;

	if (!pid && is_v)
		_exit(7);
	if (!pid)
		be_child(expected, sum);
	if (pid < 0 || TEMP_FAILURE_RETRY(waitpid(pid, &status, 0)) != pid)
		wrong("child %d: %s", pid, strerror(errno));
	else if (status != 7 << 8)
		wrong("child %d has ended with %x", pid, status);
}

static struct expected expected;
static uint64_t right_sum;

static void *be_maker(void *arg)
{
	unsigned int round = 0;

	tids[MAKER] = gettid();
	while (goes_on()) {
		if (round % 3)
			make_child(&expected, right_sum, round % 3 == 1);
		else
			make_thread(&right_sum);
		report->rounds[MAKER]++;
		round++;
		nap(2000);
	}
	return arg;
}

static void *be_sums(void *arg)
{
	tids[SUMS] = gettid();
	while (goes_on()) {
		check_sum(right_sum);
		report->rounds[SUMS]++;
		nap(500);
	}
	return arg;
}

static void be_registers(void)
{
	unsigned int round = 0;

	while (goes_on()) {
		keep_registers(&expected, round++);
		report->rounds[REGISTERS]++;
		nap(300);
	}
}

static void start_threads(void)
{
	static void *(*const bodies[NR_THREADS])(void *) = {
		NULL, be_sums, be_sender, be_handler, be_maker
	};
	int nr;

	for (nr = NR_THREADS - 1; nr > 0; nr--) {
		if (pthread_create(&threads[nr], NULL, bodies[nr], NULL))
			_exit(2);
		while (!((volatile int *)tids)[nr])
			nap(100);
	}
}

int main(void)
{
	sigset_t set;
	int i;

	report = mmap(NULL, sizeof(*report), PROT_READ | PROT_WRITE, MAP_SHARED,
		      0, 0);
	if (report == MAP_FAILED || pipe(pipe_ends))
		return 2;
	__builtin_cpu_init();
	keep_has_avx = !!__builtin_cpu_supports("avx");
	sigfillset(&set);
	sigdelset(&set, SIGSEGV);
	sigprocmask(SIG_SETMASK, &set, NULL);
	for (i = 0; i < NR_SIGNALS; i++)
		set_handler(queued[i], keep_handler);
	set_handler(SIGUSR1, handle_usr1);
	set_handler(SIGSEGV, handle_fault);
	expect_registers(&expected);
	right_sum = sum_up();
	start_threads();
	be_registers();
	for (i = 1; i < NR_THREADS; i++)
		pthread_join(threads[i], NULL);
	return !!report->nr_bad;
}
