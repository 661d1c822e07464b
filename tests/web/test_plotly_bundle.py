"""The Plotly that browsers get: slim where npm is at hand, of the version figures are made for."""

import logging
import shutil
from pathlib import Path

import brotli
import pytest
from plotly.offline import get_plotlyjs, get_plotlyjs_version

from app.web import plotly_bundle
from app.web.plotly_bundle import INTEGRITY, VERSION, file_integrity, install_bundle


def test_the_pinned_bundle_is_of_the_version_that_the_python_package_writes_for() -> None:
    assert get_plotlyjs_version() == VERSION


def test_the_bundle_in_place_is_of_the_pinned_version() -> None:
    head = (plotly_bundle.VENDOR / "plotly.min.js").read_text(encoding="utf-8")[:200]
    assert f"v{VERSION}\n" in head


def test_without_npm_the_file_of_the_python_package_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    caplog.set_level(logging.INFO)
    install_bundle(tmp_path / "vendor", quality=1)
    assert (tmp_path / "vendor" / "plotly.min.js").read_text(encoding="utf-8") == get_plotlyjs()
    packed = (tmp_path / "vendor" / "plotly.min.js.br").read_bytes()
    assert brotli.decompress(packed).decode() == get_plotlyjs()
    assert "MIT License" in (tmp_path / "vendor" / "plotly.LICENSE.txt").read_text()
    assert caplog.messages == [
        "Plotly: there is no npm, so the full bundle serves, four times as big"
    ]


def test_a_package_with_another_digest_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    npm = tmp_path / "npm"
    npm.write_text(
        f"#!{shutil.which('sh')}\necho tampered > {plotly_bundle.PACKAGE}-{VERSION}.tgz\n"
    )
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    caplog.set_level(logging.INFO)
    install_bundle(tmp_path / "vendor", quality=1)
    assert (tmp_path / "vendor" / "plotly.min.js").read_text(encoding="utf-8") == get_plotlyjs()
    assert "what npm brought is not the plotly.js-basic-dist-min we know" in caplog.text


def test_digests_are_written_as_npm_writes_them(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"")
    assert file_integrity(file) == (
        "sha512-"
        "z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="
    )
    assert len(INTEGRITY) == len(file_integrity(file))
