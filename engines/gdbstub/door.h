/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/gdbstub.
 */
#ifndef GDBSTUB_DOOR_H
#define GDBSTUB_DOOR_H

int door_init(void);
void door_exit(void);

#endif /* GDBSTUB_DOOR_H */
