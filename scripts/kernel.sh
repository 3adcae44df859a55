# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the kernel-* scripts share. Sourced. Everything big lies in the cache:
#   linux/VERSION/clean      Debian's source, unpacked once, never written again
#   linux/VERSION/clean.git  the same as a git repository, for kernel-devtree
#   trees/ID/                of one checkout (ID is made from its path):
#     checkout                 names that checkout
#     src                      clean + kernel/src + kernel/patches, hard links
#                              to clean for all that is the same
#     out-CONFIG               build directories

kernel_series=6.12
kernel_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
kernel_cache=${XDG_CACHE_HOME:-$HOME/.cache}/utrace
kernel_tarball=${KERNEL_TARBALL:-/usr/src/linux-source-$kernel_series.tar.xz}
kernel_patches=$kernel_top/kernel/patches/$kernel_series
kernel_overlay=$kernel_top/kernel/src
kernel_state=$kernel_cache/trees/$(echo "$kernel_top" | cksum | cut -d' ' -f1)

die() {
	echo "${0##*/}: $*" >&2
	exit 1
}

say() {
	echo "${0##*/}: $*" >&2
}

# Sets kernel_version and kernel_clean, and unpacks the source when that is due.
kernel_unpack() {
	local name new

	kernel_version=$(dpkg-query -W -f '${Version}' \
		"linux-source-$kernel_series" 2>/dev/null)
	[ -n "$kernel_version" ] || kernel_version=$(stat -c %s-%Y \
		"$kernel_tarball" 2>/dev/null) || die \
		"no $kernel_tarball (Debian package linux-source-$kernel_series)"
	name=${kernel_version//[^0-9A-Za-z.+-]/-}
	kernel_home=$kernel_cache/linux/$name
	kernel_clean=$kernel_home/clean
	[ -d "$kernel_clean" ] && return

	say "unpacking linux-source $kernel_version"
	mkdir -p "$kernel_home"
	new=$(mktemp -d "$kernel_home/new.XXXXXX") || die "cannot write to $kernel_home"
	tar -C "$new" -xf "$kernel_tarball" --strip-components=1 ||
		{ rm -rf "$new"; die "cannot unpack $kernel_tarball"; }
	mv -T "$new" "$kernel_clean" 2>/dev/null || rm -rf "$new"
}

# Trees whose checkout is gone are of no use to anybody.
kernel_prune() {
	local mark

	for mark in "$kernel_cache"/trees/*/checkout; do
		[ -f "$mark" ] || continue
		[ -d "$(cat "$mark")" ] || rm -rf "${mark%/checkout}"
	done
}

# kernel_lock: one kernel script at a time works on a checkout's trees.
kernel_lock() {
	mkdir -p "$kernel_state"
	echo "$kernel_top" >"$kernel_state/checkout"
	exec 9>"$kernel_state/lock"
	flock -n 9 || { say "waiting for another one"; flock 9; }
}

kernel_patch_list() {
	[ ! -f "$kernel_patches/series" ] ||
		sed 's/[[:space:]]*#.*//; /^[[:space:]]*$/d' "$kernel_patches/series"
}

# kernel_touched PATCH: the files that a patch touches.
kernel_touched() {
	sed -n 's|^[-+][-+][-+] [ab]/\([^[:space:]]*\).*|\1|p' \
		"$kernel_patches/$1" | sort -u
}

# kernel_stage DIR: everything that differs from the clean tree, and only that,
# as DIR/PATH. A patch that does not apply ends the script.
kernel_stage() {
	local patch path log

	mkdir -p "$1"
	while read -r patch; do
		[ -f "$kernel_patches/$patch" ] ||
			die "series names $patch, which does not exist"
		while read -r path; do
			[ -f "$kernel_clean/$path" ] || continue
			mkdir -p "$1/$(dirname "$path")"
			cp "$kernel_clean/$path" "$1/$path"
		done < <(kernel_touched "$patch")
	done < <(kernel_patch_list)
	[ ! -d "$kernel_overlay" ] || cp -r "$kernel_overlay/." "$1/"
	[ -n "$(kernel_patch_list)" ] || return 0
	log=$(cd "$1" && QUILT_PATCHES=$kernel_patches QUILT_PC=.pc \
		quilt --quiltrc - push -a --fuzz=0 2>&1) || {
		echo "$log" >&2
		die "a patch of kernel/patches/$kernel_series does not apply to" \
			"Linux $kernel_version (named above); nothing was built"
	}
	rm -rf "$1/.pc"
}

# Brings trees/ID/src up to date. Only files whose text changes get a new time,
# so that a build after a small change is a small build.
kernel_sync() {
	local src=$kernel_state/src staged path

	staged=$(mktemp -d "$kernel_state/stage.XXXXXX") || exit 1
	(kernel_stage "$staged") || { rm -rf "$staged"; exit 1; }
	if [ "$(cat "$kernel_state/version" 2>/dev/null)" != "$kernel_version" ]; then
		say "laying out the tree"
		rm -rf "$src" "$kernel_state"/out-*
		cp -al "$kernel_clean/." "$src" || die "cannot link a tree to $src"
		echo "$kernel_version" >"$kernel_state/version"
	fi
	# What was ours before and is no more.
	while read -r path; do
		[ ! -e "$staged/$path" ] || continue
		rm -f "$src/$path"
		[ ! -f "$kernel_clean/$path" ] || cp "$kernel_clean/$path" "$src/$path"
	done < <(cat "$kernel_state/ours" 2>/dev/null)
	# rsync writes beside a file and renames: a hard link is never written.
	rsync -rp --checksum "$staged/" "$src/" || die "cannot write to $src"
	(cd "$staged" && find . -type f -printf '%P\n') >"$kernel_state/ours"
	rm -rf "$staged"
}

# The same names and dates in every build, and compiler results from the cache.
kernel_make_args() {
	kernel_make=(make -j"$(nproc)" --no-print-directory
		KBUILD_BUILD_TIMESTAMP=@0 KBUILD_BUILD_USER=utrace
		KBUILD_BUILD_HOST=build KBUILD_BUILD_VERSION=1)
	command -v ccache >/dev/null || return 0
	export CCACHE_DIR=$kernel_cache/ccache CCACHE_BASEDIR=$kernel_cache
	export CCACHE_NOHASHDIR=1
	kernel_make+=("CC=ccache ${CC:-gcc}" "HOSTCC=ccache ${HOSTCC:-gcc}")
}

kernel_out() {
	echo "$kernel_state/out-$1"
}

kernel_image() {
	case $1 in
	# KASAN and the PVH entry do not go together.
	debug*) echo "$(kernel_out "$1")/arch/x86/boot/bzImage" ;;
	*) echo "$(kernel_out "$1")/vmlinux" ;;
	esac
}
