// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Loads known values into registers of each kind, says so at the label
 * "filled", and stores what it finds in them afterwards; then "stored" is
 * reached. Again and again.
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

volatile long counter;
long want_avx;
unsigned long own_thread;
unsigned char vectors[32] = {
	0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17,
	0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
	0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7,
	0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf,
};
unsigned long out_general[8];
unsigned char out_vector[32];
unsigned char out_xmm9[16];
double out_st0;

void fill(void);

asm(".text\n"
    ".globl fill, filled, stored\n"
    ".type fill, @function\n"
    "fill:	push %rbx\n"
    "	push %rbp\n"
    "	push %r12\n"
    "	push %r13\n"
    "	push %r14\n"
    "	push %r15\n"
    "	mov $0x1111111111111111, %rbx\n"
    "	mov $0x2222222222222222, %rcx\n"
    "	mov $0x3333333333333333, %rbp\n"
    "	mov $0x4444444444444444, %r8\n"
    "	mov $0x5555555555555555, %r12\n"
    "	mov $0x6666666666666666, %r15\n"
    "	fldpi\n"
    "	movdqu vectors(%rip), %xmm9\n"
    "	cmpq $0, want_avx(%rip)\n"
    "	je 1f\n"
    "	vmovdqu vectors(%rip), %ymm3\n"
    "1:	stc\n"
    "filled: nop\n"
    "	mov %rbx, out_general(%rip)\n"
    "	mov %rcx, out_general+8(%rip)\n"
    "	mov %rbp, out_general+16(%rip)\n"
    "	mov %r8, out_general+24(%rip)\n"
    "	mov %r12, out_general+32(%rip)\n"
    "	mov %r15, out_general+40(%rip)\n"
    "	fstpl out_st0(%rip)\n"
    "	movdqu %xmm9, out_xmm9(%rip)\n"
    "	cmpq $0, want_avx(%rip)\n"
    "	je 2f\n"
    "	vmovdqu %ymm3, out_vector(%rip)\n"
    "	vzeroupper\n"
    "2:\n"
    "stored: nop\n"
    "	pop %r15\n"
    "	pop %r14\n"
    "	pop %r13\n"
    "	pop %r12\n"
    "	pop %rbp\n"
    "	pop %rbx\n"
    "	ret\n");

int main(void)
{
	want_avx = __builtin_cpu_supports("avx") != 0;
	own_thread = (unsigned long)pthread_self();
	printf("ready %d %p %ld\n", getpid(), (void *)&counter, want_avx);
	fflush(stdout);
	for (;;) {
		fill();
		counter++;
		usleep(100);
	}
}
