// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which processes there are. What happens to one of them: program.c; what
 * follows from that: session.c.
 */
#include <stdlib.h>
#include <string.h>

#include "programs.h"
#include "report.h"

bool programs_has_last(const struct programs *programs)
{
	return programs->last.pid && !programs->last.gone;
}

bool programs_debugs_last(const struct programs *programs)
{
	return programs_has_last(programs) && !programs->last.detached;
}

void programs_make_other(struct programs *programs)
{
	if (programs_debugs_last(programs)) {
		programs->others = xrealloc(programs->others,
					    (programs->nr_others + 1) *
					    sizeof(*programs->others));
		programs->others[programs->nr_others++] = programs->last;
		programs->last = (struct program) { .pidfd = -1 };
	}
	program_forget(&programs->last);
}

bool programs_take_back(struct programs *programs)
{
	program_forget(&programs->last);
	if (!programs->nr_others)
		return false;
	programs->last = programs->others[--programs->nr_others];
	return true;
}

struct program *programs_find_other(struct programs *programs, pid_t pid)
{
	for (size_t i = 0; i < programs->nr_others; i++)
		if (programs->others[i].pid == pid)
			return &programs->others[i];
	return NULL;
}

void programs_make_last(struct programs *programs, pid_t pid)
{
	struct program *other = programs_find_other(programs, pid);
	struct program kept;

	if (!other)
		return;
	kept = *other;
	*other = programs->last;
	programs->last = kept;
}

void programs_forget_other(struct programs *programs, struct program *other)
{
	size_t behind = programs->others + programs->nr_others - (other + 1);

	program_forget(other);
	memmove(other, other + 1, behind * sizeof(*other));
	programs->nr_others--;
}

void programs_forget_others(struct programs *programs)
{
	while (programs->nr_others)
		programs_forget_other(programs, programs->others);
	free(programs->others);
	programs->others = NULL;
}

void programs_leave_others(struct programs *programs)
{
	for (size_t i = 0; i < programs->nr_others; i++)
		report("Detaching from process %d", programs->others[i].pid);
	programs_forget_others(programs);
}

static void report_end(const struct program *program)
{
	report(program->launched ? "Killing process(es): %d" :
				   "Detaching process(es): %d", program->pid);
}

void programs_report_end(const struct programs *programs)
{
	for (size_t i = 0; i < programs->nr_others; i++)
		if (!programs->others[i].detached)
			report_end(&programs->others[i]);
	if (programs_debugs_last(programs))
		report_end(&programs->last);
}

static bool ends_with_ugdb(const struct program *program)
{
	return program->pid && !program->gone && program->launched &&
	       !program->detached;
}

void programs_kill(const struct programs *programs)
{
	if (ends_with_ugdb(&programs->last))
		program_kill(&programs->last);
	for (size_t i = 0; i < programs->nr_others; i++)
		if (ends_with_ugdb(&programs->others[i]))
			program_kill(&programs->others[i]);
}

void programs_reap(struct programs *programs)
{
	if (ends_with_ugdb(&programs->last))
		program_reap(&programs->last);
	for (size_t i = 0; i < programs->nr_others; i++)
		if (ends_with_ugdb(&programs->others[i]))
			program_reap(&programs->others[i]);
}
