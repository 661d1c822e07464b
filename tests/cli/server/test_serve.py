"""`modelshare serve` and `make run` as a newcomer meets them: real processes, ports and signals."""

import os
import pty
import re
import resource
import select
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import psycopg
import pytest

from app.database.embedded.server import wait_until_stopped
from app.paths import PROJECT
from tests.programs import ANSWER_TIMEOUT_S, MODELSHARE_PROGRAM, Program

Start = Callable[..., Program]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a first start has filled a database."""
    directory = tmp_path_factory.mktemp("first") / "var"
    program = Program("serve", "--port", "0", "--data-dir", directory)
    program.address()
    program.stop(signal.SIGTERM)
    assert "Filling the empty database" in program.output
    wait_until_stopped(directory)
    return directory


@pytest.fixture
def start(data_dir: Path) -> Iterator[Start]:
    programs = []

    def start(*arguments: str | Path, **environment: str) -> Program:
        programs.append(Program(*arguments, **environment))
        return programs[-1]

    yield start
    for program in programs:
        program.stop(signal.SIGKILL)
    wait_until_stopped(data_dir)


def test_the_second_start_serves_at_once_and_fills_nothing_again(
    start: Start, data_dir: Path
) -> None:
    began = processor_time()
    program = start("serve", "--port", "0", "--data-dir", data_dir)
    answer = httpx2.get(
        program.address() + "/api/v1/shares?source=openrouter-rankings", timeout=ANSWER_TIMEOUT_S
    )
    assert answer.status_code == 200
    program.stop(signal.SIGTERM)
    assert "Filling" not in program.output
    # Seconds of the processor, to which other work adds less than to the clock: 1.9 on an idle
    # machine, 3.2 on a busy one.
    assert processor_time() - began < 5


def processor_time() -> float:
    """Seconds that ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_nothing_is_left_when_it_is_stopped_or_killed(
    start: Start, data_dir: Path, number: signal.Signals, workers: str
) -> None:
    program = start("serve", "--port", "0", "--data-dir", data_dir, "--workers", workers)
    address = program.address()
    assert answers(address)
    server = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])

    program.stop(number)

    wait_until_stopped(data_dir)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)
    deadline = time.monotonic() + 10
    while answers(address):  # workers notice within a second or two
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert "Traceback" not in program.output


def answers(address: str) -> bool:
    """Whether it does, within the time that workers need to come up."""
    for _ in range(100):
        try:
            return httpx2.get(address + "/healthz", timeout=5).status_code == 200
        except httpx2.ConnectError:
            return False
        except httpx2.TransportError:
            time.sleep(0.1)
    return False


@pytest.mark.parametrize("workers", ["1", "2"])
def test_when_its_postgresql_is_killed_it_ends_and_says_so(
    start: Start, data_dir: Path, workers: str
) -> None:
    program = start("serve", "--port", "0", "--workers", workers, "--data-dir", data_dir)
    address = program.address()
    while httpx2.get(f"{address}/readyz", timeout=ANSWER_TIMEOUT_S).status_code != 200:
        time.sleep(0.1)
    os.kill(int((data_dir / "postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    program.finish()
    assert "PostgreSQL has ended, and so does this." in program.output
    again = start("serve", "--port", "0", "--data-dir", data_dir)
    assert httpx2.get(f"{again.address()}/readyz", timeout=ANSWER_TIMEOUT_S).status_code == 200


def test_it_lives_on_when_the_shell_that_began_it_is_gone(data_dir: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    serve = f"{MODELSHARE_PROGRAM} serve --port 0 --data-dir '{data_dir}' >'{log}' 2>&1 & echo $!"
    until_it_serves = f"until grep -q http: '{log}'; do sleep 0.1; done"
    process = int(subprocess.check_output(["sh", "-c", f"{serve}; {until_it_serves}"], text=True))
    try:
        time.sleep(2.5)  # longer than anybody would look for the parent
        address = re.search(r"http://\S+", log.read_text())
        assert address
        assert httpx2.get(address[0] + "/readyz", timeout=ANSWER_TIMEOUT_S).status_code == 200
    finally:
        os.kill(process, signal.SIGTERM)
        wait_until_stopped(data_dir)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_restart_keeps_its_address_and_its_database(
    start: Start, data_dir: Path, workers: str
) -> None:
    program = start("serve", "--port", "0", "--workers", workers, "--data-dir", data_dir)
    address = program.address()
    assert answers(address)
    program.process.send_signal(signal.SIGHUP)
    while workers == "1" and program.output.count(f" is at {address} ") < 2:
        program.output += program.terminal.readline()
    answer = httpx2.get(f"{address}/api/v1/shares", timeout=ANSWER_TIMEOUT_S)
    assert answer.status_code == 200
    program.stop(signal.SIGTERM)
    assert "Traceback" not in program.output


def test_other_commands_work_beside_it(start: Start, data_dir: Path, tmp_path: Path) -> None:
    program = start("serve", "--port", "0", "--data-dir", data_dir)
    address = program.address()
    beside = start("export", tmp_path / "out", "--data-dir", data_dir)
    assert beside.finish() == 0
    assert (tmp_path / "out" / "snapshots" / "openrouter-rankings.csv").exists()
    assert httpx2.get(address + "/readyz", timeout=ANSWER_TIMEOUT_S).status_code == 200


def test_a_port_that_is_taken_is_one_clear_line(start: Start, data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        program = start("serve", "--data-dir", data_dir, PORT=port)
        assert program.finish() == 1
    assert program.output.splitlines() == [
        f"Cannot listen on 127.0.0.1:{port}: Address already in use.",
        "Choose another with --port or PORT.",
    ]


def test_a_data_directory_that_cannot_be_is_one_clear_line(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    program = start("serve", "--port", "0", DATA_DIR=str(file / "var"))
    assert program.finish() == 1
    assert program.output.splitlines() == [
        f"The data directory {file}/var cannot be used: Not a directory.",
        "Choose another with --data-dir or DATA_DIR, or name a server in DATABASE_URL.",
    ]


def test_with_a_database_url_no_server_of_our_own_is_started(
    start: Start, empty_database_url: str, tmp_path: Path
) -> None:
    url = empty_database_url.replace("postgresql+psycopg://", "postgres://")
    program = start(
        *("serve", "--port", "0", "--data-dir", tmp_path / "var"),
        DATABASE_URL=url,
        SITE_NAME="Example Shares",
        SITE_CONTACT="fix@shares.example",
    )
    address = program.address()
    assert httpx2.get(address + "/readyz", timeout=ANSWER_TIMEOUT_S).status_code == 200
    assert "fix@shares.example" in httpx2.get(address + "/about", timeout=ANSWER_TIMEOUT_S).text
    assert not (tmp_path / "var").exists()
    program.stop(signal.SIGTERM)
    assert "may also change what is published" in program.output
    assert "hosts any; proxies 127.0.0.1; workers 1; reads a minute 120;" in program.output
    settings = "site Example Shares; contact fix@shares.example; imprint none; licence none."
    assert settings in program.output
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM observation").fetchone() == (0,)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("PORT", "eighty", "PORT is not usable."),
        ("DATABASE_URL", "sqlite:///x", "DATABASE_URL is not usable."),
        ("DATABASE_READ_URL", "sqlite:///x", "DATABASE_READ_URL is not usable."),
        ("DATABASE_READ_URL", "postgresql://db/x", "DATABASE_READ_URL is not usable."),
        ("WEB_CONCURRENCY", "0", "WEB_CONCURRENCY is not usable."),
        *(
            ("ALLOWED_HOSTS", wrong, "ALLOWED_HOSTS is not usable.")
            for wrong in ("https://a.example", "a.example:443", "*", "a b", "a.example, b/c")
        ),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    start: Start, name: str, text: str, message: str
) -> None:
    program = start("serve", **{name: text})
    assert program.finish() == 1
    assert program.output.splitlines()[0] == message
    assert "Traceback" not in program.output


def test_once_installed_make_run_installs_nothing() -> None:
    # `make test` tells the makes below it to say where they work.
    command = ["make", "--no-print-directory", "--dry-run", "run"]
    planned = subprocess.check_output(command, cwd=PROJECT, text=True)
    assert planned.split() == ["exec", ".venv/bin/modelshare", "serve"]


def test_ctrl_c_ends_make_run_without_a_word_of_alarm(data_dir: Path) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(PROJECT)
        os.environ |= {"DATA_DIR": str(data_dir), "PORT": "0"}
        # Scripts start what runs in the background deaf to SIGINT, which is handed down: who runs
        # these tests so would have a server without a Ctrl-C to hear.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # As in a terminal, the shell outlives make. Were make the leader of the session, its end
        # would throw away what nobody has read yet.
        os.execvp("sh", ["sh", "-c", "trap : INT; make run; echo 'The prompt is back.'; read line"])
    output = read_until(terminal, b"Ctrl-C stops it")
    server = int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])

    os.write(terminal, b"\x03")

    output += read_until(terminal, b"The prompt is back.")
    os.close(terminal)
    os.waitpid(child, 0)
    # make hears of it at the same moment: its own last words may come before, after, or between. A
    # make below another, as in `make test`, also says which directory it leaves.
    words_of_make = r"make(\[\d+\])?: (\*\*\* \[[^]]*\] \w+|(Entering|Leaving) directory '[^']*')"
    ours = re.sub(words_of_make, "", output.replace("^C", ""))
    assert ours.partition("The prompt is back.")[0].split()[-1] == "Stopped.", repr(output)
    assert "Traceback" not in output
    wait_until_stopped(data_dir)
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def read_until(terminal: int, end: bytes) -> str:
    """What was written up to `end`, or up to its closing; at most for a minute without a word."""
    read = b""
    while end not in read and select.select([terminal], [], [], 60)[0]:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # so Linux says that the other side is closed
            break
        if not part:
            break
        read += part
    return read.decode()
