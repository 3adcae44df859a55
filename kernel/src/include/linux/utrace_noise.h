/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delays at spinlocks, for tests.
 *
 * Included by the compiler's command line, with CONFIG_UTRACE_NOISE, before what
 * it compiles: that then waits now and then, for some milliseconds, before and
 * after it takes a spinlock and after it drops one, as if its processor had been
 * taken away there, by a hypervisor for one. What comes between two sections
 * that a lock protects comes in minutes of testing and not in months.
 */
#ifndef _LINUX_UTRACE_NOISE_H
#define _LINUX_UTRACE_NOISE_H

#include <linux/delay.h>
#include <linux/random.h>
#include <linux/spinlock.h>

/* One time of so many; then up to so many milliseconds. */
#define UTRACE_NOISE_RATE 300
#define UTRACE_NOISE_MAX_MS 6

static inline void utrace_noise(void)
{
	if (!get_random_u32_below(UTRACE_NOISE_RATE))
		mdelay(get_random_u32_inclusive(1, UTRACE_NOISE_MAX_MS));
}

static inline void utrace_noisy_lock(spinlock_t *lock) __acquires(lock)
{
	utrace_noise();
	spin_lock(lock);
	utrace_noise();
}

static inline void utrace_noisy_unlock(spinlock_t *lock) __releases(lock)
{
	spin_unlock(lock);
	utrace_noise();
}

static inline void utrace_noisy_lock_irq(spinlock_t *lock) __acquires(lock)
{
	utrace_noise();
	spin_lock_irq(lock);
}

static inline void utrace_noisy_unlock_irq(spinlock_t *lock) __releases(lock)
{
	spin_unlock_irq(lock);
	utrace_noise();
}

#define spin_lock utrace_noisy_lock
#define spin_unlock utrace_noisy_unlock
#define spin_lock_irq utrace_noisy_lock_irq
#define spin_unlock_irq utrace_noisy_unlock_irq

#endif /* _LINUX_UTRACE_NOISE_H */
