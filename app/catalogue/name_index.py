"""Today's names of everything that questions and searches may name."""

from collections import defaultdict

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from app.catalogue.withdrawn_names import read_unlisted_names
from app.database.name_tables import Alias, Company
from app.database.tables import Developer, Model, Source
from app.database.vintages import vintage_at
from app.domain.naming.names import EntryNames, NamedType, NameIndex, OtherName, alias_key
from app.domain.naming.search import HitType, Searchable

HUGGING_FACE_KINDS = {NamedType.DEVELOPER: "huggingface-org", NamedType.MODEL: "huggingface-id"}
"""The kinds of the names that stand in columns of their own, as aliases are called."""


def load_name_index(session: Session, listed_only: bool = False) -> NameIndex:
    """Return every name of today's catalogue by which a company, developer or model is found.

    `listed_only` leaves out what only withdrawn files named.
    """
    left_out = _unlisted_entries(session) if listed_only else frozenset()
    own = (
        select(literal(kind.value), table.slug, table.name, company, on_hugging_face)
        for kind, table, company, on_hugging_face in (
            (NamedType.COMPANY, Company, literal(""), literal("")),
            (
                NamedType.DEVELOPER,
                Developer,
                func.coalesce(Developer.company, ""),
                Developer.huggingface_org,
            ),
            (NamedType.MODEL, Model, literal(""), Model.hugging_face_id),
        )
    )
    others = select(literal("alias"), Alias.entry, Alias.alias, Alias.entry_type, Alias.kind).where(
        ~Alias.retired
    )
    rows = session.execute(union_all(*own, others)).all()
    aliases: dict[tuple[str, str], list[OtherName]] = defaultdict(list)
    for row_type, slug, text, entry_type, kind in rows:
        if row_type == "alias":
            aliases[entry_type, slug].append(OtherName(text, kind))
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row_type, slug, text, entry_type, _ in rows:
        names_of_row = (text,) if row_type == "alias" else (slug, text)
        for text_of_row in names_of_row:
            named = entry_type if row_type == "alias" else row_type
            owners[named, alias_key(text_of_row)].add(slug)
    entries: dict[str, dict[str, EntryNames]] = {kind.value: {} for kind in NamedType}
    for kind_text, slug, name, company, on_hugging_face in rows:
        if kind_text == "alias" or (kind_text, slug) in left_out:
            continue
        names = aliases[kind_text, slug]
        # What somebody wrote into this column takes no slug, name or alias from another entry.
        taken = owners[kind_text, alias_key(on_hugging_face)] - {slug}
        if on_hugging_face and not taken and on_hugging_face not in {o.text for o in names}:
            names.append(OtherName(on_hugging_face, HUGGING_FACE_KINDS[NamedType(kind_text)]))
        in_order = sorted(names, key=lambda other: (other.text, other.kind))
        entries[kind_text][slug] = EntryNames(slug, name, tuple(in_order), company)
    return NameIndex(*(entries[kind.value] for kind in NamedType))


def _unlisted_entries(session: Session) -> frozenset[tuple[str, str]]:
    unlisted = read_unlisted_names(vintage_at(session))
    developers = ((NamedType.DEVELOPER.value, slug) for slug in unlisted.developers)
    models = ((NamedType.MODEL.value, slug) for slug in unlisted.models)
    return frozenset((*developers, *models))


def load_searchables(session: Session) -> list[Searchable]:
    """Return everything of today's catalogue that a search may find, with all its names."""
    index = load_name_index(session, listed_only=True)
    sources = session.execute(select(Source.slug, Source.name).order_by(Source.slug.collate("C")))
    named = (
        (HitType.COMPANY, index.companies),
        (HitType.DEVELOPER, index.developers),
        (HitType.MODEL, index.models),
    )
    return [
        *(Searchable(HitType.SOURCE, slug, name) for slug, name in sources),
        *(
            Searchable(hit_type, entry.slug, entry.name, entry.others)
            for hit_type, entries in named
            for entry in entries.values()
        ),
    ]
