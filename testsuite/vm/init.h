/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two halves of the guest's first process: init.c sets up, agent.c serves. */
#ifndef VM_INIT_H
#define VM_INIT_H

#include "frame.h"

#define VM_AGENT_PORT	6999

void agent_serve(const char token[VM_TOKEN_LEN]) __attribute__((noreturn));

#endif
