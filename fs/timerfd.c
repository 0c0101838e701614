// SPDX-License-Identifier: GPL-2.0
/* timerfd_create(2): a timer whose expirations are counted and read. */
#include <kernel/cred.h>
#include <kernel/sched.h>
#include <kernel/syscall.h>
#include <kernel/timer.h>
#include <mm/slab.h>
#include <fs/file.h>
#include <fs/poll.h>
#include <fs/proc.h>
#include <linux/capability.h>
#include <linux/time.h>
#include <linux/time_types.h>
#include <linux/timerfd.h>

struct timerfd {
	struct timer timer;
	struct clock_watch watch;
	struct wait_queue wq;
	int clockid, settime_flags;
	u64 ticks;
	bool armed, cancelled;
	u64 expires_ns, interval_ns;	/* expires: on the timer's own clock */
};

static bool on_real_clock(const struct timerfd *tf)
{
	return tf->clockid == CLOCK_REALTIME || tf->clockid == CLOCK_REALTIME_ALARM;
}

static u64 now_of(const struct timerfd *tf)
{
	return on_real_clock(tf) ? ktime_real_ns() : ktime_ns();
}

static void start(struct timerfd *tf)
{
	timer_set(&tf->timer, on_real_clock(tf) ? real_to_monotonic(tf->expires_ns) : tf->expires_ns);
}

/* Counts the periods that have passed, without a host timer for each: only one that is read is armed again. */
static void catch_up(struct timerfd *tf)
{
	u64 now = now_of(tf), n;

	if (!tf->armed || !tf->interval_ns || !tf->ticks || now < tf->expires_ns)
		return;
	n = (now - tf->expires_ns) / tf->interval_ns + 1;
	tf->expires_ns += n * tf->interval_ns;
	tf->ticks += n;
}

static void timerfd_fired(struct timer *t)
{
	struct timerfd *tf = container_of(t, struct timerfd, timer);

	tf->ticks++;
	if (tf->interval_ns)
		tf->expires_ns += tf->interval_ns;
	else
		tf->armed = false;
	wake_up_poll(&tf->wq, EPOLLIN);
}

static void timerfd_clock_set(struct clock_watch *w)
{
	struct timerfd *tf = container_of(w, struct timerfd, watch);

	if (tf->timer.pending)
		start(tf);
	if ((tf->settime_flags & TFD_TIMER_CANCEL_ON_SET) && (tf->settime_flags & TFD_TIMER_ABSTIME)) {
		tf->cancelled = true;
		wake_up_poll(&tf->wq, EPOLLIN);
	}
}

static ssize_t timerfd_read(struct file *f, struct iov_iter *it, loff_t *pos)
{
	struct timerfd *tf = f->private;
	u64 ticks;
	int err = 0;

	if (it->count < sizeof(ticks))
		return -EINVAL;
	if (!tf->ticks && !tf->cancelled) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_interruptible(&tf->wq, tf->ticks || tf->cancelled);
	}
	if (err)
		return err;
	if (tf->cancelled) {
		tf->cancelled = false;
		tf->ticks = 0;
		return -ECANCELED;
	}
	catch_up(tf);
	ticks = tf->ticks;
	tf->ticks = 0;
	if (tf->armed && tf->interval_ns)
		start(tf);
	return copy_to_iter(&ticks, sizeof(ticks), it) == sizeof(ticks) ? (ssize_t)sizeof(ticks) : -EFAULT;
}

static u32 timerfd_poll(struct file *f, struct poll_table *pt)
{
	struct timerfd *tf = f->private;

	poll_wait(f, &tf->wq, pt);
	return tf->ticks || tf->cancelled ? EPOLLIN : 0;
}

static void timerfd_release(struct inode *inode, struct file *f)
{
	struct timerfd *tf = f->private;

	timer_cancel(&tf->timer);
	clock_watch_del(&tf->watch);
	kfree(tf);
}

static void read_spec(struct timerfd *tf, struct __kernel_itimerspec *its)
{
	u64 now, left = 0;

	catch_up(tf);
	now = now_of(tf);
	if (tf->armed)
		left = tf->expires_ns > now ? tf->expires_ns - now : 1;
	its->it_value.tv_sec = (s64)(left / NSEC_PER_SEC);
	its->it_value.tv_nsec = (s64)(left % NSEC_PER_SEC);
	its->it_interval.tv_sec = (s64)(tf->interval_ns / NSEC_PER_SEC);
	its->it_interval.tv_nsec = (s64)(tf->interval_ns % NSEC_PER_SEC);
}

static void timerfd_show(struct file *f, struct seq_file *m)
{
	struct timerfd *tf = f->private;
	struct __kernel_itimerspec its;

	read_spec(tf, &its);
	seq_printf(m, "clockid: %d\nticks: %llu\nsettime flags: 0%o\nit_value: (%llu, %llu)\nit_interval: (%llu, %llu)\n",
		   tf->clockid, (unsigned long long)tf->ticks, tf->settime_flags,
		   (unsigned long long)its.it_value.tv_sec, (unsigned long long)its.it_value.tv_nsec,
		   (unsigned long long)its.it_interval.tv_sec, (unsigned long long)its.it_interval.tv_nsec);
}

static const struct file_ops timerfd_fops = {
	.read = timerfd_read,
	.poll = timerfd_poll,
	.llseek = noop_llseek,
	.release = timerfd_release,
	.show_fdinfo = timerfd_show,
};

/* They would wake a suspended machine. This one never is, so they are like the others, but for who may have them. */
static bool is_alarm(int id) { return id == CLOCK_REALTIME_ALARM || id == CLOCK_BOOTTIME_ALARM; }

static bool valid_clock(int id)
{
	return id == CLOCK_REALTIME || id == CLOCK_MONOTONIC || id == CLOCK_BOOTTIME || is_alarm(id);
}

long sys_timerfd_create(int clockid, int flags)
{
	struct timerfd *tf;
	struct file *f;

	if ((flags & ~(TFD_CLOEXEC | TFD_NONBLOCK)) || !valid_clock(clockid))
		return -EINVAL;
	if (is_alarm(clockid) && !capable(CAP_WAKE_ALARM))
		return -EPERM;
	tf = kzalloc(sizeof(*tf), GFP_KERNEL);
	if (!tf)
		return -ENOMEM;
	timer_init(&tf->timer, timerfd_fired);
	wait_queue_init(&tf->wq);
	tf->watch.fn = timerfd_clock_set;
	tf->clockid = clockid;
	f = anon_file("timerfd", &timerfd_fops, tf, O_RDWR | (flags & TFD_NONBLOCK));
	if (IS_ERR(f))
		kfree(tf);
	return fd_publish(f, flags & TFD_CLOEXEC);
}

static struct timerfd *timerfd_of(int fd, struct file **f)
{
	*f = fget(fd);
	if (!*f)
		return ERR_PTR(-EBADF);
	if ((*f)->ops != &timerfd_fops) {
		file_put(*f);
		return ERR_PTR(-EINVAL);
	}
	return (*f)->private;
}

static void set_timer(struct timerfd *tf, int flags, const struct __kernel_itimerspec *its)
{
	u64 value = timespec_to_ns(its->it_value.tv_sec, its->it_value.tv_nsec), now = now_of(tf);

	timer_cancel(&tf->timer);
	clock_watch_del(&tf->watch);
	tf->settime_flags = flags;
	tf->ticks = 0;
	tf->cancelled = false;
	tf->armed = value != 0;
	tf->interval_ns = min(timespec_to_ns(its->it_interval.tv_sec, its->it_interval.tv_nsec), (u64)S64_MAX);
	if (on_real_clock(tf))
		clock_watch_add(&tf->watch);
	if (!value)
		return;
	tf->expires_ns = flags & TFD_TIMER_ABSTIME ? value : now + value < now ? U64_MAX : now + value;
	start(tf);
}

static bool valid_spec(const struct __kernel_timespec *ts)
{
	return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < (long long)NSEC_PER_SEC;
}

long sys_timerfd_settime(int fd, int flags, uaddr_t unew, uaddr_t uold)
{
	struct __kernel_itimerspec new_, old;
	struct timerfd *tf;
	struct file *f;

	if (get_user(new_, unew))
		return -EFAULT;
	if ((flags & ~(TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET)) || !valid_spec(&new_.it_value) ||
	    !valid_spec(&new_.it_interval))
		return -EINVAL;
	tf = timerfd_of(fd, &f);
	if (IS_ERR(tf))
		return PTR_ERR(tf);
	if (is_alarm(tf->clockid) && !capable(CAP_WAKE_ALARM)) {
		file_put(f);
		return -EPERM;
	}
	read_spec(tf, &old);
	set_timer(tf, flags, &new_);
	file_put(f);
	return uold ? copy_to_user(uold, &old, sizeof(old)) : 0;
}

long sys_timerfd_gettime(int fd, uaddr_t ucur)
{
	struct __kernel_itimerspec its;
	struct timerfd *tf;
	struct file *f;

	tf = timerfd_of(fd, &f);
	if (IS_ERR(tf))
		return PTR_ERR(tf);
	read_spec(tf, &its);
	if (tf->armed && tf->interval_ns && !tf->timer.pending && !tf->ticks)
		start(tf);
	file_put(f);
	return copy_to_user(ucur, &its, sizeof(its));
}
