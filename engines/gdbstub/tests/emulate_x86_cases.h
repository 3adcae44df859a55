/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cases of emulate_x86.c, for KUnit and user space. They fix what is promised
 * beyond being right: what is refused, and that nothing changes then. That the
 * results are the CPU's is for userland/tests/emulate_cpu.c to show.
 */
#ifndef GDBSTUB_EMULATE_X86_CASES_H
#define GDBSTUB_EMULATE_X86_CASES_H

#include "pure_check.h"
#include "../emulate_x86.h"

#define EMU_RIP 0x401000ULL
#define EMU_MEM 0x10000ULL
#define EMU_MEM_SIZE 64
#define EMU_FLAGS 0x202ULL
#define EMU_TF 0x100ULL
#define EMU_RF 0x10000ULL
#define EMU_AC 0x40000ULL

/* Memory that can be made read-only, and counts what is done to it. */
struct emu_memory {
	u8 bytes[EMU_MEM_SIZE];
	bool read_only;
	unsigned int nr_reads;
	unsigned int nr_writes;
};

static struct emu_memory emu_memory;

static u8 *emu_at(struct emu_memory *m, u64 addr, size_t len)
{
	if (addr < EMU_MEM || addr - EMU_MEM > EMU_MEM_SIZE ||
	    len > EMU_MEM_SIZE - (addr - EMU_MEM))
		return NULL;
	return m->bytes + (addr - EMU_MEM);
}

static int emu_read(void *ctx, u64 addr, void *buf, size_t len)
{
	struct emu_memory *m = ctx;
	u8 *at = emu_at(m, addr, len);

	m->nr_reads++;
	if (!at)
		return -EFAULT;
	memcpy(buf, at, len);
	return 0;
}

static int emu_write(void *ctx, u64 addr, const void *buf, size_t len)
{
	struct emu_memory *m = ctx;
	u8 *at = emu_at(m, addr, len);

	m->nr_writes++;
	if (!at || m->read_only)
		return -EFAULT;
	memcpy(at, buf, len);
	return 0;
}

static const struct emulate_ops emu_ops = { emu_read, emu_write };

static void emu_reset(struct emulate_regs *regs)
{
	unsigned int i;

	memset(&emu_memory, 0, sizeof(emu_memory));
	for (i = 0; i < EMU_MEM_SIZE; i++)
		emu_memory.bytes[i] = i;
	for (i = 0; i < EMULATE_NR_GPR; i++)
		regs->gpr[i] = 0x1111111111111111ULL * i;
	regs->gpr[EMULATE_RSP] = EMU_MEM + 32;
	regs->gpr[EMULATE_RBP] = EMU_MEM + 48;
	regs->gpr[EMULATE_RBX] = EMU_MEM;
	regs->rip = EMU_RIP;
	regs->flags = EMU_FLAGS;
}

/* Bytes of an instruction. */
struct emu_bytes {
	const char *at;
	size_t len;
};

#define INSN(bytes) ((struct emu_bytes){ bytes, sizeof(bytes) - 1 })

static bool emu_run(struct emulate_regs *regs, struct emu_bytes insn, u32 mode)
{
	return emulate_x86(regs, (const u8 *)insn.at, insn.len, mode, &emu_ops,
			   &emu_memory);
}

/* Refused, and neither registers nor memory are other than before. */
static bool emu_refuses(struct emu_bytes insn, u32 mode, u64 flags)
{
	static struct emulate_regs regs, before;
	static struct emu_memory memory;

	emu_reset(&regs);
	regs.flags |= flags;
	before = regs;
	memory = emu_memory;
	if (emu_run(&regs, insn, mode))
		return false;
	return !memcmp(&regs, &before, sizeof(regs)) &&
	       !memcmp(memory.bytes, emu_memory.bytes, EMU_MEM_SIZE);
}

/**
 * struct emu_vector - an instruction that changes one register
 * @what: in assembler
 * @insn: its bytes
 * @next: where it continues
 * @gpr: the register that is looked at
 * @val: what is in it afterwards
 */
struct emu_vector {
	const char *what;
	struct emu_bytes insn;
	u64 next;
	unsigned int gpr;
	u64 val;
};

static const struct emu_vector emu_vectors[] = {
	{ "nop", INSN("\x90"), EMU_RIP + 1, 0, 0 },
	{ "xchg ax,ax", INSN("\x66\x90"), EMU_RIP + 2, 0, 0 },
	{ "pause", INSN("\xf3\x90"), EMU_RIP + 2, 0, 0 },
	{ "nopl 0(rax)", INSN("\x0f\x1f\x40\x00"), EMU_RIP + 4, 0, 0 },
	{ "nopw cs:0(rax,rax,1)",
	  INSN("\x66\x2e\x0f\x1f\x84\x00\x00\x00\x00\x00"), EMU_RIP + 10, 0,
	  0 },
	{ "endbr64", INSN("\xf3\x0f\x1e\xfa"), EMU_RIP + 4, 0, 0 },
	{ "endbr32", INSN("\xf3\x0f\x1e\xfb"), EMU_RIP + 4, 0, 0 },
	{ "push rbp", INSN("\x55"), EMU_RIP + 1, EMULATE_RSP, EMU_MEM + 24 },
	{ "pop rcx", INSN("\x59"), EMU_RIP + 1, EMULATE_RCX,
	  0x2726252423222120 },
	{ "pop rsp", INSN("\x5c"), EMU_RIP + 1, EMULATE_RSP,
	  0x2726252423222120 },
	{ "mov rbp,rsp", INSN("\x48\x89\xe5"), EMU_RIP + 3, EMULATE_RBP,
	  EMU_MEM + 32 },
	{ "lea edi,0x64(rip)", INSN("\x8d\x3d\x64\x00\x00\x00"), EMU_RIP + 6,
	  EMULATE_RDI, EMU_RIP + 6 + 0x64 },
	{ "mov al,5(rbx)", INSN("\x8a\x43\x05"), EMU_RIP + 3, EMULATE_RAX, 5 },
	{ "mov ah,5(rbx)", INSN("\x8a\x63\x05"), EMU_RIP + 3, EMULATE_RAX,
	  0x0500 },
	{ "movabs", INSN("\x49\xb9\x08\x07\x06\x05\x04\x03\x02\x01"),
	  EMU_RIP + 10, EMULATE_R9, 0x0102030405060708 },
	{ "sub rsp,0x10", INSN("\x48\x83\xec\x10"), EMU_RIP + 4, EMULATE_RSP,
	  EMU_MEM + 16 },
	{ "xor eax,eax", INSN("\x31\xc0"), EMU_RIP + 2, 0, 0 },
	{ "mov ecx,ecx", INSN("\x89\xc9"), EMU_RIP + 2, EMULATE_RCX,
	  0x11111111 },
	{ "leave", INSN("\xc9"), EMU_RIP + 1, EMULATE_RSP, EMU_MEM + 56 },
	{ "jmp +2", INSN("\xeb\x02"), EMU_RIP + 4, 0, 0 },
	{ "jmp -0x10", INSN("\xe9\xf0\xff\xff\xff"), EMU_RIP + 5 - 0x10, 0, 0 },
	{ "je not taken", INSN("\x74\x10"), EMU_RIP + 2, 0, 0 },
	{ "jne taken", INSN("\x75\x10"), EMU_RIP + 18, 0, 0 },
	{ "call", INSN("\xe8\x00\x01\x00\x00"), EMU_RIP + 0x105, EMULATE_RSP,
	  EMU_MEM + 24 },
	{ "cmove not met clears", INSN("\x0f\x44\xc9"), EMU_RIP + 3,
	  EMULATE_RCX, 0x11111111 },
	{ "cmovne", INSN("\x0f\x45\x0b"), EMU_RIP + 3, EMULATE_RCX,
	  0x03020100 },
	{ "movzx ecx,byte 8(rbx)", INSN("\x0f\xb6\x4b\x08"), EMU_RIP + 4,
	  EMULATE_RCX, 8 },
	{ "movsxd rcx,edx", INSN("\x48\x63\xca"), EMU_RIP + 3, EMULATE_RCX,
	  0x22222222 },
	{ "setne cl", INSN("\x0f\x95\xc1"), EMU_RIP + 3, EMULATE_RCX,
	  0x1111111111111101 },
};

static void emu_does(CHECK)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(emu_vectors); i++) {
		const struct emu_vector *v = &emu_vectors[i];
		static struct emulate_regs regs;
		struct emu_bytes cut;

		emu_reset(&regs);
		EXPECT_MSG(emu_run(&regs, v->insn, 0), v->what);
		EXPECT_MSG(regs.rip == v->next, v->what);
		EXPECT_MSG(regs.gpr[v->gpr] == v->val, v->what);
		EXPECT_MSG(emu_memory.nr_writes <= 1, v->what);
		/* A byte less is not the instruction. */
		cut = v->insn;
		cut.len--;
		EXPECT_MSG(emu_refuses(cut, 0, 0), v->what);
	}
}

static void emu_calls_and_returns(CHECK)
{
	static struct emulate_regs regs;
	u64 addr;

	emu_reset(&regs);
	EXPECT(emu_run(&regs, INSN("\xe8\x00\x01\x00\x00"), 0));
	memcpy(&addr, emu_memory.bytes + 24, 8);
	EXPECT_EQ(addr, EMU_RIP + 5);
	EXPECT(emu_run(&regs, INSN("\xc3"), 0));
	EXPECT_EQ(regs.rip, EMU_RIP + 5);
	EXPECT_EQ(regs.gpr[EMULATE_RSP], EMU_MEM + 32);

	memcpy(emu_memory.bytes + 32, &addr, 8);
	EXPECT(emu_run(&regs, INSN("\xc2\x10\x00"), 0));
	EXPECT_EQ(regs.gpr[EMULATE_RSP], EMU_MEM + 32 + 8 + 16);
}

static void emu_sets_flags(CHECK)
{
	static struct emulate_regs regs;

	/* cmp eax,eax: ZF and PF. */
	emu_reset(&regs);
	regs.flags |= 0x8d5 | EMU_RF;
	EXPECT(emu_run(&regs, INSN("\x39\xc0"), 0));
	EXPECT_EQ(regs.flags, EMU_FLAGS | 0x44);
	/* inc leaves CF: 0x7fffffff + 1. */
	emu_reset(&regs);
	regs.flags |= 1;
	regs.gpr[0] = 0x7fffffff;
	EXPECT(emu_run(&regs, INSN("\xff\xc0"), 0));
	EXPECT_EQ(regs.flags, EMU_FLAGS | 0x895);
	/* test clears CF and OF. */
	regs.flags |= 0x801;
	EXPECT(emu_run(&regs, INSN("\x85\xc0"), 0));
	EXPECT_EQ(regs.flags & 0x801, 0);
}

static void emu_refuses_others(CHECK)
{
	static const struct {
		const char *what;
		struct emu_bytes insn;
	} rows[] = {
		{ "lock add", INSN("\xf0\x01\x03") },
		{ "rep movsb", INSN("\xf3\xa4") },
		{ "rep prefix on mov", INSN("\xf3\x89\xe5") },
		{ "popcnt", INSN("\xf3\x0f\xb8\xc0") },
		{ "fs load", INSN("\x64\x8b\x03") },
		{ "gs load", INSN("\x65\x48\x8b\x03") },
		{ "address size", INSN("\x67\x8b\x03") },
		{ "int3", INSN("\xcc") },
		{ "int", INSN("\xcd\x80") },
		{ "syscall", INSN("\x0f\x05") },
		{ "hlt", INSN("\xf4") },
		{ "popf", INSN("\x9d") },
		{ "xchg rax,r8", INSN("\x49\x90") },
		{ "xchg mem", INSN("\x87\x03") },
		{ "push ax", INSN("\x66\x50") },
		{ "pop ax", INSN("\x66\x58") },
		{ "jmp word", INSN("\x66\xe9\x00\x00\x00\x00") },
		{ "ret word", INSN("\x66\xc3") },
		{ "movsxd word", INSN("\x66\x63\xc1") },
		{ "lea of a register", INSN("\x8d\xc0") },
		{ "rex before prefix", INSN("\x48\x66\x89\xe5") },
		{ "two rex", INSN("\x48\x48\x89\xe5") },
		{ "nop other than /0", INSN("\x0f\x1f\x48\x00") },
		{ "rdsspq", INSN("\xf3\x48\x0f\x1e\xc8") },
		{ "mul", INSN("\xf7\xe0") },
		{ "far call", INSN("\xff\x1b") },
		{ "sse move", INSN("\x0f\x28\xc1") },
		{ "vex", INSN("\xc5\xf8\x77") },
		{ "only prefixes", INSN("\x66\x66\x66") },
		{ "too long",
		  INSN("\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66"
		       "\x66\x66\x66\x90") },
		{ "nothing", INSN("") },
		{ "load from a hole", INSN("\x8b\x01") },
		{ "load over the end", INSN("\x48\x8b\x43\x39") },
		{ "store to a hole", INSN("\x89\x01") },
		{ "add to a hole", INSN("\x01\x01") },
		{ "cmov from a hole", INSN("\x0f\x44\x01") },
		{ "jmp to r9", INSN("\x41\xff\xe1") },
		{ "call r9", INSN("\x41\xff\xd1") },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		EXPECT_MSG(emu_refuses(rows[i].insn, 0, 0), rows[i].what);
}

static void emu_refuses_in_modes(CHECK)
{
	EXPECT(emu_refuses(INSN("\x90"), 0, EMU_TF));
	EXPECT(emu_refuses(INSN("\x90"), 0, EMU_AC));
	EXPECT(emu_refuses(INSN("\xe8\x00\x00\x00\x00"), EMULATE_SHADOW_STACK,
			   0));
	EXPECT(emu_refuses(INSN("\xc3"), EMULATE_SHADOW_STACK, 0));
	EXPECT(!emu_refuses(INSN("\x90"), EMULATE_SHADOW_STACK, 0));
}

/* The write fails after all else was right: still nothing has changed. */
static void emu_is_atomic(CHECK)
{
	static const struct emu_bytes rows[] = {
		INSN("\x55"),
		INSN("\x01\x03"),
		INSN("\xff\x03"),
		INSN("\xe8\x00\x00\x00\x00"),
		INSN("\xc7\x03\x01\x00\x00\x00"),
		INSN("\x0f\x95\x03"),
	};
	static struct emulate_regs regs, before;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		emu_reset(&regs);
		before = regs;
		emu_memory.read_only = true;
		EXPECT(!emu_run(&regs, rows[i], 0));
		EXPECT(!memcmp(&regs, &before, sizeof(regs)));
		EXPECT_EQ(emu_memory.nr_writes, 1);
		emu_memory.read_only = false;
		EXPECT(emu_run(&regs, rows[i], 0));
		EXPECT_EQ(emu_memory.nr_writes, 2);
	}
}

static CHECK_TABLE emulate_x86_cases[] = {
	CASE(emu_does),
	CASE(emu_calls_and_returns),
	CASE(emu_sets_flags),
	CASE(emu_refuses_others),
	CASE(emu_refuses_in_modes),
	CASE(emu_is_atomic),
	CASES_END,
};

#endif /* GDBSTUB_EMULATE_X86_CASES_H */
