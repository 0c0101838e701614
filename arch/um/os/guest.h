/* SPDX-License-Identifier: GPL-2.0 */
/* Between guest.c, guest_run.c and filter.c. */
#ifndef OS_GUEST_H
#define OS_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#define PAGE		4096UL
#define STUB_FLUSH	0x0		/* entries of page.S */
#define STUB_ONE	0xa0
#define STUB_FILTERED	0x200		/* a word that says where the system call of flush returns to */
#define STUB_LEAVE	0x208		/* words that say where flush begins and ends to load the guest's registers */
#define STUB_LEFT	0x210
#define STUB_FRAME	3840		/* in the page of operations */

struct os_stub_op; struct os_guest;

void guest_end(const struct os_guest *g);	/* kills its process, if there is one; g's thread runs no more afterwards */
void guest_note_dead(int pid);
unsigned long guest_stub_word(unsigned long at);	/* a word of the stub's code page */
extern unsigned long guest_top;		/* where address spaces end on this host */
static inline unsigned long guest_code_page(void) { return guest_top - 2 * PAGE; }
static inline unsigned long guest_ops_page(void) { return guest_top - 3 * PAGE; }

/*
 * The filter that a guest's process gets: all system calls are reported to us, but those of the stub's flush that carry
 * the secret. Written into buf (at guest address where); returns the guest address of the struct sock_fprog.
 */
unsigned long guest_filter_write(void *buf, unsigned long where, unsigned long syscall_return);
void guest_filter_init(void);		/* chooses the secret; before the first process */
void guest_filter_stamp(struct os_stub_op *ops, unsigned n);	/* puts the secret into operations */
extern unsigned long guest_token;	/* in a register during flush, unknown to guests */
extern bool guest_filtered;		/* processes have the filter: the stub can go on into guest code */

#endif
