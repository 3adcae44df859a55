/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one thing that C does not say of arrays. */
#ifndef LIB_ARRAY_H
#define LIB_ARRAY_H

/** ARRAY_SIZE - number of elements of an array, not of a pointer */
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif /* LIB_ARRAY_H */
