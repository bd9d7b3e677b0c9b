"""UUIDv7: ids that sort by the millisecond they were made in. Imports no Django.

RFC 9562, section 5.7: 48 bits of Unix milliseconds, then version, variant and 74 random bits.
Neither Python 3.11 nor PostgreSQL 15 can make one.
"""

import os
import time
from uuid import UUID


def uuid7() -> UUID:
    """A new id; later milliseconds sort later, ids of one millisecond in no order."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
