// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The instruction emulator under a fuzzer: any bytes with any registers. It
 * writes at most once and last, leaves everything alone when it refuses, and
 * changes no flags but the arithmetic ones.
 */
#include "emulate_x86.h"
#include "fuzz.h"

#define MEM_SIZE 4096
#define ARITH_FLAGS 0x8d5ULL
#define RF 0x10000ULL
#define TF 0x100ULL
#define AC 0x40000ULL

static u8 memory[MEM_SIZE];
static unsigned int nr_writes;

/* All addresses lead to the same page; what crosses its end is a fault. */
static u8 *at(u64 addr, size_t len)
{
	MUST(len == 1 || len == 2 || len == 4 || len == 8);
	addr %= MEM_SIZE;
	return len > MEM_SIZE - addr ? NULL : memory + addr;
}

static int read_mem(void *ctx, u64 addr, void *buf, size_t len)
{
	u8 *from = at(addr, len);

	(void)ctx;
	MUST(!nr_writes);
	if (!from)
		return -EFAULT;
	memcpy(buf, from, len);
	return 0;
}

static int write_mem(void *ctx, u64 addr, const void *buf, size_t len)
{
	u8 *to = at(addr, len);

	(void)ctx;
	nr_writes++;
	if (!to || addr >> 63)
		return -EFAULT;
	memcpy(to, buf, len);
	return 0;
}

static const struct emulate_ops ops = { read_mem, write_mem };

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 before_mem[MEM_SIZE];
	struct emulate_regs regs, before;
	size_t head = 1 + sizeof(regs);
	u32 mode;

	if (size < head)
		return 0;
	mode = data[0] & EMULATE_SHADOW_STACK;
	memcpy(&regs, data + 1, sizeof(regs));
	memset(memory, data[0], sizeof(memory));
	memcpy(before_mem, memory, sizeof(memory));
	before = regs;
	nr_writes = 0;
	if (!emulate_x86(&regs, data + head, size - head, mode, &ops, NULL)) {
		MUST(!memcmp(&regs, &before, sizeof(regs)));
		MUST(!memcmp(memory, before_mem, sizeof(memory)));
		MUST(nr_writes <= 1);
		return 0;
	}
	MUST(nr_writes <= 1);
	MUST(!(before.flags & (TF | AC)));
	MUST(!((regs.flags ^ before.flags) & ~(ARITH_FLAGS | RF)));
	MUST(!(regs.flags & RF));
	return 0;
}
