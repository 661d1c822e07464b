"""The keys of the advisory locks: fixed numbers, which every release must keep."""

from enum import IntEnum, unique


@unique
class Lock(IntEnum):
    """Keys of pg_advisory_xact_lock, which holds a lock to the end of the transaction.

    FETCH and FETCHER are held by sessions instead.

    Whoever takes several takes CATALOGUE before SOURCE before STAMP, else two may wait for each
    other. The import of the bundled data need not: it has the empty database to itself.
    """

    # The first of two keys; the second is the source's id. Whoever publishes or withdraws holds
    # it, so that what is current cannot change between the check of a file and its publishing.
    SOURCE = 5_108_101
    # Held from the moment that is written to the commit, so that moments become visible in their
    # order. Without it a vintage already answered could still receive an earlier change.
    STAMP = 5_108_102
    # Corrections of the catalogue, and files that bring new names.
    CATALOGUE = 5_108_103
    # Two servers that start at once must not both upgrade the schema.
    MIGRATION = 5_108_104
    # Two servers that start at once must not both import the bundled data.
    FILL = 5_108_105
    # Attempts made at the same time are counted one after the other.
    SIGN_IN = 5_108_106
    # GRANTs on the same rows of the system catalogue fail when they run at once.
    ROLE = 5_108_107
    # Fetches go one at a time; the two-key form with 0 is held while one is put into the queue.
    FETCH = 5_108_108
    # Shared: held for as long as a process takes up what stands in the queue of fetches.
    FETCHER = 5_108_109
