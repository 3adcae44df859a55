// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of the stub's pure file of the same stem, in user space. */
#include "tests/siginfo_x86_cases.h"

int main(void)
{
	return check_run("siginfo_x86", siginfo_x86_cases);
}
