"""The heap of a server process: one for all of its threads."""

import ctypes
from typing import Final

M_ARENA_MAX: Final = -8
"""The parameter of glibc's mallopt that limits how many heaps there are."""


def share_one_heap() -> None:
    """Let all threads of this process allocate from one heap, where the C library is glibc."""
    # By default glibc gives threads up to eight heaps a core, and what a large answer leaves free
    # in one of them serves no other thread: after heavy pages a worker held 20 to 50 MiB more.
    # Threads do not wait for it, since nearly all that allocates holds Python's own lock.
    library = ctypes.CDLL(None)
    # Neither musl nor the C library of macOS has it.
    if mallopt := getattr(library, "mallopt", None):
        mallopt(M_ARENA_MAX, 1)
