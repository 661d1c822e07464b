"""The command line as a program of its own, as an operator starts it."""

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

from tests.command_server import run_command


def modelshare(
    url: str, *arguments: str | Path, typed: str | bytes = ""
) -> subprocess.CompletedProcess[str]:
    """Runs the command on a database; everything it says is on standard error, in long lines."""
    return run_command(
        [str(argument) for argument in arguments],
        os.environ | {"DATABASE_URL": url, "COLUMNS": "400"},
        typed.encode() if isinstance(typed, str) else typed,
    )


MODELSHARE_PROGRAM = Path(sys.executable).with_name("modelshare")
ANSWER_TIMEOUT_S = 120
"""How long an answer may take on a machine that has much else to do."""
OUR_VARIABLES = {"DATABASE_URL", "DATABASE_WAIT", "DATA_DIR", "HOST", "PORT", "WEB_CONCURRENCY"}


class Program:
    """A running `modelshare`; `output` is all that it has written to its terminal."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self.process = subprocess.Popen(
            [MODELSHARE_PROGRAM, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={key: text for key, text in os.environ.items() if key not in OUR_VARIABLES}
            | environment,
        )
        assert self.process.stdout is not None
        self.terminal = self.process.stdout
        self.output = ""

    def address(self) -> str:
        """Where it serves, as soon as it says so."""
        while line := self.terminal.readline():
            self.output += line
            if match := re.search(r"http://\S+", line):
                return match[0]
        raise AssertionError(self.output)

    def finish(self) -> int:
        # Not by communicate: it loses what was read ahead with a line.
        limit = threading.Timer(60, self.process.kill)
        limit.start()
        if not self.terminal.closed:
            with self.terminal as rest:
                self.output += rest.read()
        limit.cancel()
        return self.process.wait(60)

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.finish()
