/* SPDX-License-Identifier: GPL-2.0 */
/* What we call ourselves. The values come from the Makefile. */
#include <kernel/ns.h>

const char um_release[] = UM_RELEASE;
const char um_version[] = "#1 " UM_BUILT;
const char um_banner[] = "Linux version " UM_RELEASE " (" UM_BUILDER ") (" UM_COMPILER ") #1 " UM_BUILT;
