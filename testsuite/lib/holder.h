/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ptracer that holds a thread. */
#ifndef HOLDER_H
#define HOLDER_H

#include <sys/types.h>

int hold(pid_t tid);

#endif
