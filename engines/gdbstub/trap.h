/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is decided in the exception itself.
 */
#ifndef GDBSTUB_TRAP_H
#define GDBSTUB_TRAP_H

int trap_init(void);
void trap_exit(void);

#endif /* GDBSTUB_TRAP_H */
