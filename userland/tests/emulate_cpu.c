// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The instruction emulator against the CPU itself.
 *
 * Each round makes an instruction, registers and memory at random, emulates the
 * instruction on copies and then lets the CPU do it: all registers, flags and
 * bytes of memory have to be the same. The page that holds the instruction is
 * full of breakpoints, so wherever it continues the CPU traps at once and the
 * signal frame tells the registers; that also covers branches.
 *
 * Two generators: well-formed instructions of each form that the emulator
 * claims to know (which must then also be emulated), and random bytes (whatever
 * the emulator accepts must be right).
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "emulate_x86.h"
#include "random.h"

#define ROUNDS_PER_FORM 4000
#define ROUNDS_RANDOM 1000000
/* A wrong branch could make the CPU loop; the test takes seconds otherwise. */
#define DEADLINE_S 300

#define CODE_SIZE 4096
#define INSN_AT 2048
#define DATA_SIZE 8192
#define PAGE 4096

#define ARITH 0x8d5ULL
#define FLAG_AF 0x10ULL
#define FLAG_IF 0x202ULL

static u8 *code;
static u8 *data;
static u8 shadow[DATA_SIZE];

/* Numbers */

/* Values near the edges of all sizes are more likely than by chance. */
static u64 rnd_value(void)
{
	static const u64 edges[] = { 0,
				     0x7f,
				     0x80,
				     0xff,
				     0x7fff,
				     0x8000,
				     0xffff,
				     0x7fffffff,
				     0x80000000,
				     0xffffffff,
				     0x7fffffffffffffff,
				     0x8000000000000000,
				     0xffffffffffffffff };

	switch (below(4)) {
	case 0:
		return edges[below(ARRAY_SIZE(edges))] + below(3) - 1;
	case 1:
		return below(256);
	default:
		return rnd();
	}
}

/* Running on the CPU */

u64 home_rsp;
u64 insn_addr;
void enter(const struct emulate_regs *regs);
void home(void);

/* struct emulate_regs: gpr[16] by hardware number, rip, flags at 136. */
__asm__(".text\n"
	".globl enter, home\n"
	"enter:\n"
	"	push %rbx\n	push %rbp\n	push %r12\n"
	"	push %r13\n	push %r14\n	push %r15\n"
	"	mov %rsp, home_rsp(%rip)\n"
	"	pushq 136(%rdi)\n	popfq\n"
	"	mov 0(%rdi), %rax\n	mov 8(%rdi), %rcx\n"
	"	mov 16(%rdi), %rdx\n	mov 24(%rdi), %rbx\n"
	"	mov 32(%rdi), %rsp\n	mov 40(%rdi), %rbp\n"
	"	mov 48(%rdi), %rsi\n	mov 64(%rdi), %r8\n"
	"	mov 72(%rdi), %r9\n	mov 80(%rdi), %r10\n"
	"	mov 88(%rdi), %r11\n	mov 96(%rdi), %r12\n"
	"	mov 104(%rdi), %r13\n	mov 112(%rdi), %r14\n"
	"	mov 120(%rdi), %r15\n	mov 56(%rdi), %rdi\n"
	"	jmp *insn_addr(%rip)\n"
	"home:\n"
	"	pop %r15\n	pop %r14\n	pop %r13\n"
	"	pop %r12\n	pop %rbp\n	pop %rbx\n"
	"	ret\n");

static struct emulate_regs cpu;
static int cpu_signal;

static const int greg_of[EMULATE_NR_GPR] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8,	 REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static void on_signal(int sig, siginfo_t *info, void *uc)
{
	greg_t *gregs = ((ucontext_t *)uc)->uc_mcontext.gregs;
	unsigned int i;

	(void)info;
	for (i = 0; i < EMULATE_NR_GPR; i++)
		cpu.gpr[i] = gregs[greg_of[i]];
	cpu.rip = gregs[REG_RIP] - (sig == SIGTRAP);
	cpu.flags = gregs[REG_EFL] & ~0x10000ULL;
	cpu_signal = sig;
	gregs[REG_RSP] = home_rsp;
	gregs[REG_RIP] = (greg_t)home;
	gregs[REG_EFL] = FLAG_IF;
}

static void catch_signals(void)
{
	static const int sigs[] = { SIGTRAP, SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	struct sigaction sa = { .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_size = 1 << 17 };
	unsigned int i;

	stack.ss_sp = malloc(stack.ss_size);
	if (!stack.ss_sp || sigaltstack(&stack, NULL)) {
		perror("sigaltstack");
		exit(1);
	}
	sa.sa_sigaction = on_signal;
	for (i = 0; i < ARRAY_SIZE(sigs); i++)
		sigaction(sigs[i], &sa, NULL);
}

/* Addresses below 2 GiB can be written as 32-bit displacements. */
static u8 *map_low(size_t size, int prot)
{
	u8 *at = mmap(NULL, size + 2 * PAGE, PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

	if (at == MAP_FAILED || mprotect(at + PAGE, size, prot)) {
		perror("mmap");
		exit(77);
	}
	return at + PAGE;
}

/* User memory as the emulator sees it: the shadow stands in for the data. */

static u8 *shadow_at(u64 addr, size_t len)
{
	u64 offset = addr - (u64)data;

	if (offset > DATA_SIZE || DATA_SIZE - offset < len)
		return NULL;
	return shadow + offset;
}

static int shadow_read(void *ctx, u64 addr, void *buf, size_t len)
{
	u8 *at = shadow_at(addr, len);

	(void)ctx;
	if (!at)
		return -EFAULT;
	memcpy(buf, at, len);
	return 0;
}

static int shadow_write(void *ctx, u64 addr, const void *buf, size_t len)
{
	u8 *at = shadow_at(addr, len);

	(void)ctx;
	if (!at)
		return -EFAULT;
	memcpy(at, buf, len);
	return 0;
}

static const struct emulate_ops shadow_ops = { shadow_read, shadow_write };

/* One instruction */

struct trial {
	u8 insn[EMULATE_MAX_INSN + 1];
	unsigned int len;
	struct emulate_regs before;
};

static void put(struct trial *t, u64 val, unsigned int size)
{
	while (size--) {
		t->insn[t->len++] = val;
		val >>= 8;
	}
}

/* The opcode behind the prefixes, with what follows it. */
static const u8 *opcode_of(const struct trial *t)
{
	const u8 *op = t->insn;

	while (*op == 0x66 || *op == 0xf2 || *op == 0xf3 || *op == 0x2e ||
	       *op == 0x3e || *op == 0x26 || *op == 0x36 || *op == 0x64 ||
	       *op == 0x65)
		op++;
	return (*op & 0xf0) == 0x40 ? op + 1 : op;
}

/* AF after AND, OR, XOR and TEST, which the SDM leaves undefined. */
static u64 undefined_flags(const struct trial *t)
{
	const u8 *op = opcode_of(t);
	unsigned int ext = op[1] >> 3 & 7;

	if (*op < 0x40 && *op != 0x0f)
		ext = *op >> 3;
	else if (*op == 0x84 || *op == 0x85 || *op == 0xa8 || *op == 0xa9)
		return FLAG_AF;
	else if (*op == 0xf6 || *op == 0xf7)
		return ext == 0 ? FLAG_AF : 0;
	else if (*op != 0x80 && *op != 0x81 && *op != 0x83)
		return 0;
	return ext == 1 || ext == 4 || ext == 6 ? FLAG_AF : 0;
}

static bool is_branch(const struct trial *t)
{
	const u8 *op = opcode_of(t);
	unsigned int ext = op[1] >> 3 & 7;

	return (*op >= 0x70 && *op <= 0x7f) || *op == 0xc2 || *op == 0xc3 ||
	       *op == 0xe8 || *op == 0xe9 || *op == 0xeb ||
	       (*op == 0x0f && op[1] >= 0x80 && op[1] <= 0x8f) ||
	       (*op == 0xff && (ext == 2 || ext == 4));
}

static void show(const char *what, const struct emulate_regs *r)
{
	unsigned int i;

	printf("# %-8s rip %llx flags %llx", what, r->rip, r->flags);
	for (i = 0; i < EMULATE_NR_GPR; i++)
		printf("%s%u:%llx", i % 8 ? " " : "\n#   ", i, r->gpr[i]);
	printf("\n");
}

static bool complain(const struct trial *t, const struct emulate_regs *emu,
		     const char *what)
{
	unsigned int i;

	printf("# differs: %s; signal %d; insn", what, cpu_signal);
	for (i = 0; i < t->len; i++)
		printf(" %02x", t->insn[i]);
	printf(" at %llx, data at %llx\n", insn_addr, (u64)data);
	show("before", &t->before);
	show("cpu", &cpu);
	show("emulated", emu);
	return false;
}

static bool same_as_cpu(struct trial *t, const struct emulate_regs *emu)
{
	u64 mask = ~undefined_flags(t);

	memset(code, 0xcc, CODE_SIZE);
	memcpy(code + INSN_AT, t->insn, t->len);
	enter(&t->before);

	/* Fetching from a page that is not there counts as having arrived. */
	if (cpu_signal != SIGTRAP && cpu.rip == t->before.rip)
		return complain(t, emu, "the CPU faults");
	if (memcmp(cpu.gpr, emu->gpr, sizeof(cpu.gpr)))
		return complain(t, emu, "registers");
	if (cpu.rip != emu->rip)
		return complain(t, emu, "rip");
	if ((cpu.flags ^ emu->flags) & mask)
		return complain(t, emu, "flags");
	if (memcmp(data, shadow, DATA_SIZE))
		return complain(t, emu, "memory");
	return true;
}

static unsigned long nr_tried, nr_emulated;

/* A branch into itself goes on from there: the CPU would not stop. */
static bool stays_inside(const struct trial *t, const struct emulate_regs *emu)
{
	return is_branch(t) && emu->rip - t->before.rip < t->len;
}

/* Emulates; when that works, compares. A refusal must change nothing. */
static bool try_insn(struct trial *t)
{
	struct emulate_regs emu = t->before;

	nr_tried++;
	memcpy(shadow, data, DATA_SIZE);
	if (!emulate_x86(&emu, t->insn, t->len, 0, &shadow_ops, NULL)) {
		if (memcmp(&emu, &t->before, sizeof(emu)) ||
		    memcmp(shadow, data, DATA_SIZE))
			return complain(t, &emu, "changed though refused");
		return true;
	}
	nr_emulated++;
	if (stays_inside(t, &emu))
		return true;
	return same_as_cpu(t, &emu);
}

/* Well-formed instructions */

enum { NO_MODRM, ANY_RM, MEMORY_RM, REG_RM, IN_OPCODE };
enum { NO_IMM, IMM8, IMM16, IMM_Z, IMM_FULL, REL8, REL32 };

/* What a form allows beside the plain opcode. */
#define BYTE 0x1 /* byte operands: no 66, and REX.W means nothing */
#define WORD 0x2 /* 66 makes it 16 bits */
#define QUAD 0x4 /* REX.W makes it 64 bits */
#define REX 0x8 /* other REX bits */
#define TARGET 0x10 /* the operand is where it jumps */
#define SIZES (WORD | QUAD | REX)

struct form {
	const char *name;
	u8 opcode[2];
	u8 opcode_last; /* 0, or opcodes from the given one to this */
	s8 ext; /* in ModRM; -1: a register; 8: any operation */
	u8 rm;
	u8 imm;
	u8 flags;
};

static const struct form forms[] = {
	{ "add r/m8,r8", { 0x00 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "add r/m,r", { 0x01 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "add r8,r/m8", { 0x02 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "add r,r/m", { 0x03 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "add al,imm", { 0x04 }, 0, -1, NO_MODRM, IMM8, BYTE | REX },
	{ "add rax,imm", { 0x05 }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "or r/m8,r8", { 0x08 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "or r/m,r", { 0x09 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "or r8,r/m8", { 0x0a }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "or r,r/m", { 0x0b }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "or al,imm", { 0x0c }, 0, -1, NO_MODRM, IMM8, BYTE | REX },
	{ "or rax,imm", { 0x0d }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "adc r/m8,r8", { 0x10 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "adc r/m,r", { 0x11 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "adc r8,r/m8", { 0x12 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "adc r,r/m", { 0x13 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "adc rax,imm", { 0x15 }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "sbb r/m8,r8", { 0x18 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "sbb r/m,r", { 0x19 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "sbb r8,r/m8", { 0x1a }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "sbb r,r/m", { 0x1b }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "sbb rax,imm", { 0x1d }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "and r/m8,r8", { 0x20 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "and r/m,r", { 0x21 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "and r8,r/m8", { 0x22 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "and r,r/m", { 0x23 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "and al,imm", { 0x24 }, 0, -1, NO_MODRM, IMM8, BYTE | REX },
	{ "and rax,imm", { 0x25 }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "sub r/m8,r8", { 0x28 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "sub r/m,r", { 0x29 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "sub r8,r/m8", { 0x2a }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "sub r,r/m", { 0x2b }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "sub al,imm", { 0x2c }, 0, -1, NO_MODRM, IMM8, BYTE | REX },
	{ "sub rax,imm", { 0x2d }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "xor r/m8,r8", { 0x30 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "xor r/m,r", { 0x31 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "xor r8,r/m8", { 0x32 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "xor r,r/m", { 0x33 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "xor rax,imm", { 0x35 }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "cmp r/m8,r8", { 0x38 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "cmp r/m,r", { 0x39 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "cmp r8,r/m8", { 0x3a }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "cmp r,r/m", { 0x3b }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "cmp al,imm", { 0x3c }, 0, -1, NO_MODRM, IMM8, BYTE | REX },
	{ "cmp rax,imm", { 0x3d }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "push r", { 0x50 }, 0x57, -1, NO_MODRM, NO_IMM, REX },
	{ "pop r", { 0x58 }, 0x5f, -1, NO_MODRM, NO_IMM, REX },
	{ "movsxd r,r/m32", { 0x63 }, 0, -1, ANY_RM, NO_IMM, QUAD | REX },
	{ "push imm32", { 0x68 }, 0, -1, NO_MODRM, IMM_Z, REX },
	{ "push imm8", { 0x6a }, 0, -1, NO_MODRM, IMM8, REX },
	{ "jcc rel8", { 0x70 }, 0x7f, -1, NO_MODRM, REL8, REX },
	{ "alu r/m8,imm8", { 0x80 }, 0, 8, ANY_RM, IMM8, BYTE | REX },
	{ "alu r/m,imm", { 0x81 }, 0, 8, ANY_RM, IMM_Z, SIZES },
	{ "alu r/m,imm8", { 0x83 }, 0, 8, ANY_RM, IMM8, SIZES },
	{ "test r/m8,r8", { 0x84 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "test r/m,r", { 0x85 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "mov r/m8,r8", { 0x88 }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "mov r/m,r", { 0x89 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "mov r8,r/m8", { 0x8a }, 0, -1, ANY_RM, NO_IMM, BYTE | REX },
	{ "mov r,r/m", { 0x8b }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "lea", { 0x8d }, 0, -1, MEMORY_RM, NO_IMM, SIZES },
	{ "nop", { 0x90 }, 0, -1, NO_MODRM, NO_IMM, WORD | QUAD },
	{ "cbw cwde cdqe", { 0x98 }, 0, -1, NO_MODRM, NO_IMM, SIZES },
	{ "cwd cdq cqo", { 0x99 }, 0, -1, NO_MODRM, NO_IMM, SIZES },
	{ "test al,imm", { 0xa8 }, 0, -1, NO_MODRM, IMM8, BYTE | REX },
	{ "test rax,imm", { 0xa9 }, 0, -1, NO_MODRM, IMM_Z, SIZES },
	{ "mov r8,imm8", { 0xb0 }, 0xb7, -1, NO_MODRM, IMM8, BYTE | REX },
	{ "mov r,imm", { 0xb8 }, 0xbf, -1, NO_MODRM, IMM_FULL, SIZES },
	{ "ret imm16", { 0xc2 }, 0, -1, NO_MODRM, IMM16, REX | TARGET },
	{ "ret", { 0xc3 }, 0, -1, NO_MODRM, NO_IMM, REX | TARGET },
	{ "mov r/m8,imm8", { 0xc6 }, 0, 0, ANY_RM, IMM8, BYTE | REX },
	{ "mov r/m,imm", { 0xc7 }, 0, 0, ANY_RM, IMM_Z, SIZES },
	{ "leave", { 0xc9 }, 0, -1, NO_MODRM, NO_IMM, REX },
	{ "call rel32", { 0xe8 }, 0, -1, NO_MODRM, REL32, REX },
	{ "jmp rel32", { 0xe9 }, 0, -1, NO_MODRM, REL32, REX },
	{ "jmp rel8", { 0xeb }, 0, -1, NO_MODRM, REL8, REX },
	{ "test r/m8,imm8", { 0xf6 }, 0, 0, ANY_RM, IMM8, BYTE | REX },
	{ "not r/m8", { 0xf6 }, 0, 2, ANY_RM, NO_IMM, BYTE | REX },
	{ "neg r/m8", { 0xf6 }, 0, 3, ANY_RM, NO_IMM, BYTE | REX },
	{ "test r/m,imm", { 0xf7 }, 0, 0, ANY_RM, IMM_Z, SIZES },
	{ "not r/m", { 0xf7 }, 0, 2, ANY_RM, NO_IMM, SIZES },
	{ "neg r/m", { 0xf7 }, 0, 3, ANY_RM, NO_IMM, SIZES },
	{ "inc r/m8", { 0xfe }, 0, 0, ANY_RM, NO_IMM, BYTE | REX },
	{ "dec r/m8", { 0xfe }, 0, 1, ANY_RM, NO_IMM, BYTE | REX },
	{ "inc r/m", { 0xff }, 0, 0, ANY_RM, NO_IMM, SIZES },
	{ "dec r/m", { 0xff }, 0, 1, ANY_RM, NO_IMM, SIZES },
	{ "call r/m", { 0xff }, 0, 2, ANY_RM, NO_IMM, REX | TARGET },
	{ "jmp r/m", { 0xff }, 0, 4, ANY_RM, NO_IMM, REX | TARGET },
	{ "push r/m", { 0xff }, 0, 6, ANY_RM, NO_IMM, REX },
	{ "long nop", { 0x0f, 0x1f }, 0, 0, ANY_RM, NO_IMM, SIZES },
	{ "cmovcc", { 0x0f, 0x40 }, 0x4f, -1, ANY_RM, NO_IMM, SIZES },
	{ "jcc rel32", { 0x0f, 0x80 }, 0x8f, -1, NO_MODRM, REL32, REX },
	{ "setcc", { 0x0f, 0x90 }, 0x9f, 0, ANY_RM, NO_IMM, BYTE | REX },
	{ "movzx r,r/m8", { 0x0f, 0xb6 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "movzx r,r/m16", { 0x0f, 0xb7 }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "movsx r,r/m8", { 0x0f, 0xbe }, 0, -1, ANY_RM, NO_IMM, SIZES },
	{ "movsx r,r/m16", { 0x0f, 0xbf }, 0, -1, ANY_RM, NO_IMM, SIZES },
};

/* The data area's middle: whatever is at a random spot there fits in. */
static u64 data_spot(void)
{
	return (u64)data + 1024 + below(DATA_SIZE - 2048);
}

static u64 code_spot(void)
{
	return below(8) ? (u64)code + below(CODE_SIZE) :
			  rnd() >> (17 + below(9));
}

static void fill_state(struct trial *t)
{
	unsigned int i;

	for (i = 0; i < DATA_SIZE; i += 8) {
		u64 val = rnd_value();

		memcpy(data + i, &val, 8);
	}
	for (i = 0; i < EMULATE_NR_GPR; i++)
		t->before.gpr[i] = rnd_value();
	t->before.gpr[EMULATE_RSP] = data_spot();
	t->before.gpr[EMULATE_RBP] = data_spot();
	t->before.flags = FLAG_IF | (rnd() & ARITH);
	t->before.rip = (u64)code + INSN_AT;
	t->len = 0;
}

/**
 * struct operand - a ModRM operand before its bytes are known
 * @rip_relative: displacement is to be filled in when the length is known
 * @disp_at: where in the instruction it stands
 * @addr: memory operand's address; 0 for a register
 * @rm: number of the register
 */
struct operand {
	bool rip_relative;
	unsigned int disp_at;
	u64 addr;
	unsigned int rm;
};

static unsigned int rex_bit(u8 rex, unsigned int bit)
{
	return rex & bit ? 8 : 0;
}

/* Chooses base (and index) so that the address is in the data area. */
static void put_sib(struct trial *t, struct operand *op, u8 rex,
		    unsigned int mod, unsigned int ext)
{
	u64 *gpr = t->before.gpr;
	unsigned int scale = below(4);
	unsigned int index = below(8), base = below(8);
	unsigned int full_index = index | rex_bit(rex, 2);
	unsigned int full_base = base | rex_bit(rex, 1);
	bool has_index = full_index != 4;
	bool has_base = !(base == 5 && mod == 0);
	s64 disp = mod == 1 ? (s8)rnd() : mod == 2 ? (s64)below(512) - 256 : 0;
	u64 rest;

	op->addr = data_spot();
	if (has_index && full_index != full_base)
		gpr[full_index] = below(64) - 32ULL;
	rest = has_index ? gpr[full_index] << scale : 0;
	if (!has_base) {
		disp = op->addr - rest;
	} else if (has_index && full_index == full_base) {
		gpr[full_base] = (op->addr - disp) / (1 + (1 << scale));
		op->addr = gpr[full_base] * (1 + (1 << scale)) + disp;
	} else {
		gpr[full_base] = op->addr - disp - rest;
	}
	put(t, mod << 6 | ext << 3 | 4, 1);
	put(t, scale << 6 | index << 3 | base, 1);
	put(t, disp, mod == 1 ? 1 : mod == 2 || !has_base ? 4 : 0);
}

static void put_modrm(struct trial *t, struct operand *op, u8 rex,
		      const struct form *form)
{
	bool any_ext = form->ext == 8 || form->ext < 0;
	unsigned int ext = any_ext ? below(8) : (unsigned int)form->ext;
	unsigned int mod = form->rm == MEMORY_RM ? below(3) : below(4);
	unsigned int rm = below(8);
	s64 disp;

	memset(op, 0, sizeof(*op));
	if (mod == 3) {
		op->rm = rm | rex_bit(rex, 1);
		put(t, 0xc0 | ext << 3 | rm, 1);
	} else if (rm == 4) {
		put_sib(t, op, rex, mod, ext);
	} else if (mod == 0 && rm == 5) {
		op->rip_relative = true;
		op->addr = data_spot();
		put(t, ext << 3 | rm, 1);
		op->disp_at = t->len;
		put(t, 0, 4);
	} else {
		disp = mod == 1 ? (s8)rnd() : mod == 2 ? (s32)rnd() : 0;
		op->addr = data_spot();
		t->before.gpr[rm | rex_bit(rex, 1)] = op->addr - disp;
		put(t, mod << 6 | ext << 3 | rm, 1);
		put(t, disp, mod == 1 ? 1 : mod == 2 ? 4 : 0);
	}
}

static void put_imm(struct trial *t, const struct form *form, bool word, u8 rex)
{
	u64 imm = rnd_value();
	u64 next = t->before.rip + t->len;

	switch (form->imm) {
	case IMM8:
		put(t, imm, 1);
		break;
	case IMM16:
		put(t, below(256), 2);
		break;
	case IMM_Z:
		put(t, imm, word ? 2 : 4);
		break;
	case IMM_FULL:
		put(t, imm, rex & 8 ? 8 : word ? 2 : 4);
		break;
	case REL8:
		put(t, imm, 1);
		break;
	case REL32:
		put(t, code_spot() - next - 4, 4);
		break;
	}
}

/* The place the instruction goes to must be in the operand or on the stack. */
static void set_target(struct trial *t, const struct form *form,
		       const struct operand *op)
{
	u64 target = code_spot();

	if (form->rm == NO_MODRM)
		memcpy((u8 *)t->before.gpr[EMULATE_RSP], &target, 8);
	else if (op->addr)
		memcpy((u8 *)op->addr, &target, 8);
	else if (op->rm != EMULATE_RSP)
		t->before.gpr[op->rm] = target;
}

static void make_insn(struct trial *t, const struct form *form)
{
	bool word = form->flags & WORD && !below(3);
	bool two = form->opcode[0] == 0x0f;
	u8 opcode = form->opcode[two];
	struct operand op = { .rm = 0 };
	u8 rex = 0;
	s32 disp;

	if (form->flags & QUAD && below(2))
		rex = 0x48;
	if (form->flags & REX && below(2))
		rex |= 0x40 | below(form->flags & QUAD ? 8 : 16);
	if (rex & 8 && !(form->flags & BYTE))
		word = false;
	if (word)
		put(t, 0x66, 1);
	if (rex)
		put(t, rex, 1);
	if (two)
		put(t, 0x0f, 1);
	if (form->opcode_last)
		opcode += below(form->opcode_last - opcode + 1);
	put(t, opcode, 1);
	if (form->rm != NO_MODRM)
		put_modrm(t, &op, rex, form);
	put_imm(t, form, word, rex);
	if (op.rip_relative) {
		disp = op.addr - (t->before.rip + t->len);
		memcpy(t->insn + op.disp_at, &disp, 4);
	}
	if (form->flags & TARGET)
		set_target(t, form, &op);
}

/* Nine of ten rounds must be emulated: the rest are meant to be refused. */
static bool test_form(const struct form *form)
{
	struct trial t;
	unsigned int i;

	nr_tried = 0;
	nr_emulated = 0;
	for (i = 0; i < ROUNDS_PER_FORM; i++) {
		fill_state(&t);
		make_insn(&t, form);
		if (!try_insn(&t))
			return false;
	}
	return nr_emulated * 10 >= nr_tried * 9;
}

/* Random bytes */

static void make_bytes(struct trial *t)
{
	static const u8 prefixes[] = { 0x66, 0x66, 0xf2, 0xf3, 0x2e,
				       0x64, 0x67, 0xf0, 0x3e };
	unsigned int i;

	while (!below(4))
		put(t, prefixes[below(ARRAY_SIZE(prefixes))], 1);
	if (below(2))
		put(t, 0x40 | below(16), 1);
	if (!below(3))
		put(t, 0x0f, 1);
	while (t->len < EMULATE_MAX_INSN)
		put(t, below(3) ? rnd() : 0, 1);
	if (!below(16))
		t->len = 1 + below(t->len);
	for (i = 0; i < EMULATE_NR_GPR; i++) {
		if (below(2))
			t->before.gpr[i] = data_spot();
	}
}

static int no_write(void *ctx, u64 addr, const void *buf, size_t len)
{
	(void)ctx;
	(void)addr;
	(void)buf;
	(void)len;
	return 0;
}

/* Cuts off what is behind the instruction, as far as the emulator takes it. */
static void cut_to_insn(struct trial *t)
{
	static const struct emulate_ops ops = { shadow_read, no_write };
	unsigned int len;

	for (len = 1; len < t->len; len++) {
		struct emulate_regs emu = t->before;

		if (emulate_x86(&emu, t->insn, len, 0, &ops, NULL))
			t->len = len;
	}
}

static bool test_random_bytes(void)
{
	struct trial t;
	unsigned int i;

	nr_tried = 0;
	nr_emulated = 0;
	for (i = 0; i < ROUNDS_RANDOM; i++) {
		if (i % 64 == 0)
			fill_state(&t);
		t.before.flags = FLAG_IF | (rnd() & ARITH);
		t.len = 0;
		make_bytes(&t);
		cut_to_insn(&t);
		if (!try_insn(&t))
			return false;
	}
	return nr_emulated * 20 >= nr_tried;
}

static int report(const char *name, bool ok)
{
	printf("# %lu tried, %lu emulated\n", nr_tried, nr_emulated);
	printf("%s: emulate_cpu: %s\n", ok ? "PASS" : "FAIL", name);
	return !ok;
}

int main(int argc, char **argv)
{
	int failed = 0;
	unsigned int i;

	if (argc > 1)
		seed = strtoull(argv[1], NULL, 0) | 1;
	code = map_low(CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC);
	data = map_low(DATA_SIZE, PROT_READ | PROT_WRITE);
	insn_addr = (u64)code + INSN_AT;
	catch_signals();
	alarm(DEADLINE_S);
	for (i = 0; i < ARRAY_SIZE(forms); i++)
		failed += report(forms[i].name, test_form(&forms[i]));
	failed += report("random bytes", test_random_bytes());
	return failed ? 1 : 0;
}
