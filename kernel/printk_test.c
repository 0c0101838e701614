// SPDX-License-Identifier: GPL-2.0
/* Unit tests of the kernel log. They write to the one there is, at the level that no console shows. */
#include <kernel/kunit.h>
#include <kernel/printk.h>
#include <lib/string.h>

KUNIT(log_records_in_order)
{
	struct log_record rec;
	u64 seq = log_next_seq();

	EXPECT_EQ(log_read(&seq, &rec), -ENODATA);
	printk(LOG_DEBUG, "first %d\n", 1);
	printk(LOG_DEBUG, "%s", "");
	log_store(3, LOG_DEBUG, "two\nlines", 9);
	EXPECT_EQ(log_read(&seq, &rec), 7);
	EXPECT_MEM(rec.text, "first 1", 7);
	EXPECT_EQ(rec.level, LOG_DEBUG);
	EXPECT_EQ(log_read(&seq, &rec), 0);
	EXPECT_EQ(log_read(&seq, &rec), 9);
	EXPECT_EQ(rec.facility, 3);
	EXPECT_EQ(rec.seq + 1, seq);
	EXPECT_EQ(log_read(&seq, &rec), -ENODATA);
}

KUNIT(log_format_lines)
{
	struct log_record rec = { .time_ns = 1234567891ULL, .level = 6, .facility = 3, .len = 7, .text = "one\ntwo" };
	char buf[128];
	size_t n = log_format(buf, sizeof(buf) - 1, &rec, true);

	buf[n] = 0;
	if (strchr(buf, '['))	/* printk.time=0 was not given */
		EXPECT_STR(buf, "<30>[    1.234567] one\n<30>[    1.234567] two\n");
	EXPECT(log_format(buf, 10, &rec, true) <= 10);
}

KUNIT(log_overwrites_the_oldest)
{
	struct log_record rec;
	u64 old = log_next_seq(), seq;
	char text[900];
	int i, n = (1 << CONFIG_LOG_BUF_SHIFT) / (int)sizeof(text) + 10;

	memset(text, 'x', sizeof(text));
	for (i = 0; i < n; i++)
		log_store(0, LOG_DEBUG, text, sizeof(text));
	seq = old;
	EXPECT_EQ(log_read(&seq, &rec), -EPIPE);
	EXPECT_EQ(seq, log_first_seq());
	for (i = 0; log_read(&seq, &rec) == sizeof(text); i++)
		if (memcmp(rec.text, text, sizeof(text)))
			break;
	EXPECT_EQ(seq, log_next_seq());
	EXPECT(i > n / 2);
	for (i = 0; i < 20000; i++)		/* more records than descriptors */
		log_store(0, LOG_DEBUG, "", 0);
	EXPECT(log_next_seq() - log_first_seq() <= (1 << CONFIG_LOG_BUF_SHIFT) / 32);
}

KUNIT(log_rate_limit)
{
	struct ratelimit rl = { 0 };
	int i, passed = 0;

	for (i = 0; i < 100; i++)
		passed += ratelimit_ok(&rl, "test");
	EXPECT_EQ(passed, 10);
	EXPECT_EQ(rl.dropped, 90);
}
