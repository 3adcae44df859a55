dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl UG_GUEST: can a guest be booted, and can the tests be run in it?
AC_DEFUN([UG_GUEST], [
  AC_CHECK_PROG([UG_QEMU], [qemu-system-x86_64], [yes], [no])
  AC_CHECK_PROG([UG_RUNTEST], [runtest], [yes], [no])
  AC_CHECK_PROG([UG_GDB], [gdb], [yes], [no])
])

dnl UG_SUMMARY: what was left out, and what would bring it in;
dnl that is said even by a quiet configure.
AC_DEFUN([UG_SUMMARY], [
  AC_MSG_NOTICE([userland: ugdb, installed in $prefix])
  AS_IF([test "$UG_KERNEL" = no],
    [AS_ECHO(["configure: left out: the guest's kernel and gdbstub.ko (package linux-source-6.12 or --with-kernel=DIR)"])],
    [AC_MSG_NOTICE([module: gdbstub.ko for the kernel '$UG_KERNEL'])])
  AS_IF([test "$UG_QEMU" = no],
    [AS_ECHO(["configure: left out: everything in a guest: demo, check, bench (package qemu-system-x86)"])])
  AS_IF([test "$UG_RUNTEST" = no],
    [AS_ECHO(["configure: left out: check (package dejagnu)"])])
  AS_IF([test "$UG_GDB" = no],
    [AS_ECHO(["configure: left out: demo, and the tests that use gdb (package gdb)"])])
])
