"""Companies and the developers that belonged to them at a vintage.

A developer that belongs to no company stands for itself: it is asked for and grouped by its own
slug as a company is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, case, literal, null

from app.catalogue.entries import companies_by_slug, developers_by_slug
from app.catalogue.history import read_cells, read_developer_origins
from app.database.tables import Developer
from app.database.vintages import Vintage, read_once_a_version
from app.domain.vocabulary import Origin


@read_once_a_version
def company_members(vintage: Vintage) -> Mapping[str, tuple[str, ...]]:
    """Return the slugs of the developers of each company then, by the company's slug."""
    companies = companies_by_slug(vintage)
    members: dict[str, tuple[str, ...]] = {}
    for entry in developers_by_slug(vintage).values():
        company = entry.company if entry.company in companies else entry.slug
        members[company] = (*members.get(company, ()), entry.slug)
    return members


def developers_of(vintage: Vintage, slugs: Iterable[str]) -> list[str]:
    """Return the developers of companies and of all companies below them, sorted by slug."""
    below: dict[str, list[str]] = defaultdict(list)
    for company in companies_by_slug(vintage).values():
        below[company.parent].append(company.slug)
    members, counted = company_members(vintage), set[str]()
    waiting = list(slugs)
    while waiting:
        slug = waiting.pop()
        # No circle can be written, but a vintage in the midst of corrections might show one.
        if slug not in counted:
            counted.add(slug)
            waiting += below[slug]
    return sorted(developer for slug in counted for developer in members.get(slug, ()))


@read_once_a_version
def company_names(vintage: Vintage) -> Mapping[str, str]:
    """Return what each company, and each developer that stands for itself, was called then."""
    developers = {slug: entry.name for slug, entry in developers_by_slug(vintage).items()}
    return developers | {slug: entry.name for slug, entry in companies_by_slug(vintage).items()}


@read_once_a_version
def company_origins(vintage: Vintage) -> Mapping[str, Origin]:
    """Return the home that gives a company its hue, by slug.

    It is that of the developer with the company's own slug, else of its first one by slug.
    """
    homes = read_developer_origins(vintage)
    firsts = {
        company: homes[developers[0]] for company, developers in company_members(vintage).items()
    }
    return firsts | homes


def company_column(vintage: Vintage) -> ColumnElement[str | None]:
    """Return the slug of the company that a line's developer belonged to then, as a column."""
    moved: dict[str, list[str]] = defaultdict(list)
    for developer, cells in read_cells(vintage, "developers").items():
        if "company" in cells:
            moved[cells["company"]].append(developer)
    today: ColumnElement[str | None] = Developer.company.expression
    cases = [
        (Developer.slug.in_(developers), literal(company) if company else null())
        for company, developers in moved.items()
    ]
    return case(*cases, else_=today) if cases else today
