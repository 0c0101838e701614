// SPDX-License-Identifier: GPL-2.0
/* Futexes: arguments, waiting and waking over threads and processes, requeueing, wake-op, locks, robust lists. */
#include "diff.h"
#include <linux/futex.h>
#include <pthread.h>
#include <time.h>

static int word, word2;

static long fx(void *addr, int op, unsigned val, void *ts, void *addr2, unsigned val3)
{
	return syscall(SYS_futex, addr, op, val, ts, addr2, val3);
}

static void arguments(void)
{
	struct timespec ms = { 0, 5000000 }, bad = { 0, -1 }, past = { 1, 0 };

	TITLE("arguments");
	R(fx(&word, FUTEX_WAIT, 1, NULL, NULL, 0));
	R(fx((char *)&word + 1, FUTEX_WAIT, 0, NULL, NULL, 0));
	R(fx(bad_ptr, FUTEX_WAIT, 0, NULL, NULL, 0));
	R(fx(bad_ptr, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0));
	R(fx((void *)0xffffffff80000000UL, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0));
	R(fx(&word, FUTEX_WAIT, 0, &ms, NULL, 0));
	R(fx(&word, FUTEX_WAIT, 0, &bad, NULL, 0));
	R(fx(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, ~0u));
	R(fx(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &past, NULL, ~0u));
	R(fx(&word, FUTEX_WAIT_BITSET, 0, &past, NULL, 0));
	R(fx(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0));
	R(fx(&word, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0));
	R(fx(&word, FUTEX_WAKE, 1, NULL, NULL, 0));
	R(fx(&word, 77, 1, NULL, NULL, 0));
	R(fx(&word, FUTEX_FD, 1, NULL, NULL, 0));
	R(fx(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &word2, 5));
	R(fx(&word, FUTEX_CMP_REQUEUE, -1, (void *)1, &word2, 0));
	R(fx(&word, FUTEX_CMP_REQUEUE, 1, (void *)1, &word2, 0));
	R(fx(&word, FUTEX_WAKE_OP, 1, (void *)1, &word2, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0)));
	V(word2);
	R(fx(&word, FUTEX_WAKE_OP, 1, (void *)1, &word2, FUTEX_OP(FUTEX_OP_XOR, 1, FUTEX_OP_CMP_GT, -1)));
	V(word2);
	R(fx(&word, FUTEX_WAKE_OP, 1, (void *)1, &word2, FUTEX_OP((FUTEX_OP_OR | FUTEX_OP_OPARG_SHIFT), 4, FUTEX_OP_CMP_NE, 0)));
	V(word2);
	R(fx(&word, FUTEX_WAKE_OP, 1, (void *)1, bad_ptr, FUTEX_OP(FUTEX_OP_SET, 4, FUTEX_OP_CMP_NE, 0)));
	word2 = 0;
}

static volatile int woken, ready;

static void *waiter(void *bits)
{
	__sync_fetch_and_add(&ready, 1);
	if (fx(&word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, (unsigned)(long)bits) == 0)
		__sync_fetch_and_add(&woken, 1);
	return NULL;
}

static void wait_for(volatile int *v, int n)
{
	while (*v < n)
		usleep(1000);
	usleep(20000);
}

static void threads(void)
{
	pthread_t t[6];

	TITLE("threads");
	ready = woken = 0;
	for (int i = 0; i < 6; i++)
		pthread_create(&t[i], NULL, waiter, (void *)(long)(i < 2 ? 1 : 2));
	wait_for(&ready, 6);
	R(fx(&word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 1));
	wait_for(&woken, 2);
	V(woken);
	R(fx(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	R(fx(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)1, &word2, 0));
	R(fx(&word2, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
	R(fx(&word, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0));
	for (int i = 0; i < 6; i++)
		pthread_join(t[i], NULL);
	V(woken);
}

static void processes(void)
{
	int *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0), st, n = 0;
	pid_t pid;

	TITLE("processes");
	pid = fork();
	if (!pid)
		_exit(fx(shared, FUTEX_WAIT, 0, NULL, NULL, 0) ? 1 : 0);
	while (n < 1) {
		usleep(5000);
		n = (int)fx(shared, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
	V(n);
	waitpid(pid, &st, 0);
	V(WEXITSTATUS(st));
	make_file("f", "0123456789abcdef");
	int fd = open("f", O_RDWR);
	int *m1 = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	pid = fork();
	if (!pid) {
		int *m2 = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		_exit(fx(m2 + 1, FUTEX_WAIT, m2[1], NULL, NULL, 0) ? 1 : 0);
	}
	R(fx(m1, FUTEX_WAKE, 1, NULL, NULL, 0));
	n = 0;
	while (n < 1) {
		usleep(5000);
		n = (int)fx(m1 + 1, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
	waitpid(pid, &st, 0);
	V(WEXITSTATUS(st));
	close(fd);
}

static int pi;
static int *shared_pi;
static volatile long pi_result = 99;

static void *pi_locker(void *arg)
{
	pi_result = fx(&pi, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	usleep(10000);
	if (arg)
		return NULL;		/* dies with the lock */
	fx(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	return NULL;
}

static void locks(void)
{
	struct timespec past = { 1, 0 };
	pthread_t t;

	TITLE("priority inheritance locks");
	R(fx(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	R(fx(&pi, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	V(pi == gettid());
	R(fx(&pi, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	pthread_create(&t, NULL, pi_locker, NULL);
	while (!(pi & FUTEX_WAITERS))
		usleep(1000);
	usleep(10000);
	R(fx(&pi, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	R(fx(&pi, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	pthread_join(t, NULL);
	V(pi_result);
	V(pi);
	shared_pi = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	R(fx(shared_pi, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	C(R(fx(shared_pi, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0)); R(fx(shared_pi, FUTEX_LOCK_PI, 0, &past, NULL, 0)));
	R(fx(shared_pi, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	V(*shared_pi);
	V(pi);
	pi = 0x3ffffff0;
	R(fx(&pi, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	pi = 0;
	R(fx(bad_ptr, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
}

static void mutexes(void)
{
	pthread_mutexattr_t a;
	pthread_mutex_t *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	TITLE("robust mutexes");
	for (int prio = 0; prio < 2; prio++) {
		pthread_mutexattr_init(&a);
		pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
		pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
		pthread_mutexattr_setprotocol(&a, prio ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
		R(pthread_mutex_init(m, &a));
		C(R(pthread_mutex_lock(m)));
		R(pthread_mutex_lock(m) == EOWNERDEAD);
		R(pthread_mutex_consistent(m));
		R(pthread_mutex_unlock(m));
		if (!fork()) {
			pthread_mutex_lock(m);
			usleep(50000);
			_exit(0);
		}
		usleep(20000);
		R(pthread_mutex_lock(m) == EOWNERDEAD);
		R(pthread_mutex_unlock(m));
		R(pthread_mutex_lock(m) == ENOTRECOVERABLE);
		wait(NULL);
	}
	void *head;
	size_t len;
	R(syscall(SYS_get_robust_list, 0, &head, &len));
	V(len);
	R(syscall(SYS_get_robust_list, 0x7ffffff0, &head, &len));
	R(syscall(SYS_get_robust_list, 0, bad_ptr, &len));
	R(syscall(SYS_set_robust_list, head, 23));
}

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cv = PTHREAD_COND_INITIALIZER;
static int turn, rounds;

static void *player(void *arg)
{
	int me = (int)(long)arg;

	for (int i = 0; i < 500; i++) {
		pthread_mutex_lock(&mu);
		while (turn != me)
			pthread_cond_wait(&cv, &mu);
		turn = !me;
		rounds++;
		pthread_cond_broadcast(&cv);
		pthread_mutex_unlock(&mu);
	}
	return NULL;
}

static void conditions(void)
{
	struct timespec ts;
	pthread_t a, b;

	TITLE("condition variables");
	pthread_create(&a, NULL, player, (void *)0);
	pthread_create(&b, NULL, player, (void *)1);
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	V(rounds);
	clock_gettime(CLOCK_REALTIME, &ts);
	pthread_mutex_lock(&mu);
	R(pthread_cond_timedwait(&cv, &mu, &ts) == ETIMEDOUT);
	pthread_mutex_unlock(&mu);
}

static void on_alarm(int sig) { }

static void interrupted(void)
{
	struct timespec s = { 0, 60000000 };
	struct sigaction sa = { .sa_handler = on_alarm };

	TITLE("signals");
	sigaction(SIGALRM, &sa, NULL);
	alarms(20000);
	R(fx(&word, FUTEX_WAIT, 0, NULL, NULL, 0));
	alarms(20000);
	R(fx(&word, FUTEX_WAIT, 0, &s, NULL, 0));
	sa.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &sa, NULL);
	alarms(20000);
	R(fx(&word, FUTEX_WAIT, 0, &s, NULL, 0));
	alarms(0);
}

int main(void)
{
	arguments();
	threads();
	processes();
	locks();
	mutexes();
	conditions();
	interrupted();
	return 0;
}
