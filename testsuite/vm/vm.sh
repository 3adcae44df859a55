# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the vm-* scripts share: where things are, the guest's run directory, and
# the two programs they need, built when their sources change. Sourced.

vm_src=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
vm_top=$(cd "$vm_src/../.." && pwd -P)
vm_cache=${XDG_CACHE_HOME:-$HOME/.cache}/utrace

vm_die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# Paths travel on the kernel's command line and in lists separated by blanks.
vm_check_path() {
	case $1 in
	*[[:space:],\"]*) vm_die "'$1': no blank, comma or quote may be in it" ;;
	esac
}

# The run directory when no --dir is given: one per user and checkout.
vm_default_dir() {
	local base=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}/utrace-$(id -u)}

	echo "${VM_DIR:-$base/vm-$(echo "$vm_top" | cksum | cut -d' ' -f1)}"
}

# The token in it lets its reader run commands as root in the guest.
vm_make_dir() {
	vm_check_path "$1"
	if ! mkdir -p "$1" || ! chmod 700 "$1"; then
		vm_die "cannot make $1"
	fi
	[ -O "$1" ] || vm_die "$1 belongs to somebody else"
}

# vm_alive DIR: is its QEMU running? The pid file alone proves nothing.
vm_alive() {
	local pid

	pid=$(cat "$1/pid" 2>/dev/null) || return 1
	[ -n "$pid" ] && tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" |
		grep -qF -- "path=$1/console"
}

# Builds init, vm-client, vm-monitor and vm-tsc unless these sources were built
# before, and sets vm_bin to the directory they are in.
vm_build_tools() {
	local flags='-D_GNU_SOURCE -O2 -Wall -Wextra -Werror' new key

	key=$(cd "$vm_src" && cat ./*.[ch] vm.sh | cksum | cut -d' ' -f1)
	vm_bin=$vm_cache/vm/$key
	[ -x "$vm_bin/init" ] && return

	mkdir -p "$vm_cache/vm"
	new=$(mktemp -d "$vm_cache/vm/new.XXXXXX") ||
		vm_die "cannot write to $vm_cache"
	# shellcheck disable=SC2086 # the flags are several words
	(cd "$vm_src" &&
		${CC:-gcc} $flags -static -o "$new/init" init.c agent.c frame.c &&
		${CC:-gcc} $flags -o "$new/vm-client" client.c frame.c &&
		${CC:-gcc} $flags -o "$new/vm-monitor" monitor.c &&
		${CC:-gcc} $flags -o "$new/vm-tsc" tsc.c) ||
		vm_die "cannot build the guest's programs"
	chmod 755 "$new"
	mv -T "$new" "$vm_bin" 2>/dev/null || rm -rf "$new"
}

# Kernel messages that mean a defect. The one list of them.
vm_splat_pattern='WARNING: |BUG: |BUG!|Oops|Kernel panic|KASAN|UBSAN|KCSAN'
vm_splat_pattern+='|general protection|Call Trace|INFO: task .* blocked'
vm_splat_pattern+='|INFO: lockdep|INFO: suspicious|suspicious RCU'
vm_splat_pattern+='|possible (circular|recursive|irq lock)|rcu: INFO|rcu.*stall'
vm_splat_pattern+='|scheduling while atomic|sleeping function|bad unlock'
vm_splat_pattern+='|refcount_t|ODEBUG|list_(add|del) corruption|soft lockup'
vm_splat_pattern+='|hard LOCKUP|unable to handle|leaked? (lock|irq)|held lock'
vm_splat_pattern+='|kmemleak|Bad page|workqueue lockup|cut here'
