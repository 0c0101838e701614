// SPDX-License-Identifier: GPL-2.0
/* The check values that the CRC catalogues give for "123456789". */
#include <kernel/kunit.h>
#include <lib/misc.h>
#include <lib/string.h>

KUNIT(crc_check_values)
{
	EXPECT_EQ(~crc32c(~0U, "123456789", 9), 0xe3069283U);
	EXPECT_EQ(~crc32_le(~0U, "123456789", 9), 0xcbf43926U);
	EXPECT_EQ(crc16(0, "123456789", 9), 0xbb3d);
}

KUNIT(crc_in_pieces_is_crc_of_the_whole)
{
	u8 buf[301];
	u32 whole, part;

	for (unsigned i = 0; i < sizeof(buf); i++)
		buf[i] = (u8)(i * 7 + 3);
	whole = crc32c(~0U, buf, sizeof(buf));
	part = crc32c(crc32c(~0U, buf, 13), buf + 13, sizeof(buf) - 13);
	EXPECT_EQ(whole, part);
	whole = crc32_le(~0U, buf, sizeof(buf));
	part = crc32_le(crc32_le(~0U, buf, 131), buf + 131, sizeof(buf) - 131);
	EXPECT_EQ(whole, part);
}
