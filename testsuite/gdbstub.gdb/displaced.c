// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * displaced THREADS ROUNDS: instructions that notice when they are not executed
 * where they stand. Each is at a label at_NAME, for a breakpoint.
 *
 * A case is run once before begin() is called; afterwards every thread runs all
 * of them again and again. Registers, flags, memory, the stack below the
 * pointer, and what a signal handler is told have to be the same each time.
 * Exit status: 0, or 1 when something was different.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#define RED_ZONE 16
#define BUF_SIZE 256

/* What goes into an instruction and what comes out; known to the assembler. */
struct frame {
	unsigned long rsp;
	unsigned long gpr[8]; /* rax rcx rdx rsi rdi r8 r9 r10 */
	double xmm[2];
	unsigned long flags;
	unsigned long red_zone[RED_ZONE];
	unsigned long top;
	unsigned long signo;
	unsigned long fault_pc;
	unsigned long fault_addr;
	unsigned char buf[BUF_SIZE] __attribute__((aligned(16)));
};

unsigned long number = 0x123456789abcdef1;
double real = 1.25;
unsigned long shifts[4] = { 1, 2, 3, 4 };
void *helper_address;
static char *fresh_pages;
static int pipe_ends[2];
volatile int probe;
volatile long counter;

/* In: rdi: the frame; rsi: the code of one case. */
__asm__(".pushsection .text\n"
	"run_frame:\n"
	"	push %rbx\n	push %rbp\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	mov %rdi, %r15\n"
	"	mov %rsi, %r14\n"
	"	mov %rsp, 0(%r15)\n"
	"	lea 1f(%rip), %r13\n"
	"	lea -128(%rsp), %rbp\n"
	"	mov $16, %ecx\n"
	"2:	movq $0x5a5a, -8(%rbp,%rcx,8)\n"
	"	dec %ecx\n"
	"	jnz 2b\n"
	"	mov 8(%r15), %rax\n	mov 16(%r15), %rcx\n"
	"	mov 24(%r15), %rdx\n	mov 32(%r15), %rsi\n"
	"	mov 40(%r15), %rdi\n	mov 48(%r15), %r8\n"
	"	mov 56(%r15), %r9\n	mov 64(%r15), %r10\n"
	"	movsd 72(%r15), %xmm0\n	movsd 80(%r15), %xmm1\n"
	"	cmp %rcx, %rax\n"
	"	jmp *%r14\n"
	"1:	mov %rax, 8(%r15)\n	mov %rcx, 16(%r15)\n"
	"	mov %rdx, 24(%r15)\n	mov %rsi, 32(%r15)\n"
	"	mov %rdi, 40(%r15)\n	mov %r8, 48(%r15)\n"
	"	mov %r9, 56(%r15)\n	mov %r10, 64(%r15)\n"
	"	movsd %xmm0, 72(%r15)\n	movsd %xmm1, 80(%r15)\n"
	"	mov %rsp, 224(%r15)\n"
	".set i, 0\n"
	".rept 16\n"
	"	mov 8*i(%rbp), %rax\n"
	"	mov %rax, 96+8*i(%r15)\n"
	"	.set i, i+1\n"
	".endr\n"
	"	pushf\n"
	"	popq 88(%r15)\n"
	"	mov 0(%r15), %rsp\n"
	"	pop %r15\n	pop %r14\n	pop %r13\n"
	"	pop %r12\n	pop %rbp\n	pop %rbx\n"
	"	ret\n"
	"helper:\n"
	"	mov (%rsp), %r8\n"
	"	ret\n"
	".popsection\n");
void run_frame(struct frame *frame, void *code);
void helper(void);

/* The code of a case: what is before, the instruction, what is behind. */
#define CODE(name, before, insn, behind)                                \
	__asm__(".pushsection .text\n"                                   \
		".globl at_" #name ", after_" #name "\n"                \
		"code_" #name ":\n" before "\nat_" #name ":\n" insn     \
		"\nafter_" #name ":\n" behind                         \
		"\njmp *%r13\n.popsection\n");                         \
	void code_##name(void);                                         \
	void at_##name(void);                                           \
	void after_##name(void)

CODE(load, "", "movsd real(%rip), %xmm0", "");
CODE(multiply, "", "imul number(%rip), %rax", "");
CODE(store_imm, "push number(%rip)", "orl $0x1, number(%rip)",
     "pop %r8\nmov number(%rip), %rax");
CODE(compare, "", "cmpq $8, number(%rip)", "");
CODE(copy, "", "rep movsb", "");
CODE(fill_fresh, "mov fresh(%rip), %rdi", "rep stosb", "mov (%r15), %rdi");
CODE(scan, "", "repne scasb", "");
CODE(identify, "", "cpuid", "");
CODE(divide, "xor %edx, %edx", "divq %r8", "");
CODE(divide_by_zero, "xor %r8d, %r8d", "divq %r8", "");
CODE(load_fault, "xor %esi, %esi", "movups (%rsi), %xmm0", "");
CODE(far_fault, "mov $1, %rsi\nror $1, %rsi", "movups (%rsi), %xmm0", "");
CODE(undefined, "", "ud2", "");
CODE(trap, "", "int3", "");
CODE(long_trap, "", ".byte 0xcd, 3", "");
CODE(one_trap, "", ".byte 0xf1", "");
CODE(call_kernel, "mov $39, %eax", "syscall", "");
CODE(call_kernel_32, "mov $20, %eax", "int $0x80", "");
CODE(push_flags, "lea -128(%rsp), %rsp", "pushf",
     "pop %r8\nlea 128(%rsp), %rsp");
CODE(pop_flags, "lea -128(%rsp), %rsp\npush $0x8d5", "popf",
     "lea 128(%rsp), %rsp");
CODE(enter, "lea -128(%rsp), %rsp", "enter $32, $0",
     "leave\nlea 128(%rsp), %rsp");
CODE(add_locked, "", "lock xadd %rax, (%rdi)", "");
CODE(exchange, "", "lock cmpxchg %r9, (%rdi)", "");
CODE(swap, "", "bswap %rax", "");
CODE(shift, "", "shl $3, %rax", "");
CODE(rotate, "", "rcr %cl, %rax", "");
CODE(bit, "", "bts $5, %rax", "");
CODE(float_load, "", "fldl real(%rip)", "fstpl (%rdi)");
CODE(shuffle, "", "shufpd $1, %xmm1, %xmm0", "");
CODE(wide, "", "vaddpd %ymm1, %ymm0, %ymm0", "vzeroupper");
CODE(thread_word, "", "mov %fs:0x28, %rax", "xor %rax, %rax");
CODE(loop_back, "mov $3, %ecx\nxor %r8d, %r8d\n1: inc %r8", "loop 1b", "");
CODE(jump_if_zero, "xor %ecx, %ecx", "jrcxz 1f", "ud2\n1:");
CODE(call_near, "lea -128(%rsp), %rsp", "call helper", "lea 128(%rsp), %rsp");
CODE(call_far, "lea -128(%rsp), %rsp", "call *helper_address(%rip)",
     "lea 128(%rsp), %rsp");
CODE(jump_table, "lea 1f(%rip), %r8", "jmp *%r8", "ud2\n1: xor %r8d, %r8d");
CODE(return, "lea -128(%rsp), %rsp\nlea 1f(%rip), %r8\npush %r8", "ret",
     "ud2\n1: lea 128(%rsp), %rsp\nxor %r8d, %r8d");
CODE(fork, "mov $57, %eax", "syscall", "");
/* A child in the same memory, on a stack of its own. */
CODE(share, "mov $56, %eax\nmov $0x4111, %edi\nlea 192(%r15), %rsi\n"
     "lea 256(%rsi), %rsi\nxor %edx, %edx\nxor %r10d, %r10d\nxor %r8d, %r8d",
     "syscall",
     "test %eax, %eax\njnz 1f\nmov $60, %eax\nxor %edi, %edi\n"
     ".globl at_share_end\nat_share_end: syscall\n1: mov (%r15), %rsi");
CODE(wait_read, "xor %eax, %eax", "syscall", "");
CODE(end_thread, "mov $60, %eax\nxor %edi, %edi", "syscall", "ud2");

char *fresh;

#define CASE(name)                                              \
	{                                                       \
#name, code_##name, at_##name, after_##name             \
	}

static const struct test {
	const char *name;
	void (*code)(void);
	void (*at)(void);
	void (*after)(void);
} tests[] = {
	CASE(load),	    CASE(multiply),	CASE(store_imm),
	CASE(compare),	    CASE(copy),		CASE(scan),
	CASE(identify),	    CASE(divide),	CASE(divide_by_zero),
	CASE(load_fault),   CASE(far_fault),	CASE(undefined),
	CASE(trap),	    CASE(long_trap),	CASE(one_trap),
	CASE(call_kernel),  CASE(call_kernel_32), CASE(push_flags),
	CASE(pop_flags),    CASE(enter),	CASE(add_locked),
	CASE(exchange),	    CASE(swap),		CASE(shift),
	CASE(rotate),	    CASE(bit),		CASE(float_load),
	CASE(shuffle),	    CASE(wide),		CASE(thread_word),
	CASE(loop_back),    CASE(jump_if_zero), CASE(call_near),
	CASE(call_far),	    CASE(jump_table),	CASE(return),
};

#define NR_TESTS (sizeof(tests) / sizeof(tests[0]))

static struct frame expected[NR_TESTS];
static __thread struct frame *at_work;
static __thread const struct test *test_at_work;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	greg_t *gregs = ((ucontext_t *)context)->uc_mcontext.gregs;

	at_work->signo = signo;
	at_work->fault_pc = gregs[REG_RIP];
	at_work->fault_addr = (unsigned long)info->si_addr;
	gregs[REG_RIP] = (greg_t)test_at_work->after;
}

static void on_nothing(int signo)
{
	(void)signo;
}

static void catch_faults(void)
{
	static const int signals[] = { SIGFPE, SIGSEGV, SIGILL, SIGTRAP,
				       SIGBUS };
	struct sigaction action = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction nothing = { .sa_flags = SA_RESTART };
	unsigned int i;

	action.sa_sigaction = on_fault;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &action, NULL);
	nothing.sa_handler = on_nothing;
	sigaction(SIGUSR1, &nothing, NULL);
}

/* A handler's frame would be written below the red zone. */
static void use_signal_stack(void)
{
	stack_t stack = { .ss_size = 1 << 16 };

	stack.ss_sp = malloc(stack.ss_size);
	sigaltstack(&stack, NULL);
}

static void prepare(struct frame *frame)
{
	unsigned int i;

	memset(frame, 0, sizeof(*frame));
	for (i = 0; i < 8; i++)
		frame->gpr[i] = 0x0102030405060708 * (i + 1);
	frame->gpr[1] = 64;
	frame->gpr[3] = (unsigned long)frame->buf;
	frame->gpr[4] = (unsigned long)frame->buf + 128;
	frame->xmm[0] = 2.5;
	frame->xmm[1] = -1;
	for (i = 0; i < BUF_SIZE; i++)
		frame->buf[i] = i * 7;
}

/* Addresses of the thread's own become offsets. */
static void make_comparable(struct frame *frame)
{
	unsigned long base = (unsigned long)frame;
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (frame->gpr[i] - base < sizeof(*frame))
			frame->gpr[i] -= base;
	if (frame->fault_addr - base < sizeof(*frame))
		frame->fault_addr -= base;
	frame->top -= frame->rsp;
	frame->rsp = 0;
}

static void run_test(const struct test *test, struct frame *frame)
{
	prepare(frame);
	at_work = frame;
	test_at_work = test;
	run_frame(frame, test->code);
	make_comparable(frame);
}

/* store_imm changes what multiply and compare read: the bit is set already. */
static void expect_all(void)
{
	unsigned int i;

	for (i = 0; i < NR_TESTS; i++)
		run_test(&tests[i], &expected[i]);
}

static volatile int nr_different;

static void complain(const char *name, const struct frame *is,
		     const struct frame *should)
{
	const unsigned long *a = (const void *)is, *b = (const void *)should;
	unsigned int i;

	__atomic_fetch_add(&nr_different, 1, __ATOMIC_RELAXED);
	for (i = 0; i < sizeof(*is) / sizeof(*a); i++)
		if (a[i] != b[i])
			printf("%s: word %u is %lx, not %lx\n", name, i, a[i],
			       b[i]);
}

static void run_all(void)
{
	struct frame frame;
	unsigned int i;

	for (i = 0; i < NR_TESTS; i++) {
		run_test(&tests[i], &frame);
		if (memcmp(&frame, &expected[i], sizeof(frame)))
			complain(tests[i].name, &frame, &expected[i]);
		__atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
	}
}

/* Cases that are not the same each time. */

static void run_special(void (*code)(void), struct frame *frame)
{
	prepare(frame);
	at_work = frame;
	run_frame(frame, code);
}

/* A page that is there and one that is not yet: it faults in the middle. */
static void run_fresh(void)
{
	static const struct test test = CASE(fill_fresh);
	struct frame frame;

	fresh_pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	fresh = fresh_pages + 4064;
	*fresh = 1;
	test_at_work = &test;
	run_special(code_fill_fresh, &frame);
	if (fresh[63] != 8 || fresh[64] || fresh[0] != 8 || frame.gpr[1])
		complain("fill_fresh", &frame, &frame);
	munmap(fresh_pages, 8192);
}

static void run_fork(void)
{
	struct frame frame;
	int status = -1;

	run_special(code_fork, &frame);
	if (!frame.gpr[0])
		_exit(frame.gpr[1] == (unsigned long)after_fork ? 7 : 8);
	waitpid(frame.gpr[0], &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 7)
		complain("fork", &frame, &frame);
}

static void run_share(void)
{
	struct frame frame[2];
	int status = -1;

	run_special(code_share, frame);
	waitpid(frame->gpr[0], &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		complain("share", frame, frame);
}

static void *read_pipe(void *arg)
{
	struct frame frame;

	use_signal_stack();
	prepare(&frame);
	frame.gpr[4] = pipe_ends[0];
	frame.gpr[2] = 1;
	run_frame(&frame, code_wait_read);
	if (frame.gpr[0] != 1 || frame.buf[0] != 'x')
		complain("wait_read", &frame, &frame);
	run_special(code_end_thread, &frame);
	return arg;
}

/* A read that signals interrupt, which restarts; then the thread's end. */
static void run_restart(void)
{
	pthread_t thread;
	int i;

	if (pipe(pipe_ends) || pthread_create(&thread, NULL, read_pipe, NULL))
		exit(2);
	for (i = 0; i < 20; i++) {
		usleep(2000);
		pthread_kill(thread, SIGUSR1);
	}
	if (write(pipe_ends[1], "x", 1) != 1)
		exit(2);
	pthread_join(thread, NULL);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
}

__attribute__((noinline)) void begin(void)
{
	__asm__ volatile("");
}

__attribute__((noinline)) void finished(int different)
{
	__asm__ volatile("" : : "r"(different));
}

static long nr_rounds;

static void *run_rounds(void *arg)
{
	long i;

	use_signal_stack();
	for (i = 0; i < nr_rounds; i++)
		run_all();
	return arg;
}

int main(int argc, char **argv)
{
	long i, nr_threads = argc > 1 ? atol(argv[1]) : 1;
	pthread_t threads[64];

	nr_rounds = argc > 2 ? atol(argv[2]) : 1;
	helper_address = helper;
	setvbuf(stdout, NULL, _IOLBF, 0);
	number |= 1;
	catch_faults();
	use_signal_stack();
	expect_all();
	begin();
	for (i = 0; i < nr_threads; i++)
		pthread_create(&threads[i], NULL, run_rounds, NULL);
	for (i = 0; i < nr_threads; i++)
		pthread_join(threads[i], NULL);
	for (i = 0; i < 3; i++) {
		run_fresh();
		run_fork();
		run_share();
		run_restart();
	}
	finished(nr_different);
	for (probe = 1; probe <= (int)NR_TESTS; probe++)
		run_test(&tests[probe - 1], at_work = &expected[probe - 1]);
	return !!nr_different;
}
