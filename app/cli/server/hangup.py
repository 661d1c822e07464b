"""What SIGHUP means: somebody asks for a restart, or the terminal has gone."""

import os
import signal
from enum import Enum, auto


class HangUp(Enum):
    """What to do about a SIGHUP."""

    RESTART = auto()
    STOP = auto()
    IGNORE = auto()


class TerminalWatch:
    """Tells a terminal that was closed from an operator's `kill -HUP`, which look alike."""

    def __init__(self) -> None:
        self.has_terminal = has_terminal()
        # So `nohup` starts it.
        self.outlives_terminal = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN

    def read(self) -> HangUp:
        """Return what the SIGHUP that has just come means."""
        if not self.has_terminal or has_terminal():
            return HangUp.RESTART
        # It goes but once: what comes later is from somebody.
        self.has_terminal = False
        return HangUp.IGNORE if self.outlives_terminal else HangUp.STOP


def has_terminal() -> bool:
    """Return whether this process has a controlling terminal."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
