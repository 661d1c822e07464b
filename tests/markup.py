"""Reads the HTML of a page as a parser does, so that tests do not depend on how it is written."""

import json
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString

# Tags that stand inside a word or a sentence: they put no space beside their text.
INSIDE_A_SENTENCE = {"a", "abbr", "b", "bdi", "code", "span"}


def parse(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def select(html: str, selector: str) -> list[Tag]:
    """Every element of the page that a CSS selector names, in the order of the page."""
    return list(parse(html).select(selector))


def select_one(html: str, selector: str) -> Tag:
    """The only element that a CSS selector names; fails where there is none or another."""
    elements = select(html, selector)
    assert len(elements) == 1, f"{len(elements)} elements are {selector}"
    return elements[0]


def text_of(element: Tag) -> str:
    """What a reader sees of an element, with single spaces."""
    return " ".join(element.get_text().split())


def words_of(element: Tag) -> str:
    """The words of an element, with single spaces: those of two cells or two blocks stand apart."""
    return " ".join("".join(_pieces(element)).split())


def _pieces(element: Tag) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, Tag):
            space = "" if child.name in INSIDE_A_SENTENCE else " "
            yield from (space, *(() if child.name == "script" else _pieces(child)), space)
        elif isinstance(child, NavigableString) and not isinstance(child, PreformattedString):
            yield str(child)


def words_for_people(content_type: str, body: str) -> str:
    """The words of an answer: of the main part of a page, or of a problem document."""
    if content_type.startswith("application/problem+json"):
        problem = json.loads(body)
        return f"{problem['title']} {problem['detail']}"
    assert content_type.startswith("text/html"), content_type
    return words_of(select_one(body, "main"))


def texts(html: str, selector: str) -> list[str]:
    """What a reader sees of every element that a CSS selector names."""
    return [text_of(element) for element in select(html, selector)]


def links_named(html: str, words: str) -> list[str]:
    """Where the links lead that a reader sees as exactly `words`."""
    return [str(link["href"]) for link in select(html, "a[href]") if text_of(link) == words]


def attributes(html: str, selector: str, name: str) -> list[str]:
    """The attribute `name` of every element that a CSS selector names."""
    return [str(element[name]) for element in select(html, selector)]
