"""`modelshare` without the second that its imports take: a process that has them forks for each.

Run as a program, this is that process. Each command is a process of its own, with its own
arguments, environment, directory and standard streams, and ends as the program does.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from app.cli.main import main

REQUEST_BYTES = 1 << 20


class CommandServer:
    """The process that forks, in a session of its own: Ctrl+C is for the tests alone."""

    def __init__(self) -> None:
        self.requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.command_server", str(theirs.fileno())],
                # Rich asks for the width of the terminal when it is imported.
                env=os.environ | {"COLUMNS": "400"},
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        atexit.register(self.stop)

    def run(self, request: bytes, streams: list[int], timeout_s: float) -> int:
        """Returns the exit code of a command. Raises TimeoutError, and the command is killed."""
        self.requests.settimeout(timeout_s)
        socket.send_fds(self.requests, [request], streams)
        try:
            return int(self.requests.recv(REQUEST_BYTES))
        except TimeoutError:
            os.killpg(self.process.pid, signal.SIGKILL)
            command_server.cache_clear()
            raise

    def stop(self) -> None:
        self.requests.close()
        self.process.wait()


@cache
def command_server() -> CommandServer:
    return CommandServer()


def run_command(
    arguments: list[str], environment: dict[str, str], typed: bytes, timeout_s: float = 60
) -> subprocess.CompletedProcess[str]:
    """Returns the exit code of `modelshare` and what it wrote. Raises TimeoutError."""
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        stdin.write(typed)
        stdin.seek(0)
        request = json.dumps([arguments, environment, str(Path.cwd())]).encode()
        streams = [stdin.fileno(), stdout.fileno(), stderr.fileno()]
        exit_code = command_server().run(request, streams, timeout_s)
        stdout.seek(0)
        stderr.seek(0)
        return subprocess.CompletedProcess(
            arguments, exit_code, stdout.read().decode(), stderr.read().decode()
        )


def fork_for_each(requests: socket.socket) -> None:
    """Answer each request with the exit code of its process; return in that process."""
    while True:
        request, streams, _, _ = socket.recv_fds(requests, REQUEST_BYTES, 3)
        if not request:
            raise SystemExit
        if not (process := os.fork()):
            break
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(process, 0)
        requests.send(str(os.waitstatus_to_exitcode(status)).encode())
    requests.close()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    arguments, environment, directory = json.loads(request)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments


if __name__ == "__main__":
    fork_for_each(socket.socket(fileno=int(sys.argv[1])))
    main()
