"""A slug means its developer: what to say where a company of that slug has others too."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.catalogue.companies import company_members
from app.catalogue.entries import companies_by_slug, developers_by_slug
from app.database.vintages import vintage_at
from app.domain.questions.question import Question
from app.wording.formats import join_names


@dataclass(frozen=True, slots=True)
class Namesake:
    """A company that has the slug of a developer asked for, and other developers beside it.

    `question` asks for all of them in place of the developer.
    """

    slug: str
    name: str
    developers: tuple[str, ...]
    question: Question

    def sentence(self) -> str:
        """Return the sentence that says so, with the parameter that asks for the company."""
        listed = join_names(self.developers)
        return f"{self.name} is also a company with the developers {listed}: company={self.slug}."


def namesakes(session: Session, question: Question) -> Iterator[Namesake]:
    """Yield the namesakes of the question's developers that it does not ask for whole."""
    if not question.developer:
        return
    vintage = vintage_at(session, question.as_of)
    companies, members = companies_by_slug(vintage), company_members(vintage)
    developers = developers_by_slug(vintage)
    for slug in question.developer:
        own = members.get(slug, ())
        if slug in companies and slug in own and not set(own) <= set(question.developer):
            names = tuple(developers[developer].name for developer in own)
            others = tuple(other for other in question.developer if other != slug)
            whole = question.having(company=(slug,), developer=others)
            yield Namesake(slug, companies[slug].name, names, whole)


def namesake_notes(session: Session, question: Question) -> list[str]:
    """Return the sentences of the question's namesakes."""
    return [namesake.sentence() for namesake in namesakes(session, question)]
