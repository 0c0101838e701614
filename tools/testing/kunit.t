#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The unit tests inside the kernel: it prints TAP itself.
exec "${O:-.}"/linux kunit 2>/dev/null
