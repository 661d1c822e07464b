"""A citation as reference managers read it: BibTeX and CSL-JSON."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.domain.site import Site
from app.wording.formats import NO_BREAK_SPACE, format_instant_name


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation of one answer.

    `title` tells the cited figures, `sentence` all there is to say, `short` what a news story says,
    `rights` what the sources ask for. `link` is absolute and pinned to the vintage; `key` names the
    entry in a bibliography. `site` is who computed the figures.
    """

    site: Site
    title: str
    sentence: str
    short: str
    link: str
    rights: str
    vintage: datetime
    key: str

    @property
    def bibtex(self) -> str:
        """One entry for BibTeX, with what TeX would take for commands escaped."""
        # Doubled braces keep the author one name instead of first and last ones, and the capitals
        # of the title, which styles would make small.
        fields = {
            "author": f"{{{_tex(self.site.author)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "year": f"{self.vintage:%Y}",
            "month": f"{self.vintage:%b}".lower(),
            "publisher": f"{{{_tex(self.site.other_publisher)}}}",
            "howpublished": rf"\url{{{self.link}}}",
            "note": _tex(f"As known on {format_instant_name(self.vintage)}. {self.rights}"),
        }
        # Names of months are macros of BibTeX (`nov`) and stand without braces, so that each style
        # can write them in its own way.
        lines = [
            f"  {name} = {value if name == 'month' else f'{{{value}}}'},"
            for name, value in fields.items()
            if value != "{}"
        ]
        return "\n".join([f"@misc{{{self.key},", *lines, "}"]) + "\n"

    @property
    def csl(self) -> list[dict[str, Any]]:
        """The items of a CSL-JSON file, as Zotero and pandoc read it: one data set."""
        # `literal` keeps the author one name.
        day, publisher = self.vintage, self.site.other_publisher
        return [
            {
                "id": self.key,
                "type": "dataset",
                "title": self.title,
                "author": [{"literal": self.site.author}],
                "issued": {"date-parts": [[day.year, day.month, day.day]]},
                "version": f"as known on {format_instant_name(day)}",
                "URL": self.link,
                "note": self.rights,
            }
            | ({"publisher": publisher} if publisher else {})
        ]

    @property
    def csl_text(self) -> str:
        """The CSL-JSON file."""
        return json.dumps(self.csl, ensure_ascii=False, indent=2) + "\n"


# One pass over the characters, since a chain of replacements would escape its own backslashes.
_TEX: Final = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    NO_BREAK_SPACE: "~",
    # Not `\{` and `\}`: BibTeX counts braces before TeX sees their backslashes, and they need not
    # balance in a title.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
} | {char: f"\\{char}" for char in "&%$#_"}


def _tex(text: str) -> str:
    return "".join(_TEX.get(char, char) for char in text)
