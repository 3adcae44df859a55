dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl UG_PROBE_KERNEL: which kernel the module is built for.
dnl   --with-kernel=DIR   a build directory of a kernel with utrace
dnl   --with-kernel=guest the guest's, which scripts/kernel-build makes from
dnl                       Debian's source package (the default when it is there)
dnl   --without-kernel    none
dnl Sets UG_KERNEL to DIR, "guest" or "no".
AC_DEFUN([UG_PROBE_KERNEL], [
  AC_ARG_WITH([kernel],
    [AS_HELP_STRING([--with-kernel=DIR],
      [build the module for the kernel built in DIR @<:@guest@:>@])],
    [UG_KERNEL=$withval], [UG_KERNEL=auto])
  AC_ARG_VAR([KERNEL_TARBALL], [the kernel source that the guest is built from])
  AC_MSG_CHECKING([for a kernel to build the module for])
  AS_CASE([$UG_KERNEL],
    [no], [],
    [auto|yes|guest], [
      AS_IF([test -r "${KERNEL_TARBALL:-/usr/src/linux-source-6.12.tar.xz}"],
        [UG_KERNEL=guest],
        [test "$UG_KERNEL" = auto], [UG_KERNEL=no],
        [AC_MSG_ERROR([no linux-source-6.12 package and no KERNEL_TARBALL])])
    ], [
      AS_IF([grep -qs '^CONFIG_UTRACE=y' "$UG_KERNEL/.config"], [],
        [AC_MSG_ERROR([$UG_KERNEL: not the build directory of a kernel with utrace])])
    ])
  AC_MSG_RESULT([$UG_KERNEL])
  AC_SUBST([UG_KERNEL])
  AM_CONDITIONAL([UG_HAVE_KERNEL], [test "$UG_KERNEL" != no])
  AM_CONDITIONAL([UG_OWN_KERNEL],
    [test "$UG_KERNEL" != no && test "$UG_KERNEL" != guest])
])
