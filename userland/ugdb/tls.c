// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * qSymbol and qGetTLSAddr. The client is asked for the symbols that
 * libthread_db wants when it offers to look up some: first for the C library's
 * version, and for the others when that is there and is a new one.
 *
 * The module adds the thread's fs_base to a qGetTLSAddr, since only it sees
 * registers.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <limits.h>
#include <proc_service.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reg.h>
#include <thread_db.h>

#include "helper.h"
#include "target.h"
#include "report.h"
#include "tls.h"

#define LIBRARY "libthread_db.so.1"
#define FIRST_SYMBOL "__nptl_version"

/**
 * struct ps_prochandle - what libthread_db's callbacks are about
 * @db: Has the symbols.
 * @fs_base: Of the one thread that is asked for.
 */
struct ps_prochandle {
	const struct thread_db *db;
	uint64_t fs_base;
};

pid_t ps_getpid(struct ps_prochandle *handle)
{
	return handle->db->pid;
}

ps_err_e ps_pdread(struct ps_prochandle *handle, psaddr_t addr, void *buf,
		   size_t len)
{
	return target_read(handle->db->pid, (uintptr_t)addr, buf, len) ?
		       PS_OK : PS_ERR;
}

ps_err_e ps_pdwrite(struct ps_prochandle *handle, psaddr_t addr,
		    const void *buf, size_t len)
{
	return target_write(handle->db->pid, (uintptr_t)addr, buf, len) ?
		       PS_OK : PS_ERR;
}

ps_err_e ps_pglobal_lookup(struct ps_prochandle *handle, const char *object,
			   const char *name, psaddr_t *addr)
{
	const struct thread_db *db = handle->db;

	(void)object;
	for (size_t i = 0; i < db->nr_names; i++) {
		if (strcmp(db->names[i], name) || !db->values[i])
			continue;
		*addr = (psaddr_t)(uintptr_t)db->values[i];
		return PS_OK;
	}
	return PS_NOSYM;
}

#ifdef __x86_64__
/* The area of a 64-bit thread has the number of the register. */
ps_err_e ps_get_thread_area(struct ps_prochandle *handle, lwpid_t lwp,
			    int number, psaddr_t *base)
{
	(void)lwp;
	if (number != FS)
		return PS_BADADDR;
	*base = (psaddr_t)(uintptr_t)handle->fs_base;
	return PS_OK;
}
#endif

/* Nothing that is used here wants registers. */
ps_err_e ps_lgetregs(struct ps_prochandle *handle, lwpid_t lwp,
		     prgregset_t regs)
{
	(void)handle;
	(void)lwp;
	(void)regs;
	return PS_ERR;
}

ps_err_e ps_lsetregs(struct ps_prochandle *handle, lwpid_t lwp,
		     const prgregset_t regs)
{
	(void)handle;
	(void)lwp;
	(void)regs;
	return PS_ERR;
}

ps_err_e ps_lgetfpregs(struct ps_prochandle *handle, lwpid_t lwp,
		       prfpregset_t *regs)
{
	(void)handle;
	(void)lwp;
	(void)regs;
	return PS_ERR;
}

ps_err_e ps_lsetfpregs(struct ps_prochandle *handle, lwpid_t lwp,
		       const prfpregset_t *regs)
{
	(void)handle;
	(void)lwp;
	(void)regs;
	return PS_ERR;
}

static void *open_in(const char *directory, size_t len)
{
	char *path;
	void *library;

	if (!len || (len == 5 && !memcmp(directory, "$sdir", 5)))
		return dlopen(LIBRARY, RTLD_NOW);
	path = xasprintf("%.*s/%s", (int)len, directory, LIBRARY);
	library = dlopen(path, RTLD_NOW);
	free(path);
	return library;
}

static void *open_library(const char *path)
{
	void *library = NULL;

	if (!path)
		return open_in("", 0);
	while (!library && *path) {
		size_t len = strcspn(path, ":");

		library = open_in(path, len);
		path += len + (path[len] == ':');
	}
	return library;
}

/* Return: whether the library is there, and can be used. */
static bool load(struct thread_db *db)
{
	typeof(td_init) *init;
	typeof(td_symbol_list) *list;

	if (db->library)
		return true;
	db->library = open_library(db->search_path);
	if (!db->library)
		return false;
	init = dlsym(db->library, "td_init");
	list = dlsym(db->library, "td_symbol_list");
	if (!init || !list || init() != TD_OK) {
		thread_db_free(db);
		return false;
	}
	db->names = list();
	for (db->nr_names = 0; db->names[db->nr_names]; db->nr_names++)
		;
	db->values = xmalloc(db->nr_names * sizeof(*db->values));
	db->asked = db->nr_names;
	return true;
}

static void forget(struct thread_db *db)
{
	if (db->library)
		dlclose(db->library);
	free(db->values);
	db->library = NULL;
	db->values = NULL;
	db->names = NULL;
	db->nr_names = 0;
	db->complete = false;
}

void thread_db_set_path(struct thread_db *db, const char *path)
{
	forget(db);
	free(db->search_path);
	db->search_path = xstrdup(path);
}

void thread_db_free(struct thread_db *db)
{
	forget(db);
	free(db->search_path);
	db->search_path = NULL;
}

static size_t index_of(const struct thread_db *db, const char *name)
{
	size_t i = 0;

	while (i < db->nr_names && strcmp(db->names[i], name))
		i++;
	return i;
}

static void ask(struct request *request, size_t index)
{
	struct thread_db *db = &request->helper->thread_db;
	struct buf *reply = &request->answer->reply;

	db->asked = index;
	buf_add_string(reply, "qSymbol:");
	buf_add_hex(reply, db->names[index], strlen(db->names[index]));
}

static void end_asking(struct request *request)
{
	struct thread_db *db = &request->helper->thread_db;

	db->asked = db->nr_names;
	buf_add_string(&request->answer->reply, "OK");
}

/* The first one says whether the others are there and may have moved. */
static void take_first(struct request *request, uint64_t value)
{
	struct thread_db *db = &request->helper->thread_db;
	size_t first = db->asked;

	if (db->pid == request->pid && db->complete &&
	    db->values[first] == value) {
		end_asking(request);
		return;
	}
	memset(db->values, 0, db->nr_names * sizeof(*db->values));
	db->values[first] = value;
	db->pid = request->pid;
	db->complete = false;
	if (!value)
		end_asking(request);
	else
		ask(request, first ? 0 : 1);
}

static void take_value(struct request *request, uint64_t value)
{
	struct thread_db *db = &request->helper->thread_db;
	size_t first = index_of(db, FIRST_SYMBOL);
	size_t next = db->asked + 1;

	if (db->asked == first) {
		take_first(request, value);
		return;
	}
	db->values[db->asked] = value;
	if (next == first)
		next++;
	if (next < db->nr_names) {
		ask(request, next);
		return;
	}
	db->complete = true;
	end_asking(request);
}

/* "VALUE:NAME"; with neither the client offers to look something up. */
void thread_db_symbol(struct request *request)
{
	struct thread_db *db = &request->helper->thread_db;
	struct args *args = &request->args;
	struct buf name = { 0 };
	uint64_t value = 0;
	size_t first;

	buf_reset(&name);
	args_take_number(args, &value);
	if (!args_take_char(args, ':') || !args_take_hex(args, &name)) {
		buf_add_string(&request->answer->reply, "E01");
	} else if (!load(db)) {
		buf_add_string(&request->answer->reply, "OK");
	} else if (!name.len) {
		first = index_of(db, FIRST_SYMBOL);
		if (first < db->nr_names && request->pid)
			ask(request, first);
		else
			end_asking(request);
	} else if (db->asked < db->nr_names &&
		   !strcmp(name.data, db->names[db->asked])) {
		take_value(request, value);
	} else {
		end_asking(request);
	}
	buf_free(&name);
}

static bool is_ok(const char *call, td_err_e err)
{
	if (err != TD_OK)
		debug_msg(DEBUG_GENERAL, "%s: error %d", call, err);
	return err == TD_OK;
}

/* Without a library's address it is the program's own block. */
static bool find_address(const struct thread_db *db, const td_thrhandle_t *thr,
			 uint64_t map, uint64_t offset, uint64_t *addr)
{
	typeof(td_thr_tls_get_addr) *get_addr;
	typeof(td_thr_tlsbase) *base;
	psaddr_t found;

	get_addr = dlsym(db->library, "td_thr_tls_get_addr");
	base = dlsym(db->library, "td_thr_tlsbase");
	if (!get_addr || !base)
		return false;
	if (map) {
		if (!is_ok("td_thr_tls_get_addr",
			   get_addr(thr, (psaddr_t)(uintptr_t)map, offset,
				    &found)))
			return false;
		*addr = (uintptr_t)found;
		return true;
	}
	if (!is_ok("td_thr_tlsbase", base(thr, 1, &found)))
		return false;
	*addr = (uintptr_t)found + offset;
	return true;
}

static bool find_in_thread(struct ps_prochandle *handle, lwpid_t lwp,
			   uint64_t map, uint64_t offset, uint64_t *addr)
{
	void *library = handle->db->library;
	typeof(td_ta_map_lwp2thr) *find;
	typeof(td_ta_delete) *drop;
	typeof(td_ta_new) *make;
	td_thragent_t *agent;
	td_thrhandle_t thr;
	bool good;

	make = dlsym(library, "td_ta_new");
	drop = dlsym(library, "td_ta_delete");
	find = dlsym(library, "td_ta_map_lwp2thr");
	if (!make || !drop || !find ||
	    !is_ok("td_ta_new", make(handle, &agent)))
		return false;
	good = is_ok("td_ta_map_lwp2thr", find(agent, lwp, &thr)) &&
	       find_address(handle->db, &thr, map, offset, addr);
	drop(agent);
	return good;
}

/* "TID,OFFSET,MAP,FS_BASE", all made by the module. */
void thread_db_address(struct request *request)
{
	struct thread_db *db = &request->helper->thread_db;
	struct ps_prochandle handle = { .db = db };
	struct args *args = &request->args;
	uint64_t tid, offset, map, addr;

	if (args_take_number(args, &tid) && tid <= INT_MAX &&
	    args_take_char(args, ',') && args_take_number(args, &offset) &&
	    args_take_char(args, ',') && args_take_number(args, &map) &&
	    args_take_char(args, ',') &&
	    args_take_number(args, &handle.fs_base) && args_at_end(args) &&
	    db->complete && db->pid == request->pid &&
	    find_in_thread(&handle, (lwpid_t)tid, map, offset, &addr))
		buf_add_format(&request->answer->reply, "%" PRIx64, addr);
	else
		buf_add_string(&request->answer->reply, "E01");
}
