"""Caddy with the project's Caddyfile, before services on this machine.

What the file says is taken as it is, but for where the services are, the ports and a log.
"""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.paths import PROJECT
from tests.faults.builders import free_port

CADDYFILE = PROJECT / "Caddyfile"
LOCAL = "default_bind 127.0.0.1\n\tskip_install_trust\n\thttp_port {http}\n\thttps_port {https}\n\t"


def configured(place: Path, upstreams: Sequence[str], port: int) -> Path:
    text, nodes = CADDYFILE.read_text(), "dynamic a app 8000 {"
    assert nodes in text
    if len(upstreams) == 1:
        text = text.replace(nodes, f"dynamic a 127.0.0.1 {urlsplit('//' + upstreams[0]).port} {{")
    else:  # No name leads to several ports.
        block = re.compile(re.escape(nodes) + r"[^}]*}")
        text = block.sub(f"to {' '.join(upstreams)}", text)
    text = text.replace("admin off", LOCAL.format(http=free_port(), https=port) + "admin off", 1)
    # With every request in the log, to see what of one is told there.
    text = text.replace("level ERROR", "level INFO")
    text = text.replace("lb_try_duration 10s", "lb_try_duration 1s")
    path = place / "Caddyfile"
    path.write_text(text)
    return path


def caddy_program() -> str:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("NO CADDY FOUND: WHAT THE CADDYFILE DOES IS NOT TESTED. apt install caddy")
    return program


@contextmanager
def caddy(place: Path, *upstreams: str) -> Iterator[tuple[int, Path]]:
    program = caddy_program()
    port = free_port()
    config = configured(place, upstreams, port)
    env = os.environ | {"SITE_HOST": f"localhost:{port}", "XDG_DATA_HOME": str(place)}
    env |= {"XDG_CONFIG_HOME": str(place), "HOME": str(place)}
    command = [program, "run", "--adapter", "caddyfile", "--config", str(config)]
    with (place / "caddy.log").open("wb") as log:
        process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
    authority = place / "caddy/pki/authorities/local/root.crt"
    try:
        wait_for(process, port, authority, place / "caddy.log")
        yield port, authority
    finally:
        process.terminate()
        process.wait(30)


def wait_for(process: subprocess.Popen[bytes], port: int, authority: Path, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with suppress(OSError):
            context = ssl.create_default_context(cafile=authority)
            with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
                context.wrap_socket(plain, server_hostname="localhost").close()
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text())
