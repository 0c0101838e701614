/* SPDX-License-Identifier: GPL-2.0 */
/* Between guest.c and guest_run.c. */
#ifndef OS_GUEST_H
#define OS_GUEST_H

void guest_note_dead(int pid);

#endif
