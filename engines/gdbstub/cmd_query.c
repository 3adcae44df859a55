// SPDX-License-Identifier: GPL-2.0-only
/*
 * Packets that ask about the stub, the process and its threads.
 */
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "commands.h"
#include "regs_x86.h"
#include "session.h"
#include "siginfo_x86.h"
#include "stop_reply.h"
#include "tdesc_x86.h"

/* What is served here and by every helper. */
static const char *const features[] = {
	"QStartNoAckMode+",
	"swbreak+",
	"hwbreak+",
	"vContSupported+",
	"ConditionalBreakpoints+",
	"BreakpointCommands+",
	"ConditionalTracepoints+",
	"DisconnectedTracing+",
	"EnableDisableTracepoints+",
	"InstallInTrace+",
	"QTBuffer:size+",
	"TracepointSource+",
	"tracenz+",
	"multiprocess+",
	"QCatchSyscalls+",
	"QDisableRandomization+",
	"QEnvironmentHexEncoded+",
	"QEnvironmentReset+",
	"QEnvironmentUnset+",
	"QNonStop+",
	"QPassSignals+",
	"QProgramSignals+",
	"QSetWorkingDir+",
	"QStartupWithShell+",
	"QThreadEvents+",
	"exec-events+",
	"fork-events+",
	"vfork-events+",
	"no-resumed+",
	"qXfer:auxv:read+",
	"qXfer:exec-file:read+",
	"qXfer:features:read+",
	"qXfer:libraries-svr4:read+",
	"augmented-libraries-svr4-read+",
	"qXfer:osdata:read+",
	"qXfer:siginfo:read+",
	"qXfer:siginfo:write+",
	"qXfer:threads:read+",
	"qXfer:traceframe-info:read+",
};

static bool is_on(const struct proto_feature *feature, const char *name)
{
	return feature->sign == '+' && proto_feature_is(feature, name);
}

int cmd_supported(struct command *command)
{
	struct gdb_client *client = &command->session->client;
	struct proto_cursor c = {
		.pos = command->data,
		.end = command->data + command->len,
	};
	struct proto_feature feature;
	bool forks = false, vforks = false;
	unsigned int i;

	proto_skip(&c, ':');
	while (proto_next_feature(&c, &feature)) {
		client->swbreak |= is_on(&feature, "swbreak");
		client->hwbreak |= is_on(&feature, "hwbreak");
		client->exec_events |= is_on(&feature, "exec-events");
		client->no_resumed |= is_on(&feature, "no-resumed");
		client->multiprocess |= is_on(&feature, "multiprocess");
		forks |= is_on(&feature, "fork-events");
		vforks |= is_on(&feature, "vfork-events");
	}
	/* A child can be named only with the number of its process. */
	WRITE_ONCE(client->fork_events, forks && client->multiprocess);
	WRITE_ONCE(client->vfork_events, vforks && client->multiprocess);
	packet_put_str(command->tx, "PacketSize=");
	packet_put_hex_u64(command->tx, LINK_PACKET_MAX);
	for (i = 0; i < ARRAY_SIZE(features); i++) {
		packet_put_char(command->tx, ';');
		packet_put_str(command->tx, features[i]);
	}
	return 0;
}

/* The helper, which starts programs, has to know as well, and answers. */
int cmd_extended(struct command *command)
{
	command->session->client.extended = true;
	return COMMAND_FORWARD;
}

/*
 * The answer is the last one that is acknowledged, so the mode changes after
 * it was queued; the '+' that comes for it is ignored in both modes.
 */
int cmd_no_ack(struct command *command)
{
	link_set_no_ack(&command->session->link);
	return command_ok(command);
}

int cmd_empty(struct command *command)
{
	return 0;
}

int cmd_attached(struct command *command)
{
	bool is_launched;

	if (!command_select_process(command))
		return -ESRCH;
	is_launched = command->process && command->process->is_launched;
	packet_put_char(command->tx, is_launched ? '0' : '1');
	return 0;
}

int cmd_current_thread(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);

	if (!thread)
		return -ESRCH;
	packet_put_str(command->tx, "QC");
	stop_reply_put_tid(command->tx, command->session, thread->process->pid,
			   thread->tid);
	return 0;
}

/* What the client has not read of is none of its threads yet. */
static bool is_listed(const struct gdb_thread *thread)
{
	const struct gdb_process *process = thread->process;

	return thread->state != THREAD_DEAD && !thread->guest &&
	       !process->is_hidden &&
	       process->pid != process->session->unread_child;
}

/* Threads by their place in the list, as many as a packet holds. */
static int list_threads(struct command *command, unsigned int from)
{
	struct gdb_session *session = command->session;
	struct packet_tx *tx = command->tx;
	struct gdb_thread *thread;
	unsigned int at = 0;
	bool any = false;

	spin_lock(&session->lock);
	session_for_each_thread(session, thread) {
		if (!is_listed(thread) || at++ < from ||
		    packet_tx_room(tx) < 32)
			continue;
		packet_put_char(tx, any ? ',' : 'm');
		stop_reply_put_tid(tx, session, thread->process->pid,
				   thread->tid);
		any = true;
		from = at;
	}
	spin_unlock(&session->lock);
	session->client.list_at = from;
	if (!any)
		packet_put_char(tx, 'l');
	return 0;
}

int cmd_first_threads(struct command *command)
{
	return list_threads(command, 0);
}

int cmd_next_threads(struct command *command)
{
	return list_threads(command, command->session->client.list_at);
}

static struct gdb_thread *named_thread(struct command *command)
{
	return command_find_thread(command, &command->args.arg[0].tid);
}

int cmd_thread_info(struct command *command)
{
	struct gdb_thread *thread = named_thread(command);
	char name[TASK_COMM_LEN];

	if (!thread)
		return -ESRCH;
	get_task_comm(name, thread->task);
	packet_put_hex_str(command->tx, name);
	return 0;
}

int cmd_thread_alive(struct command *command)
{
	return named_thread(command) ? command_ok(command) : -ESRCH;
}

static int select_thread(struct command *command,
			 struct gdb_selection *selection)
{
	const struct proto_tid *named = &command->args.arg[0].tid;

	if (named->tid > 0 && !named_thread(command))
		return -ESRCH;
	if (!command_select_process(command))
		return -ESRCH;
	selection->tid = named->tid;
	selection->pid = named->has_pid && named->pid > 0 ? named->pid : 0;
	return command_ok(command);
}

/*
 * Any will do, and the one that the client has will do best: gdb asks for no one
 * in particular and then with qC who that is, and takes it for one of the process
 * that it has just attached to.
 */
static bool keeps_selection(struct command *command)
{
	const struct gdb_selection *general = &command->session->client.general;
	const struct proto_tid *named = &command->args.arg[0].tid;
	struct gdb_process *process = command->process;

	return !named->tid && (!named->has_pid || !named->pid) &&
	       general->tid > 0 && process_find_thread(process, general->tid);
}

int cmd_select_general(struct command *command)
{
	if (command->process && keeps_selection(command))
		return command_ok(command);
	return select_thread(command, &command->session->client.general);
}

int cmd_select_resume(struct command *command)
{
	return select_thread(command, &command->session->client.resume);
}

int cmd_xfer_features(struct command *command)
{
	static const char name[] = "target.xml";
	const struct proto_arg *annex = &command->args.arg[0];
	char *xml = command->session->scratch;
	size_t len;

	if (annex->len != strlen(name) || memcmp(annex->data, name, annex->len))
		return -ENOENT;
	len = tdesc_x86_xml(regs_tdesc(command->process), xml, LINK_PACKET_MAX);
	return command_xfer(command, xml, len);
}

/* Pairs up to the one of AT_NULL, in words of the program's width. */
static size_t auxv_size(const unsigned long *auxv, bool is_64bit)
{
	unsigned int i;

	for (i = 0; i + 2 < AT_VECTOR_SIZE && auxv[i]; i += 2)
		;
	return (i + 2) * (is_64bit ? 8 : 4);
}

int cmd_xfer_auxv(struct command *command)
{
	bool is_64bit = regs_tdesc(command->process)->is_64bit;
	unsigned long *auxv = (unsigned long *)command->session->scratch;
	struct mm_struct *mm = process_mm_get(command->process);
	unsigned int i;

	if (!mm)
		return -ESRCH;
	memcpy(auxv, mm->saved_auxv, sizeof(mm->saved_auxv));
	mmput(mm);
	/* A compat task's vector is stored as 32-bit words already. */
	if (is_64bit)
		return command_xfer(command, auxv, auxv_size(auxv, true));
	for (i = 0; i + 2 < AT_VECTOR_SIZE && ((u32 *)auxv)[i]; i += 2)
		;
	return command_xfer(command, auxv, (i + 2) * sizeof(u32));
}

/* Room for one line of the threads object, a name all of entities included. */
#define THREAD_LINE_MAX 192

static size_t put_escaped(char *to, const char *text)
{
	char *at = to;

	for (; *text; text++) {
		if (strchr("<>&\"'", *text) || *text < ' ')
			at += sprintf(at, *text < ' ' ? "?" : "&#%d;", *text);
		else
			*at++ = *text;
	}
	return at - to;
}

static size_t put_thread_line(char *to, const struct gdb_thread *thread)
{
	char name[TASK_COMM_LEN];
	char *at = to;

	get_task_comm(name, thread->task);
	at += sprintf(at, "<thread id=\"");
	if (thread->process->session->client.multiprocess)
		at += sprintf(at, "p%x.", thread->process->pid);
	at += sprintf(at, "%x\" core=\"%u\" name=\"", thread->tid,
		      task_cpu(thread->task));
	at += put_escaped(at, name);
	at += sprintf(at, "\"/>\n");
	return at - to;
}

static unsigned int count_threads(struct gdb_session *session)
{
	struct gdb_process *process;
	unsigned int nr = 0;

	spin_lock(&session->lock);
	list_for_each_entry(process, &session->processes, entry)
		nr += process->nr_threads;
	spin_unlock(&session->lock);
	return nr;
}

/* What the parts of one reading are taken from; under cmd_lock. */
static int render_threads(struct command *command)
{
	static const char head[] = "<?xml version=\"1.0\"?>\n<threads>\n";
	static const char tail[] = "</threads>\n";
	struct gdb_session *session = command->session;
	struct gdb_thread *thread;
	size_t size, len;
	char *xml;

	size = sizeof(head) + sizeof(tail) +
	       (count_threads(command->session) + 16) * THREAD_LINE_MAX;
	xml = kvmalloc(size, GFP_KERNEL);
	if (!xml)
		return -ENOMEM;
	len = sprintf(xml, "%s", head);
	spin_lock(&session->lock);
	session_for_each_thread(session, thread)
		if (is_listed(thread) &&
		    len + THREAD_LINE_MAX + sizeof(tail) <= size)
			len += put_thread_line(xml + len, thread);
	spin_unlock(&session->lock);
	len += sprintf(xml + len, "%s", tail);
	kvfree(session->threads_xml);
	session->threads_xml = xml;
	session->threads_xml_len = len;
	return 0;
}

/*
 * A client reads the object in parts. It is rendered with the first and kept to
 * the last: the parts are of one moment, and a thousand threads are not looked
 * at a dozen times.
 */
int cmd_xfer_threads(struct command *command)
{
	struct gdb_session *session = command->session;
	u64 offset = command->args.arg[0].num;
	size_t at = command->tx->len;
	int ret;

	if (!offset || !session->threads_xml) {
		ret = render_threads(command);
		if (ret)
			return ret;
	}
	command_xfer(command, session->threads_xml, session->threads_xml_len);
	if (command->tx->buf[at] == 'l') {
		kvfree(session->threads_xml);
		session->threads_xml = NULL;
	}
	return 0;
}

static struct gdb_thread *siginfo_thread(struct command *command)
{
	struct gdb_thread *thread = command_thread(command);

	if (!thread || thread->state != THREAD_STOPPED)
		return NULL;
	if (thread->has_siginfo)
		return thread;
	/* As ptrace has it: what merely was stopped got a SIGSTOP. */
	clear_siginfo(&thread->siginfo);
	thread->siginfo.si_signo = SIGSTOP;
	thread->has_siginfo = true;
	return thread;
}

/* As the program sees it: @to has SIGINFO_SIZE bytes. */
static void siginfo_show(const struct command *command,
			 const struct gdb_thread *thread, u8 *to)
{
	static_assert(sizeof(siginfo_t) == SIGINFO_SIZE);
	static_assert(sizeof(kernel_siginfo_t) == SIGINFO_KEPT);
	if (regs_tdesc(command->process)->is_64bit)
		copy_siginfo_to_external((siginfo_t *)to, &thread->siginfo);
	else
		siginfo_to_32(to, (const u8 *)&thread->siginfo);
}

int cmd_xfer_siginfo_read(struct command *command)
{
	struct gdb_thread *thread = siginfo_thread(command);
	u8 info[SIGINFO_SIZE] __aligned(8);

	if (!thread)
		return -ENODATA;
	siginfo_show(command, thread, info);
	return command_xfer(command, info, sizeof(info));
}

int cmd_xfer_siginfo_write(struct command *command)
{
	struct gdb_thread *thread = siginfo_thread(command);
	const struct proto_arg *data = &command->args.arg[1];
	u64 offset = command->args.arg[0].num;
	u8 info[SIGINFO_SIZE] __aligned(8);

	if (!thread)
		return -ENODATA;
	if (offset > sizeof(info) || data->len > sizeof(info) - offset)
		return -EINVAL;
	siginfo_show(command, thread, info);
	memcpy(info + offset, data->data, data->len);
	/* What lies behind the kernel's part is padding. */
	if (regs_tdesc(command->process)->is_64bit)
		memcpy(&thread->siginfo, info, sizeof(thread->siginfo));
	else
		siginfo_from_32((u8 *)&thread->siginfo, info);
	packet_put_hex_u64(command->tx, data->len);
	return 0;
}
