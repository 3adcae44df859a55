// SPDX-License-Identifier: GPL-2.0-only
/*
 * The current thread's memory, as conditions, commands and collections see it.
 *
 * What is not there may have to come from user space: from who serves a
 * userfaultfd, which may be another thread of the program. A stop holds that one,
 * or waits for this thread; and a process that is left waits for this thread's
 * callback to end. So nobody waits here without being woken by those.
 */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>

#include "own_memory.h"
#include "session.h"

/*
 * A page that the kernel itself brings may need more than one look: one that
 * had to wait for it gives up with a signal pending, although it is there then.
 */
#define BRING_TRIES 3

static size_t copy_present(void *buf, u64 addr, size_t len)
{
	size_t left;

	pagefault_disable();
	left = copy_from_user(buf, (void __user *)addr, len);
	pagefault_enable();
	return len - left;
}

/**
 * own_memory_must_come() - is the current thread wanted elsewhere?
 * @thread: the current thread
 *
 * Something wants it at the boundary, or its callback to end: what takes long
 * has to be broken off.
 *
 * Context: the thread's callback.
 * Return: whether.
 */
bool own_memory_must_come(struct gdb_thread *thread)
{
	return fatal_signal_pending(current) || thread->guest ||
	       READ_ONCE(thread->process->is_leaving) ||
	       session_wants_stop(thread);
}

/*
 * A stop that is asked for from here on interrupts the thread, as
 * allstop_ask_stop() and nonstop's do; a leave does so in thread_release(), since
 * waits_for_memory is set. One that was asked for before has been noticed by the
 * thread already, and would not break off the wait: so that is made to look
 * interrupted. The flag means a look for signals, no more.
 */
static void begin_wait(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;

	spin_lock(&session->lock);
	thread->waits_for_memory = true;
	if (own_memory_must_come(thread))
		set_thread_flag(TIF_SIGPENDING);
	spin_unlock(&session->lock);
}

static void end_wait(struct gdb_thread *thread)
{
	struct gdb_session *session = thread->process->session;

	spin_lock(&session->lock);
	thread->waits_for_memory = false;
	spin_unlock(&session->lock);
}

static long get_page_once(u64 addr, struct page **page)
{
	long ret;

	ret = get_user_pages_unlocked(addr & PAGE_MASK, 1, page,
				      FOLL_INTERRUPTIBLE);
	/* The lock of the memory was waited for, and the thread is killed. */
	return ret == -EAGAIN ? -EINTR : ret;
}

/* Return: 1, -EINTR or another negative errno. */
static long bring_page(struct gdb_thread *thread, u64 addr, struct page **page)
{
	unsigned int tries = BRING_TRIES;
	long ret;

	begin_wait(thread);
	do {
		ret = get_page_once(addr, page);
	} while (ret == -EINTR && --tries && !fatal_signal_pending(current));
	end_wait(thread);
	return ret;
}

/* @len: not beyond the page's end. */
static ssize_t read_page(struct gdb_thread *thread, u64 addr, void *buf,
			 size_t len)
{
	struct page *page;
	size_t done;
	long ret;

	done = copy_present(buf, addr, len);
	if (done == len)
		return len;
	ret = bring_page(thread, addr, &page);
	if (ret == -EINTR)
		return -EINTR;
	/* A device's memory has no pages, and nothing that user space brings. */
	if (ret != 1)
		return len - copy_from_user(buf, (void __user *)addr, len);
	memcpy_from_page(buf, page, offset_in_page(addr), len);
	put_page(page);
	return len;
}

/**
 * own_memory_peek() - the current thread looks at what is in its memory
 * @thread: the current thread
 * @addr: from where
 * @buf: to where
 * @len: bytes
 *
 * Breakpoints are not seen.
 *
 * Context: any in which the thread's memory is current; does not sleep.
 * Return: bytes that were there; behind them comes a page that is not.
 */
size_t own_memory_peek(struct gdb_thread *thread, u64 addr, void *buf,
		       size_t len)
{
	len = copy_present(buf, addr, len);
	breakpoint_hide(thread->process->breakpoints, addr, buf, len);
	return len;
}

/**
 * own_memory_read() - the current thread reads its memory
 * @thread: the current thread
 * @addr: from where
 * @buf: to where
 * @len: bytes
 *
 * Breakpoints are not seen. What user space has to bring is waited for, until a
 * signal comes, or the thread is wanted elsewhere: then the caller has the
 * thread go there, and come back to what it was doing.
 *
 * Context: the thread's callback; may sleep; no locks.
 * Return: bytes that are there, fewer than @len if a page is not; or -EINTR:
 * broken off.
 */
ssize_t own_memory_read(struct gdb_thread *thread, u64 addr, void *buf,
			size_t len)
{
	size_t done = 0, part;
	ssize_t ret;

	/* An expression may read often. */
	cond_resched();
	if (fatal_signal_pending(current))
		return -EINTR;
	while (done < len) {
		part = min_t(size_t, len - done,
			     PAGE_SIZE - offset_in_page(addr + done));
		ret = access_ok((void __user *)(addr + done), part) ?
			      read_page(thread, addr + done, buf + done, part) :
			      0;
		if (ret < 0)
			return ret;
		done += ret;
		if (ret < part)
			break;
	}
	breakpoint_hide(thread->process->breakpoints, addr, buf, done);
	return done;
}

/**
 * own_memory_read_all() - the same, for what is not done a second time
 * @thread: the current thread
 * @addr: from where
 * @buf: to where
 * @len: bytes
 *
 * A signal does not break it off, but what wants the thread elsewhere does.
 *
 * Context: the thread's callback; may sleep; no locks.
 * Return: bytes that are there, fewer than @len if a page is not, or -EINTR.
 */
ssize_t own_memory_read_all(struct gdb_thread *thread, u64 addr, void *buf,
			    size_t len)
{
	ssize_t ret;

	while ((ret = own_memory_read(thread, addr, buf, len)) == -EINTR &&
	       !own_memory_must_come(thread))
		schedule_timeout_uninterruptible(1);
	return ret;
}
