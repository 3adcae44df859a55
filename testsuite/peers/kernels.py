# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernels that other projects' suites are run on, by the names that the
records have for them."""
import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.realpath(__file__))))

# What scripts/kernel-build is told.
KERNELS = {
    'unpatched': ['--unpatched'],
    'patched': [],
    'level1': ['--config', 'level1'],
    'debug': ['--config', 'debug'],
    'debug_level1': ['--config', 'debug-level1'],
}


def image_of(name):
    """The path of its image, or None, of which kernel-build has told: it is not
    built in this checkout."""
    done = subprocess.run([os.path.join(TOP, 'scripts', 'kernel-build'),
                           *KERNELS[name], '--print-image'],
                          stdout=subprocess.PIPE, text=True, check=False)
    return None if done.returncode else done.stdout.strip()
