/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page of memory that is not there until the program itself brings it. */
#ifndef UFFD_H
#define UFFD_H

#include <stdbool.h>

#define PAGE_AT 0x10000000UL
#define PAGE_LEN 4096UL

void uffd_prepare(void);
bool uffd_wait(void);
void uffd_bring(char first);

#endif
