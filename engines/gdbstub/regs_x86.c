// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading and writing registers: the kernel's regsets on one side, GDB's layout
 * (tdesc_x86.c) on the other.
 *
 * The buffers between the two are shared by all packets of all sessions and under
 * regs_lock: an XSAVE area is large, and a register access is short. A thread that
 * collects its own registers brings memory of its own and takes no lock.
 */
#include <linux/elf.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/ptrace.h>
#include <linux/regset.h>
#include <linux/sched/task_stack.h>
#include <linux/slab.h>
#include <uapi/linux/audit.h>

#include <asm/cpufeature.h>
#include <asm/cpuid.h>
#include <asm/fpu/xcr.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include "process.h"
#include "regs_x86.h"
#include "session.h"
#include "tdesc_x86.h"
#include "thread.h"

#define XSTATE_CPUID 0x0d
#define FXSAVE_SIZE 512

static DEFINE_MUTEX(regs_lock);
static struct tdesc_x86 tdesc_64;
static struct tdesc_x86 tdesc_32;
static struct tdesc_xsave xsave_layout;
static u8 gregs_buf[TDESC_GREGS64_SIZE];
static u8 *xsave_buf;

static const struct user_regset *
find_regset(const struct user_regset_view *view, unsigned int type)
{
	unsigned int i;

	for (i = 0; i < view->n; i++)
		if (view->regsets[i].core_note_type == type)
			return &view->regsets[i];
	return NULL;
}

/* What describes the extended state: XSAVE, or FXSAVE on a CPU without. */
static const struct user_regset *find_fpset(const struct user_regset_view *view)
{
	if (boot_cpu_has(X86_FEATURE_XSAVE))
		return find_regset(view, NT_X86_XSTATE);
	if (view->e_machine == EM_386)
		return find_regset(view, NT_PRXFPREG);
	return find_regset(view, NT_PRFPREG);
}

static void init_layout(const struct user_regset *fpset)
{
	u32 eax, ebx, ecx, edx;
	unsigned int i;

	xsave_layout.size = fpset->n * fpset->size;
	if (!boot_cpu_has(X86_FEATURE_XSAVE)) {
		xsave_layout.size = FXSAVE_SIZE;
		return;
	}
	for (i = TDESC_YMM; i < TDESC_NR_XCOMP; i++) {
		cpuid_count(XSTATE_CPUID, i, &eax, &ebx, &ecx, &edx);
		if (eax && ebx + eax <= xsave_layout.size)
			xsave_layout.offset[i] = ebx;
	}
}

/**
 * regs_init() - find out what registers this machine has
 *
 * Context: module init.
 * Return: 0 or -ENOMEM, -ENODEV: the kernel shows no extended state.
 */
int regs_init(void)
{
	const struct user_regset *fpset;
	u64 xcr0 = 3;

	fpset = find_fpset(task_user_regset_view(current));
	if (!fpset)
		return -ENODEV;
	init_layout(fpset);
	if (boot_cpu_has(X86_FEATURE_OSXSAVE))
		xcr0 = xgetbv(XCR_XFEATURE_ENABLED_MASK);
	tdesc_x86_init(&tdesc_64, true, tdesc_x86_features(xcr0, true));
	tdesc_x86_init(&tdesc_32, false, tdesc_x86_features(xcr0, false));
	if (WARN_ON_ONCE(tdesc_64.g_size > REGS_MAX_SIZE))
		return -ENODEV;
	xsave_buf = kvmalloc(xsave_layout.size, GFP_KERNEL);
	return xsave_buf ? 0 : -ENOMEM;
}

void regs_exit(void)
{
	kvfree(xsave_buf);
}

static const struct tdesc_x86 *tdesc_of(struct task_struct *task)
{
	return task_user_regset_view(task)->e_machine == EM_386 ? &tdesc_32 :
								  &tdesc_64;
}

/**
 * regs_tdesc() - the registers that a process has
 * @process: has at least one stopped thread
 *
 * Found out once for each program that the process executes, so that a client
 * sees one description, whatever its threads do with their code segment.
 *
 * Context: session.cmd_lock held.
 * Return: the description.
 */
const struct tdesc_x86 *regs_tdesc(struct gdb_process *process)
{
	struct gdb_thread *thread;

	if (process->tdesc)
		return process->tdesc;
	thread = process_first_thread(process);
	process->tdesc = thread ? tdesc_of(thread->task) : &tdesc_64;
	return process->tdesc;
}

/* Which buffers a register access needs. */
#define NEED_GENERAL TDESC_DIRTY_GENERAL
#define NEED_XSAVE TDESC_DIRTY_XSAVE
#define NEED_BOTH (NEED_GENERAL | NEED_XSAVE)

static u32 need_of(const struct tdesc_reg *reg)
{
	return reg->where == TDESC_GENERAL ? NEED_GENERAL : NEED_XSAVE;
}

static size_t gregs_size(const struct tdesc_x86 *tdesc)
{
	return tdesc->is_64bit ? TDESC_GREGS64_SIZE : TDESC_GREGS32_SIZE;
}

static int load_bufs(struct task_struct *task, const struct tdesc_x86 *tdesc,
		     const struct tdesc_bufs *to, u32 need)
{
	const struct user_regset_view *view = task_user_regset_view(task);
	const struct user_regset *set;
	int ret;

	if (tdesc_of(task) != tdesc)
		return -EOPNOTSUPP;
	if (need & NEED_GENERAL) {
		set = find_regset(view, NT_PRSTATUS);
		ret = regset_get(task, set, gregs_size(tdesc), to->gregs);
		if (ret < 0)
			return ret;
	}
	if (need & NEED_XSAVE) {
		set = find_fpset(view);
		if (!set)
			return -EOPNOTSUPP;
		memset(to->xsave, 0, xsave_layout.size);
		ret = regset_get(task, set, xsave_layout.size, to->xsave);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static int store_bufs(struct task_struct *task, const struct tdesc_x86 *tdesc,
		      u32 dirty)
{
	const struct user_regset_view *view = task_user_regset_view(task);
	const struct user_regset *set;
	int ret = 0;

	lockdep_assert_held(&regs_lock);
	if (dirty & TDESC_DIRTY_GENERAL) {
		set = find_regset(view, NT_PRSTATUS);
		ret = set->set(task, set, 0, gregs_size(tdesc), gregs_buf,
			       NULL);
	}
	if (!ret && dirty & TDESC_DIRTY_XSAVE) {
		set = find_fpset(view);
		ret = set->set(task, set, 0, xsave_layout.size, xsave_buf,
			       NULL);
	}
	return ret;
}

static const struct tdesc_bufs bufs = {
	.gregs = gregs_buf,
	.layout = &xsave_layout,
};

/* xsave_buf is allocated at init, so the constant part is completed here. */
static struct tdesc_bufs all_bufs(void)
{
	struct tdesc_bufs all = bufs;

	all.xsave = xsave_buf;
	return all;
}

/**
 * struct regs_access - one access to a thread's registers
 * @tdesc: of its process
 * @bufs: where its regsets are
 * @exam: keeps it off its CPU
 */
struct regs_access {
	const struct tdesc_x86 *tdesc;
	struct tdesc_bufs bufs;
	struct utrace_examiner exam;
};

/* After 0, end_access() has to follow. */
static int begin_access(struct gdb_thread *thread, struct regs_access *access,
			u32 need)
{
	int ret;

	if (READ_ONCE(thread->state) != THREAD_STOPPED)
		return -EBUSY;
	access->tdesc = regs_tdesc(thread->process);
	access->bufs = all_bufs();
	ret = thread_examine_begin(thread, &access->exam);
	if (ret)
		return ret;
	mutex_lock(&regs_lock);
	ret = load_bufs(thread->task, access->tdesc, &access->bufs, need);
	if (ret) {
		mutex_unlock(&regs_lock);
		thread_examine_end(thread, &access->exam);
	}
	return ret;
}

static int end_access(struct gdb_thread *thread, struct regs_access *access,
		      u32 dirty)
{
	int ret = 0;

	if (dirty)
		ret = store_bufs(thread->task, access->tdesc, dirty);
	mutex_unlock(&regs_lock);
	return thread_examine_end(thread, &access->exam) ?: ret;
}

/**
 * regs_read() - all registers of a thread
 * @thread: the thread
 * @g: room for the g_size of its process's tdesc
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: 0, or
 * * -EBUSY - it has not stopped
 * * -EOPNOTSUPP - it runs code of another width than its process
 * * another negative errno - it died
 */
int regs_read(struct gdb_thread *thread, u8 *g)
{
	struct regs_access access;
	int ret;

	ret = begin_access(thread, &access, NEED_BOTH);
	if (ret)
		return ret;
	tdesc_get_all(access.tdesc, &access.bufs, g);
	return end_access(thread, &access, 0);
}

/**
 * regs_write() - set all registers of a thread
 * @thread: the thread
 * @g: g_size bytes by its process's tdesc
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: as regs_read(), and -EINVAL, -EIO: a value that cannot be set.
 */
int regs_write(struct gdb_thread *thread, const u8 *g)
{
	struct regs_access access;
	u32 dirty;
	int ret;

	ret = begin_access(thread, &access, NEED_BOTH);
	if (ret)
		return ret;
	dirty = tdesc_put_all(access.tdesc, &access.bufs, g);
	return end_access(thread, &access, dirty);
}

/**
 * regs_read_one() - one register of a thread
 * @thread: the thread
 * @num: by GDB's number
 * @val: room for TDESC_MAX_REG_SIZE bytes
 * @len: set to its size in bytes
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: as regs_read(), and -ENXIO: there is no such register.
 */
int regs_read_one(struct gdb_thread *thread, unsigned int num, u8 *val,
		  size_t *len)
{
	const struct tdesc_reg *reg;
	struct regs_access access;
	int ret;

	reg = tdesc_find(regs_tdesc(thread->process), num);
	if (!reg)
		return -ENXIO;
	ret = begin_access(thread, &access, need_of(reg));
	if (ret)
		return ret;
	tdesc_get_reg(reg, &access.bufs, val);
	*len = reg->size;
	return end_access(thread, &access, 0);
}

/**
 * regs_write_one() - set one register of a thread
 * @thread: the thread
 * @num: by GDB's number
 * @val: its bytes
 * @len: bytes at @val
 *
 * Context: session.cmd_lock held; may sleep.
 * Return: as regs_read_one(), and -EINVAL: @len is not its size; or -EINVAL,
 * -EIO: the value cannot be set.
 */
int regs_write_one(struct gdb_thread *thread, unsigned int num, const u8 *val,
		   size_t len)
{
	const struct tdesc_reg *reg;
	struct regs_access access;
	u32 dirty;
	int ret;

	reg = tdesc_find(regs_tdesc(thread->process), num);
	if (!reg)
		return -ENXIO;
	if (len != reg->size)
		return -EINVAL;
	ret = begin_access(thread, &access, need_of(reg));
	if (ret)
		return ret;
	dirty = tdesc_put_reg(reg, &access.bufs, val);
	return end_access(thread, &access, dirty);
}

static int get_general(struct task_struct *task, u8 *gregs)
{
	const struct user_regset *set;

	set = find_regset(task_user_regset_view(task), NT_PRSTATUS);
	return min(regset_get(task, set, TDESC_GREGS64_SIZE, gregs), 0);
}

/**
 * regs_keep() - keep the general registers of the current thread, which ends
 * @thread: its own
 *
 * Context: report_death.
 */
void regs_keep(struct gdb_thread *thread)
{
	thread->last_is_64bit = tdesc_of(current) == &tdesc_64;
	get_general(current, thread->last_regs);
}

/* Its registers do not change any more: it is on its way to its death. */
static int read_dying(struct gdb_thread *thread, u8 *gregs, bool *is_64bit)
{
	*is_64bit = tdesc_of(thread->task) == &tdesc_64;
	return get_general(thread->task, gregs);
}

/**
 * regs_read_last() - the general registers of a thread that was killed in its stop
 * @thread: its process is dying
 * @gregs: room for TDESC_GREGS64_SIZE bytes: the regset of its process's width
 *
 * It cannot be examined any more. Its stack, and what it has saved there, is
 * there until its report_death, which takes session.lock; later there is what it
 * has kept.
 *
 * Context: session.cmd_lock held; takes session.lock.
 * Return: 0, -EBUSY: it has not stopped; -ESRCH: it died before it had;
 * -EOPNOTSUPP: it ran code of another width than its process.
 */
int regs_read_last(struct gdb_thread *thread, u8 *gregs)
{
	const struct tdesc_x86 *tdesc = regs_tdesc(thread->process);
	struct gdb_session *session = thread->process->session;
	bool is_64bit = thread->last_is_64bit;
	int ret = 0;

	spin_lock(&session->lock);
	if (thread->state == THREAD_STOPPED)
		ret = read_dying(thread, gregs, &is_64bit);
	else if (thread->died_held)
		memcpy(gregs, thread->last_regs, TDESC_GREGS64_SIZE);
	else
		ret = thread->state == THREAD_DEAD ? -ESRCH : -EBUSY;
	spin_unlock(&session->lock);
	return ret ?: tdesc->is_64bit == is_64bit ? 0 : -EOPNOTSUPP;
}

/**
 * regs_collect_room() - what regs_collect() needs beside the registers
 *
 * Context: any.
 * Return: bytes.
 */
size_t regs_collect_room(void)
{
	return xsave_layout.size;
}

/**
 * regs_collect() - all registers of the current thread
 * @tdesc: of its process
 * @g: room for its g_size
 * @room: regs_collect_room() bytes, for nobody else meanwhile
 *
 * Context: the thread's callback; may sleep, takes no lock.
 * Return: 0, -EOPNOTSUPP: it runs code of another width than its process, or
 * another negative errno of a regset.
 */
int regs_collect(const struct tdesc_x86 *tdesc, u8 *g, u8 *room)
{
	u8 gregs[TDESC_GREGS64_SIZE];
	const struct tdesc_bufs mine = {
		.gregs = gregs,
		.xsave = room,
		.layout = &xsave_layout,
	};
	int ret;

	ret = load_bufs(current, tdesc, &mine, NEED_BOTH);
	if (!ret)
		tdesc_get_all(tdesc, &mine, g);
	return ret;
}

/**
 * regs_read_general() - a general register of 64-bit code
 * @regs: of the current thread
 * @num: by GDB's number
 * @val: set to its value
 *
 * Context: any.
 * Return: 0, or -EAGAIN: it is another register, or other code.
 */
int regs_read_general(const struct pt_regs *regs, unsigned int num, u64 *val)
{
	static const u16 offset[] = {
		offsetof(struct pt_regs, ax),  offsetof(struct pt_regs, bx),
		offsetof(struct pt_regs, cx),  offsetof(struct pt_regs, dx),
		offsetof(struct pt_regs, si),  offsetof(struct pt_regs, di),
		offsetof(struct pt_regs, bp),  offsetof(struct pt_regs, sp),
		offsetof(struct pt_regs, r8),  offsetof(struct pt_regs, r9),
		offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r11),
		offsetof(struct pt_regs, r12), offsetof(struct pt_regs, r13),
		offsetof(struct pt_regs, r14), offsetof(struct pt_regs, r15),
		offsetof(struct pt_regs, ip),
	};

	if (num >= ARRAY_SIZE(offset) || regs->cs != __USER_CS)
		return -EAGAIN;
	*val = *(const u64 *)((const u8 *)regs + offset[num]);
	return 0;
}

/**
 * regs_read_current() - a general register of the current thread
 * @ctx: not looked at; so that it can be agent_ops.read_reg
 * @num: by GDB's number
 * @val: set to its value
 *
 * For conditions of breakpoints: expressions know no wider registers.
 *
 * Context: the thread's callback.
 * Return: 0, or
 * * -ENXIO - there is no such register
 * * -EOPNOTSUPP - it does not fit in 64 bits, or is no general one
 */
int regs_read_current(void *ctx, unsigned int num, u64 *val)
{
	const struct tdesc_x86 *tdesc = tdesc_of(current);
	const struct user_regset *set;
	const struct tdesc_reg *reg;
	u8 gregs[TDESC_GREGS64_SIZE];
	struct tdesc_bufs mine = { .gregs = gregs };
	int ret;

	if (!regs_read_general(current_pt_regs(), num, val))
		return 0;
	reg = tdesc_find(tdesc, num);
	if (!reg)
		return -ENXIO;
	if (reg->where != TDESC_GENERAL || reg->size > sizeof(*val))
		return -EOPNOTSUPP;
	set = find_regset(task_user_regset_view(current), NT_PRSTATUS);
	ret = regset_get(current, set, gregs_size(tdesc), gregs);
	if (ret < 0)
		return ret;
	*val = 0;
	tdesc_get_reg(reg, &mine, (u8 *)val);
	return 0;
}

static bool is_clone(struct task_struct *task, int nr)
{
#ifdef CONFIG_IA32_EMULATION
	if (syscall_get_arch(task) == AUDIT_ARCH_I386)
		return nr == __NR_ia32_clone || nr == __NR_ia32_clone3;
#endif
	nr &= ~__X32_SYSCALL_BIT;
	return nr == __NR_clone || nr == __NR_clone3;
}

/**
 * regs_are_in_clone() - is a task in clone() or clone3()?
 * @task: the task; it sleeps, or did so a moment ago
 *
 * Not when it has made a child already, and stands on its way to user mode: up to
 * its end a call has an error for its result.
 *
 * Context: any; the caller keeps the task's stack.
 * Return: whether.
 */
bool regs_are_in_clone(struct task_struct *task)
{
	struct pt_regs *regs = task_pt_regs(task);

	return syscall_get_error(task, regs) &&
	       is_clone(task, syscall_get_nr(task, regs));
}
