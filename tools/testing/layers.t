#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Only arch/um/os may call the host.
echo 1..1
if out=$("$(dirname "$0")"/../../scripts/checklayers "${O:-.}" 2>&1); then echo "ok 1 - layers # $out"
else echo "not ok 1 - layers"; echo "$out" | sed 's/^/# /'
fi
