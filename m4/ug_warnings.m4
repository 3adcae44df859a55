dnl SPDX-License-Identifier: GPL-2.0-or-later
dnl UG_WARNINGS: UG_CFLAGS gets the warnings that userland is kept free of.
dnl Errors they are for us; --disable-werror is for other compilers.
AC_DEFUN([UG_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--disable-werror], [let warnings be warnings])],
    [], [enable_werror=yes])
  UG_CFLAGS="-Wall -Wextra"
  AS_IF([test "$enable_werror" != no], [UG_CFLAGS="$UG_CFLAGS -Werror"])
  AC_SUBST([UG_CFLAGS])
])
