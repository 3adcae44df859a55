// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Packet arguments under a fuzzer: whatever the bytes, all that comes out lies
 * inside the packet, and iterators end.
 */
#include "fuzz.h"
#include "proto.h"

static const char *const schemas[] = {
	"",    "h,h", "h,h:b",	"h,h:x", "h,h[;x]", "s[;h]",
	"[h]", "t",   ";p",	"[;p]",	 "w:h,h",   "w:w:w:x",
	"h=b", "b;b", "h;h;x",	"d[,d]", "w",	    "b",
	"x",   "[t]", ":h[;x]", "w[;w]", "h,t[:b]",
};

static const struct proto_row table[] = {
	{ "q", NULL, PROTO_PREFIX },	    { "qC", NULL, PROTO_EXACT },
	{ "qCRC:", NULL, PROTO_PREFIX },    { "m", NULL, PROTO_PREFIX },
	{ "vCont", NULL, PROTO_WORD },	    { "vCont?", NULL, PROTO_EXACT },
	{ "D", NULL, PROTO_WORD },	    { "qXfer:", NULL, PROTO_PREFIX },
	{ "qSupported", NULL, PROTO_WORD },
};

static u8 *buf;
static size_t buf_len;

static bool is_inside(const void *at, size_t len)
{
	size_t offset = (const u8 *)at - buf;

	return offset <= buf_len && len <= buf_len - offset;
}

static void fuzz_find(void)
{
	const struct proto_row *row;

	row = proto_find(table, ARRAY_SIZE(table), sizeof(table[0]), buf,
			 buf_len);
	if (row)
		MUST(strlen(row->name) <= buf_len &&
		     !memcmp(row->name, buf, strlen(row->name)));
}

static void fuzz_parse(const char *schema)
{
	static struct proto_args args;
	unsigned int i;

	if (proto_parse(schema, buf, buf_len, &args))
		return;
	MUST(args.nr <= PROTO_MAX_ARGS);
	for (i = 0; i < args.nr; i++) {
		if (args.arg[i].data)
			MUST(is_inside(args.arg[i].data, args.arg[i].len));
	}
}

static void fuzz_actions(void)
{
	struct proto_cursor c = { buf, buf + buf_len };
	struct proto_action action;
	size_t nr = 0;

	while (proto_next_action(&c, &action) > 0) {
		MUST(strchr("cstr", action.kind));
		MUST(is_inside(c.pos, 0) && ++nr <= buf_len);
	}
}

static void fuzz_bparts(void)
{
	struct proto_bparts it;
	struct proto_bpart part;
	size_t nr = 0;

	proto_bparts_init(&it, buf, buf_len);
	while (proto_next_bpart(&it, &part) > 0) {
		MUST(is_inside(part.code, part.len));
		MUST(++nr <= buf_len);
	}
}

static void fuzz_features(void)
{
	struct proto_cursor c = { buf, buf + buf_len };
	struct proto_feature f;
	size_t nr = 0;

	while (proto_next_feature(&c, &f)) {
		MUST(f.name_len && is_inside(f.name, f.name_len));
		MUST(!f.value || is_inside(f.value, f.value_len));
		MUST(strchr("+-?=", f.sign) && ++nr <= buf_len);
	}
}

static void fuzz_xfer(void)
{
	struct proto_xfer x;

	if (proto_parse_xfer(buf, buf_len, &x))
		return;
	MUST(is_inside(x.object, x.object_len));
	MUST(is_inside(x.annex, x.annex_len));
	MUST(!x.is_write || is_inside(x.data, x.data_len));
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u8 which;

	if (!size)
		return 0;
	which = *data;
	buf_len = size - 1;
	buf = malloc(buf_len + !buf_len);
	MUST(buf);
	memcpy(buf, data + 1, buf_len);
	switch (which % 32) {
	case 0:
		fuzz_find();
		break;
	case 1:
		fuzz_actions();
		break;
	case 2:
		fuzz_bparts();
		break;
	case 3:
		fuzz_features();
		break;
	case 4:
		fuzz_xfer();
		break;
	default:
		fuzz_parse(schemas[which % ARRAY_SIZE(schemas)]);
		break;
	}
	free(buf);
	return 0;
}
