"""The settings that say who runs the site: what is refused at the start, and what is understood."""

import pytest

from app.cli.console import load_settings
from app.domain.errors import UserError
from app.domain.site import UNNAMED_SITE, Site
from app.settings import Settings


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "SITE_NAME",
            "x" * 61,
            f"Found “{'x' * 61}”; expected at most 60 characters; there are 61",
        ),
        ("SITE_NAME", "A\u202eB", "visible characters only; character 2 is U+202E"),
        (
            "SITE_NAME",
            "A\nB",
            "one line of text, without line breaks and tabs. Did you",
        ),
        ("SITE_NAME", "A\x1b[31mB", "Found “A\\x1b[31mB”; expected visible characters only"),
        ("SITE_NAME", "\udcfc", "expected UTF-8 text; byte 0xFC is not"),
        ("SITE_PUBLISHER", "x" * 121, "at most 120 characters; there are 121"),
        ("SITE_CONTACT", "editors", "Found “editors”; expected an e-mail address, or an address"),
        ("SITE_CONTACT", "mailto:a@b.example", "Did you mean “a@b.example”?"),
        ("SITE_CONTACT", "javascript:alert(1)", "begins with https:// or http://"),
        ("SITE_IMPRINT_URL", "a@b.example", "an address that begins with https:// or http://"),
        ("SITE_IMPRINT_URL", "https://b.example/a b", "begins with https:// or http://"),
        ("SITE_LICENCE", "CC-BY-4", "Did you mean “CC-BY-4.0”?"),
        ("SITE_LICENCE", "x" * 121, "at most 120 characters"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name_with_what_to_write(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, message: str
) -> None:
    monkeypatch.setenv(name, text)
    with pytest.raises(UserError) as refused:
        load_settings()
    assert refused.value.title == f"{name} is not usable"
    assert message in refused.value.detail


def test_empty_and_blank_settings_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NAME", "PUBLISHER", "CONTACT", "IMPRINT_URL", "LICENCE"):
        monkeypatch.setenv(f"SITE_{name}", " " if name == "NAME" else "")
    assert Settings().site == UNNAMED_SITE


def test_the_settings_make_the_site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_NAME", " Example Shares ")
    monkeypatch.setenv("SITE_PUBLISHER", "Example Institute")
    monkeypatch.setenv("SITE_CONTACT", "fix@shares.example")
    monkeypatch.setenv("SITE_IMPRINT_URL", "https://shares.example/imprint")
    monkeypatch.setenv("SITE_LICENCE", "CC BY 4.0")
    assert Settings().site == Site(
        name="Example Shares",
        publisher="Example Institute",
        contact="fix@shares.example",
        imprint_url="https://shares.example/imprint",
        licence="CC-BY-4.0",
    )
