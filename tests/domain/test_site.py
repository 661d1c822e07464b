"""Who runs a site: what the settings may say, and what is said where they are silent."""

import pytest

from app.domain.site import (
    LICENCE_ADDRESSES,
    Site,
    parse_contact,
    parse_imprint_url,
    parse_licence,
)
from app.domain.text import UnreadableCellError

HERE = "https://shares.example"


@pytest.mark.parametrize(
    ("site", "title", "credit", "byline", "author"),
    [
        (
            Site(address=HERE),
            "Open Model Share",
            "a private copy of Open Model Share",
            "A private copy of Open Model Share",
            "A private copy of Open Model Share at https://shares.example",
        ),
        (Site("iShares", address=HERE), *["iShares"] * 4),
        (
            Site("iShares", "Example Institute", address=HERE),
            "iShares",
            "iShares (Example Institute)",
            "iShares (Example Institute)",
            "iShares",
        ),
        (Site("Example", "Example", address=HERE), *["Example"] * 4),
        (
            Site(publisher="Example Institute", address=HERE),
            "Open Model Share",
            "Open Model Share (Example Institute)",
            "Open Model Share (Example Institute)",
            "Open Model Share",
        ),
    ],
)
def test_a_site_is_named_as_its_settings_say_and_no_publisher_is_claimed_or_repeated(
    site: Site, title: str, credit: str, byline: str, author: str
) -> None:
    assert (site.title, site.credit, site.byline, site.author) == (title, credit, byline, author)


def test_a_contact_or_licence_alone_names_nobody() -> None:
    assert Site(contact="a@b.example", imprint_url=HERE, licence="CC0-1.0").private


def test_a_mail_of_a_correction_names_the_page() -> None:
    site = Site(contact="fix+it@shares.example")
    assert site.correction_url("60 % & more?", f"{HERE}/trends?by=model&top=3") == (
        "mailto:fix%2Bit@shares.example?subject=Error%3A%2060%20%25%20%26%20more%3F"
        "&body=https%3A%2F%2Fshares.example%2Ftrends%3Fby%3Dmodel%26top%3D3"
    )


def test_an_address_takes_corrections_as_it_is_and_nobody_takes_none() -> None:
    assert Site(contact=f"{HERE}/form?x=1").correction_url("A", HERE) == f"{HERE}/form?x=1"
    assert Site().correction_url("A", HERE) == ""


@pytest.mark.parametrize(
    "contact",
    ["", "a@b.example", "o'brien+x@sub.shares.example", HERE, "http://[::1]:8000/contact"],
)
def test_a_contact_is_an_address_of_mail_or_web(contact: str) -> None:
    assert parse_contact(f" {contact} ") == contact


@pytest.mark.parametrize(
    ("contact", "suggestion"),
    [
        ("mailto:a@b.example", "a@b.example"),
        ("javascript:alert(1)", None),
        ("ftp://b.example", None),
        ("a@b", None),
        ("a@b.example, c@d.example", None),
        ("Ada <a@b.example>", None),
        ("the editors", None),
        ("a@b.example\nBcc: c@d.example", "a@b.example Bcc: c@d.example"),
        (f"{'a' * 250}@b.example", None),
        (f"https://b.example/{'a' * 500}", None),
    ],
)
def test_no_other_contact_is_taken(contact: str, suggestion: str | None) -> None:
    with pytest.raises(UnreadableCellError) as refused:
        parse_contact(contact)
    assert refused.value.suggestion() == suggestion


@pytest.mark.parametrize("address", ["example.org/imprint", "mailto:a@b.example", "https://"])
def test_an_imprint_is_an_address_of_the_web(address: str) -> None:
    with pytest.raises(UnreadableCellError, match="begins with https:// or http://"):
        parse_imprint_url(address)


@pytest.mark.parametrize(
    ("text", "licence"),
    [
        ("CC BY 4.0", "CC-BY-4.0"),
        ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
        ("CC0 1.0", "CC0-1.0"),
        ("odbl-1.0", "ODbL-1.0"),
        ("All rights reserved", "All rights reserved"),
        ("Proprietary", "Proprietary"),
        ("CC BY 4.0 for charts, else ask", "CC BY 4.0 for charts, else ask"),
        ("", ""),
        *((name, name) for name in LICENCE_ADDRESSES),
    ],
)
def test_a_licence_is_a_known_name_or_words(text: str, licence: str) -> None:
    assert parse_licence(text) == licence
    assert Site(licence=licence).licence_url == LICENCE_ADDRESSES.get(licence, "")


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("CC-BY", "CC-BY-4.0"),
        ("CC-BY-4", "CC-BY-4.0"),
        ("CC BY 5.0", "CC-BY-4.0"),
        ("cc by-sa", "CC-BY-SA-4.0"),
        ("ODBL-2.0", "ODbL-1.0"),
        ("XYZ-9", None),
    ],
)
def test_a_licence_that_looks_like_a_name_and_is_none_is_refused(
    text: str, suggestion: str | None
) -> None:
    with pytest.raises(UnreadableCellError, match="or words such as") as refused:
        parse_licence(text)
    assert refused.value.suggestion() == suggestion
