"""The advisory locks of the database: any fixed numbers, each for one thing only."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """Held to the end of the transaction. SOURCE is a space of locks, one for each source."""

    SOURCE = 5_108_101
    STAMP = 5_108_102
    CATALOGUE = 5_108_103
    MIGRATION = 5_108_104
    FILL = 5_108_105
    SIGN_IN = 5_108_106
    ROLE = 5_108_107
