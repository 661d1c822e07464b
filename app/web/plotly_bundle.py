"""Brings Plotly for the browser to `static/vendor`, at set-up: `python -m app.web.plotly_bundle`.

It takes the slim bundle by npm where that is at hand, else the large one of the Python package.
"""

import base64
import hashlib
import logging
import shutil
import subprocess
import tarfile
import tempfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import brotli

from app.paths import STATIC

# The version must be that of the plotly.js which the Python package writes figures for; a test
# compares them. A new version needs its digest here: `npm view PACKAGE@VERSION dist.integrity`.
VERSION: Final = "4.1.1"
PACKAGE: Final = "plotly.js-basic-dist-min"
INTEGRITY: Final = (
    "sha512-"
    "1oNF8PeQx2hv/y7tqEVWKD3JGwn/MGEMQ8mL9HUwsaqG9FGy/OU5FHUHvzqbqxN4mnwZGI9abTiE775C4kkjMQ=="
)
VENDOR: Final = STATIC / "vendor"
_DOWNLOAD_TIMEOUT_S: Final = 90

_log = logging.getLogger(__name__)


class NoPackageError(Exception):
    """The slim bundle cannot be had here; the message says why."""


def install_bundle(vendor: Path = VENDOR, *, quality: int = 11) -> None:
    """Put `plotly.min.js`, its copy packed with this quality of Brotli, and its licence there."""
    try:
        script, licence = slim_bundle()
        _log.info("Plotly: slim bundle %s", VERSION)
    except NoPackageError as reason:
        script, licence = wheel_bundle()
        _log.info("Plotly: %s, so the full bundle serves, four times as big", reason)
    vendor.mkdir(parents=True, exist_ok=True)
    (vendor / "plotly.LICENSE.txt").write_bytes(licence)
    # Moved into place when it is complete: its presence says that this has been done.
    unfinished = vendor / "plotly.unfinished"
    unfinished.write_bytes(script)
    # Three seconds here save each new reader a fifth of the largest file. It is written after the
    # script: an older copy would be one of another script, and is not served.
    packed = brotli.compress(script, mode=brotli.MODE_TEXT, quality=quality)
    (vendor / "plotly.min.js.br").write_bytes(packed)
    unfinished.replace(vendor / "plotly.min.js")


def slim_bundle() -> tuple[bytes, bytes]:
    """Return script and licence of the npm package. Raise NoPackageError."""
    with tempfile.TemporaryDirectory() as folder:
        archive = _packed(Path(folder))
        # npm checks the digest that the registry states. This one is the project's own, so that no
        # registry or mirror decides which script readers run.
        if file_integrity(archive) != INTEGRITY:
            raise NoPackageError(f"what npm brought is not the {PACKAGE} we know")
        with tarfile.open(archive) as files:
            return _file(files, "plotly-basic.min.js"), _file(files, "LICENSE")


def _packed(folder: Path) -> Path:
    """Return the archive that npm put into `folder`. Raise NoPackageError."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoPackageError("there is no npm")
    # By npm rather than an address, so that the registry and proxy set up for it are used. Scripts
    # of packages would run with the rights of whoever sets the site up.
    command = [npm, "pack", "--silent", "--ignore-scripts", f"{PACKAGE}@{VERSION}"]
    try:
        subprocess.run(
            command, cwd=folder, capture_output=True, check=True, timeout=_DOWNLOAD_TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise NoPackageError(f"npm could not bring {PACKAGE}") from error
    return folder / f"{PACKAGE}-{VERSION}.tgz"


def file_integrity(file: Path) -> str:
    """Return the digest of a file as npm writes it."""
    digest = hashlib.sha512(file.read_bytes()).digest()
    return "sha512-" + base64.b64encode(digest).decode()


def _file(files: tarfile.TarFile, name: str) -> bytes:
    # Read in place and not extracted: no path in the archive is written to the disk.
    member = files.extractfile(f"package/{name}")
    if member is None:
        raise NoPackageError(f"{PACKAGE} has no {name}")
    return member.read()


def wheel_bundle() -> tuple[bytes, bytes]:
    """Return script and licence of the Python package, which is always there."""
    wheel = distribution("plotly")
    script = Path(str(wheel.locate_file("plotly/package_data/plotly.min.js")))
    return script.read_bytes(), (wheel.read_text("licenses/LICENSE.txt") or "").encode()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    install_bundle()
