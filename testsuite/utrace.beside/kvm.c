// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A thread that runs a virtual processor passes no user boundary: asked to
 * report or to stop, its KVM_RUN ends with EINTR, once, and the report or the
 * hold comes then.
 */
#define _GNU_SOURCE
#include <linux/kvm.h>
#include <sys/mman.h>

#include "beside.h"

static struct {
	volatile long running;
	volatile long interrupted;
	volatile long wrong;
	volatile long can_not;
} *shared;

/* Real mode: jmp to itself. */
static const unsigned char endless[] = { 0xeb, 0xfe };

static int make_processor(struct kvm_run **run)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = 0x1000, .memory_size = 0x1000,
	};
	struct kvm_regs regs = { .rip = 0x1000, .rflags = 2 };
	struct kvm_sregs sregs;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int machine = ioctl(kvm, KVM_CREATE_VM, 0);
	int processor;
	void *memory;

	memory = mmap(NULL, 0x1000, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	memcpy(memory, endless, sizeof(endless));
	region.userspace_addr = (unsigned long)memory;
	if (ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region))
		return -1;
	processor = ioctl(machine, KVM_CREATE_VCPU, 0);
	*run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0),
		    PROT_READ | PROT_WRITE, MAP_SHARED, processor, 0);
	if (ioctl(processor, KVM_GET_SREGS, &sregs))
		return -1;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(processor, KVM_SET_SREGS, &sregs) ||
	    ioctl(processor, KVM_SET_REGS, &regs))
		return -1;
	return processor;
}

static void be_child(void)
{
	struct kvm_run *run = NULL;
	int processor = make_processor(&run);

	if (processor < 0) {
		shared->can_not = 1;
		return;
	}
	for (;;) {
		shared->running++;
		if (ioctl(processor, KVM_RUN, 0) == 0 || errno != EINTR) {
			shared->wrong++;
			return;
		}
		shared->interrupted++;
	}
}

static bool comes_out(long times)
{
	bool came = wait_word(&shared->interrupted, times);

	nap_us(100000);
	return came && shared->interrupted == times;
}

int main(void)
{
	int fd = race_open();
	unsigned int id;
	pid_t pid;

	shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (access("/dev/kvm", R_OK | W_OK)) {
		unsupported("KVM_RUN", "no /dev/kvm");
		return 0;
	}
	pid = child(be_child);
	wait_word(&shared->running, 1);
	nap_us(300000);
	if (shared->can_not) {
		unsupported("KVM_RUN", "no virtual processor");
		return 0;
	}
	id = engine_on(fd, pid, EVENT(QUIESCE));
	verdict(shared->interrupted == 0 && !shared->wrong, "KVM_RUN runs",
		"%ld ends, %ld wrong", shared->interrupted, shared->wrong);
	engine_control(fd, id, REPORT);
	verdict(comes_out(1), "a report ends it once", "%ld ends",
		shared->interrupted);
	verdict(race_state(fd, id).n[RACE_QUIESCE] >= 1, "and is made",
		"no report_quiesce");
	engine_returns(fd, STOP);
	engine_control(fd, id, STOP);
	verdict(wait_state(pid, 't'), "a stop holds the thread", "state %c",
		state_of(pid));
	release(fd, id);
	verdict(comes_out(2), "after KVM_RUN has ended once", "%ld ends",
		shared->interrupted);
	verdict(state_of(pid) != 't' && !shared->wrong,
		"released it runs again", "state %c, %ld wrong", state_of(pid),
		shared->wrong);
	verdict(kill_child(pid) == SIGKILL, "and can be killed", "it lives");
	return verdicts_failed || race_bad(fd);
}
