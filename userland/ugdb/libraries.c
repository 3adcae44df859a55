// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * qXfer:libraries-svr4: the list that the dynamic linker keeps of what it has
 * loaded, followed from the program's headers to its dynamic section, from
 * there to struct r_debug, and along its link_maps.
 *
 * All of it is memory of a process that may be broken: each list ends after a
 * number of steps.
 */
#include <elf.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/procfs.h"
#include "helper.h"
#include "target.h"
#include "xfer.h"

#define LIBRARIES_MAX 65536
#define NAMESPACES_MAX 64
#define HEADERS_MAX 512
#define DYNAMIC_MAX 4096

/**
 * struct image - a process and the width of its program
 * @pid: The process.
 * @wide: 64-bit.
 */
struct image {
	pid_t pid;
	bool wide;
};

/* A word of the program's width at an address, 0 when it is not there. */
static uint64_t read_word(const struct image *image, uint64_t addr)
{
	uint64_t word = 0;

	if (!target_read(image->pid, addr, &word, image->wide ? 8 : 4))
		return 0;
	return word;
}

static uint64_t read_nth(const struct image *image, uint64_t addr,
			 unsigned int nr)
{
	return read_word(image, addr + nr * (image->wide ? 8 : 4));
}

/* Return: the value of an entry of the auxiliary vector, or 0. */
static uint64_t find_aux(const struct buf *auxv, bool wide, uint64_t type)
{
	size_t width = wide ? 8 : 4;

	for (size_t at = 0; at + 2 * width <= auxv->len; at += 2 * width) {
		uint64_t key = 0, value = 0;

		memcpy(&key, auxv->data + at, width);
		memcpy(&value, auxv->data + at + width, width);
		if (key == type)
			return value;
	}
	return 0;
}

/**
 * struct headers - where the program's dynamic section is
 * @self: Address of the program headers as the file has it; 0 if it does not.
 * @dynamic: Likewise of the dynamic section.
 */
struct headers {
	uint64_t self;
	uint64_t dynamic;
	bool has_self;
};

static void note_header(struct headers *headers, uint32_t type, uint64_t vaddr)
{
	if (type == PT_PHDR) {
		headers->self = vaddr;
		headers->has_self = true;
	} else if (type == PT_DYNAMIC) {
		headers->dynamic = vaddr;
	}
}

static void read_headers(const struct image *image, uint64_t addr, uint64_t nr,
			 struct headers *headers)
{
	Elf64_Phdr wide;
	Elf32_Phdr narrow;

	for (uint64_t i = 0; i < nr && i < HEADERS_MAX; i++) {
		if (image->wide) {
			if (target_read(image->pid, addr + i * sizeof(wide),
					&wide, sizeof(wide)))
				note_header(headers, wide.p_type, wide.p_vaddr);
		} else if (target_read(image->pid, addr + i * sizeof(narrow),
				       &narrow, sizeof(narrow))) {
			note_header(headers, narrow.p_type, narrow.p_vaddr);
		}
	}
}

static bool find_dynamic_entry(const struct image *image, uint64_t dynamic,
			       uint64_t tag, uint64_t *value)
{
	for (unsigned int i = 0; i < DYNAMIC_MAX; i++) {
		uint64_t found = read_nth(image, dynamic, 2 * i);

		if (found == tag)
			*value = read_nth(image, dynamic, 2 * i + 1);
		if (found == tag || found == DT_NULL)
			return found == tag;
	}
	return false;
}

/*
 * Where struct r_debug is, 0 before the dynamic linker has said so. Return:
 * false: there is no place for that in the program, which is linked statically,
 * or is the dynamic linker itself.
 */
static bool find_debug(struct image *image, uint64_t *debug)
{
	struct headers headers = { 0 };
	struct buf auxv = { 0 };
	uint64_t addr, nr, bias;

	if (!procfs_read(&auxv, "/proc/%d/auxv", image->pid))
		return false;
	image->wide = find_aux(&auxv, true, AT_PHENT) == sizeof(Elf64_Phdr);
	addr = find_aux(&auxv, image->wide, AT_PHDR);
	nr = find_aux(&auxv, image->wide, AT_PHNUM);
	buf_free(&auxv);
	if (!addr)
		return false;
	read_headers(image, addr, nr, &headers);
	bias = headers.has_self ? addr - headers.self : 0;
	return headers.dynamic &&
	       find_dynamic_entry(image, bias + headers.dynamic, DT_DEBUG,
				  debug);
}

/* What an XML attribute cannot have as it is. */
static void add_attribute(struct buf *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'')
			buf_add_format(out, "&#%u;", c);
		else if (c < 32)
			buf_add_string(out, "?");
		else
			buf_add(out, text, 1);
	}
}

static void add_library(struct buf *out, const struct image *image,
			uint64_t map, uint64_t lmid)
{
	char name[PATH_MAX];

	target_read_string(image->pid, read_nth(image, map, 1), name,
			   sizeof(name));
	if (!*name)
		return;
	buf_add_string(out, "<library name=\"");
	add_attribute(out, name);
	buf_add_format(out,
		       "\" lm=\"0x%" PRIx64 "\" l_addr=\"0x%" PRIx64
		       "\" l_ld=\"0x%" PRIx64 "\" lmid=\"0x%" PRIx64 "\"/>",
		       map, read_nth(image, map, 0), read_nth(image, map, 2),
		       lmid);
}

/* The maps from @map on, of which the one before is @prev. */
static void add_maps(struct buf *out, const struct image *image, uint64_t map,
		     uint64_t prev, uint64_t lmid)
{
	for (int i = 0; map && i < LIBRARIES_MAX; i++) {
		if (read_nth(image, map, 4) != prev)
			break;
		add_library(out, image, map, lmid);
		prev = map;
		map = read_nth(image, map, 3);
	}
}

/* struct r_debug: version, first map, three words; version 2: next namespace. */
static void add_namespaces(struct buf *out, const struct image *image,
			   uint64_t debug)
{
	uint64_t map = read_nth(image, debug, 1);

	/* The first map is the program's own. */
	if (map)
		buf_add_format(out, " main-lm=\"0x%" PRIx64 "\"", map);
	buf_add_string(out, ">");
	if (map)
		add_maps(out, image, read_nth(image, map, 3), map, debug);
	for (int i = 0; i < NAMESPACES_MAX; i++) {
		if ((read_word(image, debug) & 0xffffffff) < 2)
			return;
		debug = read_nth(image, debug, 5);
		if (!debug)
			return;
		add_maps(out, image, read_nth(image, debug, 1), 0, debug);
	}
}

/**
 * struct piece - what of the list is wanted
 * @lmid: Address of the namespace's r_debug, or 0.
 * @start: First map, or 0: the whole list.
 * @prev: The one before it.
 */
struct piece {
	uint64_t lmid;
	uint64_t start;
	uint64_t prev;
};

/* "NAME=HEX;NAME=HEX"; a name that is not known is passed over. */
static void read_annex(const char *annex, struct piece *piece)
{
	while (*annex) {
		uint64_t value = 0;
		const char *equals = strchr(annex, '=');
		char *end;

		if (!equals)
			return;
		value = strtoull(equals + 1, &end, 16);
		if (!strncmp(annex, "lmid=", 5))
			piece->lmid = value;
		else if (!strncmp(annex, "start=", 6))
			piece->start = value;
		else if (!strncmp(annex, "prev=", 5))
			piece->prev = value;
		annex = *end == ';' ? end + 1 : end + strlen(end);
	}
}

/* Return: whether the list is known; else the client looks for itself. */
static bool collect(struct buf *out, pid_t pid, const char *annex)
{
	struct image image = { .pid = pid };
	struct piece piece = { 0 };
	uint64_t debug = 0;

	if (!find_debug(&image, &debug))
		return false;
	read_annex(annex, &piece);
	buf_add_string(out, "<library-list-svr4 version=\"1.0\"");
	if (piece.start) {
		buf_add_string(out, ">");
		add_maps(out, &image, piece.start, piece.prev,
			 piece.lmid ? piece.lmid : debug);
	} else if (debug && read_word(&image, debug)) {
		add_namespaces(out, &image, debug);
	} else {
		buf_add_string(out, ">");
	}
	buf_add_string(out, "</library-list-svr4>");
	return true;
}

/* Collected anew for each piece: the process is stopped meanwhile. */
void xfer_libraries(struct request *request)
{
	struct buf list = { 0 };
	struct xfer xfer;

	if (request->pid && xfer_take(request, &xfer) &&
	    collect(&list, request->pid, xfer.annex))
		xfer_reply(request, &xfer, list.data, list.len);
	else
		buf_add_string(&request->answer->reply, "E01");
	buf_free(&list);
}
