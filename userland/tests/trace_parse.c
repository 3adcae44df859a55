// SPDX-License-Identifier: GPL-2.0-or-later
/* The cases of the stub's pure file of the same stem, in user space. */
#include "tests/trace_parse_cases.h"

int main(void)
{
	return check_run("trace_parse", trace_parse_cases);
}
