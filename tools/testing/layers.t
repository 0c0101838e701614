#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Only arch/um/os may call the host; the coverage page is that of the table; every file says its licence.
src=$(cd "$(dirname "$0")/../.." && pwd)
echo 1..3
if out=$("$src"/scripts/checklayers "${O:-.}" 2>&1); then echo "ok 1 - layers # $out"
else echo "not ok 1 - layers"; echo "$out" | sed 's/^/# /'
fi
if out=$("$src"/scripts/syscalls-page | diff - "$src"/Documentation/syscalls 2>&1); then echo "ok 2 - Documentation/syscalls is up to date"
else echo "not ok 2 - Documentation/syscalls: run scripts/syscalls-page > Documentation/syscalls"; echo "$out" | sed 's/^/# /'
fi
bad=$(cd "$src" && git ls-files '*.[chS]' '*.def' '*.lds' '*.py' '*.t' 'scripts/*' 2>/dev/null | while read -r f; do
	head -n 3 "$f" | grep -q SPDX-License-Identifier || echo "$f"; done)
if [ -z "$bad" ]; then echo "ok 3 - each file names its licence"
else echo "not ok 3 - no SPDX line in:"; echo "$bad" | sed 's/^/# /'
fi
