"""Who runs this copy of the software: what the settings say of it, and what follows from that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from app.domain.naming.matching import fold_name, nearest_match
from app.domain.text import UnreadableCellError, clean_text, is_web_address

SOFTWARE: Final = "Open Model Share"
"""The name of the software, and of a site that has none of its own."""

LICENCE_ADDRESSES: Final[Mapping[str, str]] = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-NC-4.0": "https://creativecommons.org/licenses/by-nc/4.0/",
    "CC-BY-NC-SA-4.0": "https://creativecommons.org/licenses/by-nc-sa/4.0/",
    "CC-BY-ND-4.0": "https://creativecommons.org/licenses/by-nd/4.0/",
    "CC-BY-NC-ND-4.0": "https://creativecommons.org/licenses/by-nc-nd/4.0/",
    "ODbL-1.0": "https://opendatacommons.org/licenses/odbl/1-0/",
    "ODC-By-1.0": "https://opendatacommons.org/licenses/by/1-0/",
    "PDDL-1.0": "https://opendatacommons.org/licenses/pddl/1-0/",
    "CDLA-Permissive-2.0": "https://cdla.dev/permissive-2-0/",
    "OGL-UK-3.0": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "DL-DE-BY-2.0": "https://www.govdata.de/dl-de/by-2-0",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "MIT": "https://opensource.org/license/mit",
}
"""The licences known by their names in SPDX, and where the text of each stands."""

# The longest that each text may be, in characters. A name stands in headers, titles and pictures.
NAME_MAX: Final = 60
PUBLISHER_MAX: Final = 120
CONTACT_MAX: Final = 254  # what an e-mail address may have (RFC 5321)
URL_MAX: Final = 500
LICENCE_MAX: Final = 120


@dataclass(frozen=True, slots=True)
class Site:
    """A copy of the software as it names itself; a text is empty where nothing is given.

    `contact` is an e-mail address or an http(s) address, `licence` that of the site's own charts
    and compiled figures: a key of LICENCE_ADDRESSES or free words. `address` is where the site is
    asked, absolute and without its last slash.
    """

    name: str = ""
    publisher: str = ""
    contact: str = ""
    imprint_url: str = ""
    licence: str = ""
    address: str = ""

    @property
    def title(self) -> str:
        """The name of the site, or that of the software where it has none of its own."""
        return self.name or SOFTWARE

    @property
    def private(self) -> bool:
        """Whether nobody puts a name to the site, as on a first run."""
        return not (self.name or self.publisher)

    @property
    def credit(self) -> str:
        """What is to be named where no page stands around: on a picture, in a feed, in a frame."""
        if self.private:
            return f"a private copy of {SOFTWARE}"
        return f"{self.title} ({self.publisher})" if self.other_publisher else self.title

    @property
    def byline(self) -> str:
        """The credit where a sentence or a line begins; a given name keeps its small letters."""
        return f"A private copy of {SOFTWARE}" if self.private else self.credit

    @property
    def author(self) -> str:
        """The author of the site's figures in a bibliography."""
        # Many people run a private copy: only the address tells which one it was.
        return f"{self.byline} at {self.address}" if self.private else self.title

    @property
    def other_publisher(self) -> str:
        """The publisher, or empty where it is none or has the name of the site."""
        return self.publisher if self.publisher != self.title else ""

    @property
    def email(self) -> str:
        """The contact where it is an e-mail address, or empty."""
        return "" if "://" in self.contact else self.contact

    @property
    def contact_url(self) -> str:
        """Where a link to the contact leads; empty without one."""
        return f"mailto:{quote(self.email, safe='@')}" if self.email else self.contact

    def correction_url(self, page: str, address: str) -> str:
        """Return where a link leads that reports an error on a page; empty without a contact.

        `page` is the title of the page, which becomes the subject of a mail.
        """
        if not self.email:
            return self.contact
        return f"{self.contact_url}?subject={_part(f'Error: {page}')}&body={_part(address)}"

    @property
    def licence_url(self) -> str:
        """Where the text of the licence stands; empty where that is not known."""
        return LICENCE_ADDRESSES.get(self.licence, "")


UNNAMED_SITE: Final = Site()


def _part(text: str) -> str:
    return quote(text, safe="")


# --- what is typed into the settings


def parse_contact(text: str) -> str:
    """Return an e-mail address or an http(s) address. Raises UnreadableCellError."""
    contact = clean_text(text, URL_MAX if is_web_address(text) else CONTACT_MAX)
    if not contact or is_web_address(contact) or _EMAIL.fullmatch(contact):
        return contact
    expected = "an e-mail address, or an address that begins with https:// or http://"
    bare = contact.removeprefix("mailto:")
    raise UnreadableCellError("not_a_contact", expected, bare if _EMAIL.fullmatch(bare) else None)


# As HTML's own e-mail fields have it, with a point in the domain: what goes on the web is reached
# from everywhere.
_EMAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


def parse_imprint_url(text: str) -> str:
    """Return an http(s) address. Raises UnreadableCellError."""
    address = clean_text(text, URL_MAX)
    if address and not is_web_address(address):
        expected = "an address that begins with https:// or http://"
        raise UnreadableCellError("not_an_address", expected)
    return address


def parse_licence(text: str) -> str:
    """Return a key of LICENCE_ADDRESSES, however it is spelt, or free words.

    Raises UnreadableCellError where one word looks like a name and is none.
    """
    licence = clean_text(text, LICENCE_MAX)
    if known := _LICENCES.get(fold_name(licence)):
        return known
    if _LIKE_A_NAME.fullmatch(licence):
        expected = f"one of {', '.join(LICENCE_ADDRESSES)}, or words such as All rights reserved"
        suggestion = nearest_match(licence, LICENCE_ADDRESSES)
        raise UnreadableCellError("unknown_licence", expected, suggestion)
    return licence


_LICENCES: Final = {fold_name(name): name for name in LICENCE_ADDRESSES}
# One word with a digit or a hyphen in it, or Creative Commons without or with another version.
_LIKE_A_NAME: Final = re.compile(
    r"\S*[\d-]\S*|CC[ _-]?(BY|0)([ _-](NC|ND|SA))*([ _-][\d.]+)?", re.ASCII | re.IGNORECASE
)
