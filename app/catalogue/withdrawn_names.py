"""Names that only withdrawn files brought: they leave lists and counts, and come back with a file.

Such a name was created by publishing an upload that is withdrawn, no upload that stands names it,
and nobody has corrected its entry. Its page stays, and so does every vintage before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    cast,
    exists,
    literal,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from app.database.sum_tables import DeveloperSum
from app.database.tables import CatalogueChange, Developer, Model, Observation, Snapshot, Upload
from app.database.vintages import (
    END_OF_TIME,
    Vintage,
    is_current_at,
    read_once_a_version,
    vintage_at,
)

CREATED_BY_UPLOAD: Final = "named in upload "
"""How the audit list begins the reason of an entry that publishing created; the number follows."""


class UnlistedNames(NamedTuple):
    """Slugs that are in no list."""

    developers: frozenset[str]
    models: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Uploads:
    """Which rows of `upload` are withdrawn and which stand, and up to when corrections count."""

    withdrawn: ColumnElement[bool]
    standing: ColumnElement[bool]
    limit: datetime


@read_once_a_version
def read_unlisted_names(vintage: Vintage) -> UnlistedNames:
    """Return the names that only withdrawn files had brought by then."""
    limit = vintage.as_of or END_OF_TIME
    uploads = _Uploads(Upload.withdrawn_at <= limit, is_current_at(vintage.as_of), limit)
    return _read_unlisted(vintage.session, uploads)


def names_leaving_with(session: Session, upload_id: int) -> UnlistedNames:
    """Return the names that leave the lists of now once this upload is withdrawn."""
    then = _Uploads(
        or_(Upload.withdrawn_at.is_not(None), Upload.id == upload_id),
        and_(is_current_at(None), Upload.id != upload_id),
        END_OF_TIME,
    )
    now, later = read_unlisted_names(vintage_at(session)), _read_unlisted(session, then)
    return UnlistedNames(later.developers - now.developers, later.models - now.models)


def _read_unlisted(session: Session, uploads: _Uploads) -> UnlistedNames:
    developers = select(literal("developer"), Developer.slug).where(
        not_(_developer_is_listed(uploads))
    )
    models = select(literal("model"), Model.slug).where(
        not_(_model_is_listed(Model.slug, Model.id, uploads))
    )
    rows = session.execute(union_all(developers, models)).all()
    by_kind = {
        kind: frozenset(slug for of, slug in rows if of == kind) for kind in ("developer", "model")
    }
    return UnlistedNames(by_kind["developer"], by_kind["model"])


def _developer_is_listed(uploads: _Uploads) -> ColumnElement[bool]:
    standing = select(Snapshot.id).join(Upload).where(uploads.standing)
    used = select(DeveloperSum.developer_id).where(
        DeveloperSum.developer_id.is_not(None), DeveloperSum.snapshot_id.in_(standing)
    )
    unused = and_(_is_withdrawn("developers", Developer.slug, uploads), Developer.id.not_in(used))
    # The list of models names the developer of each.
    model = aliased(Model)
    has_model = exists().where(
        model.developer_id == Developer.id, _model_is_listed(model.slug, model.id, uploads)
    )
    return not_(and_(unused, not_(has_model)))


def _model_is_listed(
    slug: InstrumentedAttribute[str], model_id: InstrumentedAttribute[int], uploads: _Uploads
) -> ColumnElement[bool]:
    standing = select(Snapshot.id).join(Upload).where(uploads.standing)
    used = select(Observation.model_id).where(
        Observation.model_id.is_not(None), Observation.snapshot_id.in_(standing)
    )
    # The first half is false of nearly every name, and the second, which reads lines, not asked.
    return not_(and_(_is_withdrawn("models", slug, uploads), model_id.not_in(used)))


def _is_withdrawn(
    kind: str, slug: InstrumentedAttribute[str], uploads: _Uploads
) -> ColumnElement[bool]:
    """Return whether a withdrawn upload created the entry and nobody has corrected it."""
    change, correction = aliased(CatalogueChange), aliased(CatalogueChange)
    created = (
        select(change.key)
        .join(Upload, change.reason == literal(CREATED_BY_UPLOAD) + cast(Upload.id, Text))
        .where(change.kind == kind, change.before.is_(None), uploads.withdrawn)
    )
    corrected = select(correction.key).where(
        correction.kind == kind, correction.before.is_not(None), correction.at <= uploads.limit
    )
    return and_(slug.in_(created), slug.not_in(corrected))
