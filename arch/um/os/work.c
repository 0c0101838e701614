/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Helper threads: they do nothing but host calls that may block. Started when there is work for one more, up to a few; they
 * then stay. Finished work goes on a list that the vCPU takes whole; it is woken when that list was empty.
 */
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <asm/os.h>
#include "hostcall.h"

#define MAX_THREADS	4
#define STACK_SIZE	(128 * 1024)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t more = PTHREAD_COND_INITIALIZER;
static struct os_work *queue, **queue_end = &queue;
static int nr_threads, nr_idle, nr_queued;
static struct os_work *done;		/* newest first */

static void finish(struct os_work *w)
{
	struct os_work *head = __atomic_load_n(&done, __ATOMIC_RELAXED);

	do
		w->next = head;
	while (!__atomic_compare_exchange_n(&done, &head, w, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED));
	if (!head)
		os_wake_vcpu(OS_EV_IO);
}

static void *helper(void *arg)
{
	(void)arg;
	pthread_mutex_lock(&lock);
	for (;;) {
		struct os_work *w;

		while (!queue) {
			nr_idle++;
			pthread_cond_wait(&more, &lock);
			nr_idle--;
		}
		w = queue;
		queue = w->next;
		if (!queue)
			queue_end = &queue;
		nr_queued--;
		pthread_mutex_unlock(&lock);
		w->fn(w);
		finish(w);
		pthread_mutex_lock(&lock);
	}
	return NULL;
}

/* Signals are the vCPU thread's alone. */
static int start_helper(void)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t id;
	long err;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE < PTHREAD_STACK_MIN ? PTHREAD_STACK_MIN : STACK_SIZE);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = HOSTCALL(thread, -pthread_create(&id, &attr, helper, NULL));
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return (int)err;
}

/* 0, or -errno when there is no thread at all to do it (then w was not taken). */
int os_work_submit(struct os_work *w)
{
	int err = 0;

	pthread_mutex_lock(&lock);
	if (nr_queued >= nr_idle && nr_threads < MAX_THREADS) {
		err = start_helper();
		if (!err)
			nr_threads++;
	}
	if (nr_threads) {
		err = 0;
		w->next = NULL;
		*queue_end = w;
		queue_end = &w->next;
		nr_queued++;
		pthread_cond_signal(&more);
	}
	pthread_mutex_unlock(&lock);
	return err;
}

/* In the order in which they finished. */
struct os_work *os_work_done(void)
{
	struct os_work *w = __atomic_exchange_n(&done, NULL, __ATOMIC_ACQUIRE), *list = NULL;

	while (w) {
		struct os_work *next = w->next;

		w->next = list;
		list = w;
		w = next;
	}
	return list;
}
