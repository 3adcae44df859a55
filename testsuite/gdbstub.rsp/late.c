// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does what vfork() does, at the place "makes", but for the SIGCHLD. The child ends
 * after three seconds: so long its maker sleeps and cannot be stopped. Then that
 * exits with 3.
 */
#include <linux/sched.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct timespec naps = { 3, 0 };

void makes(void);

int main(void)
{
	long child = SYS_clone;

	/* The child runs on the same stack, and touches it not. */
	asm volatile("	.globl	makes\n"
		     "makes:	syscall\n"
		     "	test	%%rax, %%rax\n"
		     "	jnz	1f\n"
		     "	mov	%[nap], %%eax\n"
		     "	mov	%[naps], %%rdi\n"
		     "	xor	%%esi, %%esi\n"
		     "	syscall\n"
		     "	mov	%[end], %%eax\n"
		     "	xor	%%edi, %%edi\n"
		     "	syscall\n"
		     "1:\n"
		     : "+a" (child)
		     : "D" (CLONE_VM | CLONE_VFORK), "S" (0), "d" (0),
		       [nap] "i" (SYS_nanosleep), [end] "i" (SYS_exit),
		       [naps] "r" (&naps)
		     : "rcx", "r11", "memory");
	_exit(child > 0 ? 3 : 2);
}
