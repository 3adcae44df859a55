// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ugdb: starts a program or finds a process, waits for gdb, and brings both
 * together in the gdbstub module.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmdline.h"
#include "comm.h"
#include "line.h"
#include "report.h"
#include "session.h"

/*
 * Whoever starts ugdb may have closed the standard descriptors. Nothing else
 * may get their numbers: the program inherits them.
 */
static void open_standard_descriptors(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	struct cmdline cmdline;
	struct comm comm;
	int status;

	open_standard_descriptors();
	program_name_set(argv[0]);
	cmdline_parse(&cmdline, argc, argv);
	debug_enable(cmdline.debug_topics);
	debug_timestamps(cmdline.debug_timestamps);
	if (!comm_parse(&comm, cmdline.comm, line_names_tty))
		report_and_exit("%s: no address to listen on.", cmdline.comm);
	status = session_run(&cmdline, &comm);
	comm_free(&comm);
	free(cmdline.wrapper);
	return status;
}
