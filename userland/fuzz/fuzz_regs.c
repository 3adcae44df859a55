// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Register conversion under a fuzzer: any layout, any XSAVE area, any g packet.
 * Nothing is touched outside the buffers, and after putting a register it reads
 * as it was put, as far as it can. And any siginfo: what the layout of 32 bits
 * shows of it can be written back and changes nothing.
 */
#include "fuzz.h"
#include "siginfo_x86.h"
#include "tdesc_x86.h"

#define MAX_AREA 4096

static struct tdesc_x86 tdesc;
static u8 g[4096], g2[4096];

static void take(u8 *to, size_t len, const u8 **data, size_t *size)
{
	size_t nr = len < *size ? len : *size;

	memset(to, 0, len);
	memcpy(to, *data, nr);
	*data += nr;
	*size -= nr;
}

/* Any component may be put anywhere by one byte of input each. */
static void make_layout(struct tdesc_xsave *layout, const u8 *bytes)
{
	unsigned int i;

	memset(layout, 0, sizeof(*layout));
	layout->size = bytes[0] & 1 ? 512 : 512 + bytes[1] * 14;
	for (i = TDESC_YMM; i < TDESC_NR_XCOMP; i++)
		layout->offset[i] = bytes[i] * 17;
}

static void check_siginfo(const u8 *data, size_t size)
{
	u8 narrow[SIGINFO_SIZE], again[SIGINFO_SIZE];
	u8 info[SIGINFO_KEPT], other[SIGINFO_KEPT];

	take(info, sizeof(info), &data, &size);
	siginfo_to_32(narrow, info);
	memcpy(other, info, sizeof(info));
	siginfo_from_32(other, narrow);
	MUST(!memcmp(other, info, sizeof(info)));
	memset(other, 0x5a, sizeof(other));
	siginfo_from_32(other, narrow);
	siginfo_to_32(again, other);
	MUST(!memcmp(again, narrow, sizeof(narrow)));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 head[2 + TDESC_NR_XCOMP];
	struct tdesc_xsave layout;
	struct tdesc_bufs bufs = { .layout = &layout };
	size_t gregs_size;

	check_siginfo(data, size);
	take(head, sizeof(head), &data, &size);
	make_layout(&layout, head + 1);
	tdesc_x86_init(&tdesc, head[0] & 0x10, head[0] & 0xf);
	gregs_size = tdesc.is_64bit ? TDESC_GREGS64_SIZE : TDESC_GREGS32_SIZE;
	bufs.gregs = malloc(gregs_size);
	bufs.xsave = malloc(layout.size);
	MUST(bufs.gregs && bufs.xsave && tdesc.g_size <= sizeof(g));
	take(bufs.gregs, gregs_size, &data, &size);
	take(bufs.xsave, layout.size, &data, &size);

	tdesc_get_all(&tdesc, &bufs, g);
	take(g, tdesc.g_size, &data, &size);
	tdesc_put_all(&tdesc, &bufs, g);
	tdesc_get_all(&tdesc, &bufs, g);
	/* Components that overlap can change each other once more. */
	if (!tdesc_put_all(&tdesc, &bufs, g)) {
		tdesc_get_all(&tdesc, &bufs, g2);
		MUST(!memcmp(g, g2, tdesc.g_size));
	}
	free(bufs.gregs);
	free(bufs.xsave);
	return 0;
}
