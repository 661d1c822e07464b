"""A fetch that brings new models proposes them; what is confirmed then counts in its review."""

from collections.abc import Iterator
from datetime import date

import pytest

from app.catalogue.proposal_decisions import confirm_proposal
from app.catalogue.proposals import read_open_proposals
from app.csv_io.schema import FileLimits
from app.database.fetch_tables import Outcome
from app.database.session import Database
from app.database.tables import Upload
from app.domain.vocabulary import Openness
from app.ingest.fetching.record import FetchRequest, FetchResult
from app.ingest.fetching.run_fetch import run_fetch
from app.ingest.fetching.schedule import make_job
from app.ingest.review import Review, review_stored_upload
from app.settings import Settings
from tests.model_publishers import GLM_9, MODELS, model_publishers, serve_export, serve_list
from tests.publisher_server import Answer, PublisherServer

SEPTEMBER = date(2026, 9, 1)
KNOWN = b"2026-09-01,z-ai/glm-5.3-flash-20260826,"


@pytest.fixture
def publishers() -> Iterator[tuple[PublisherServer, PublisherServer]]:
    with model_publishers() as (openrouter, hub):
        serve_new_model(openrouter, b"z-ai/glm-9")
        yield openrouter, hub


def serve_new_model(openrouter: PublisherServer, slug: bytes) -> None:
    """Have the September export name another model on its first day."""
    serve_export(openrouter, KNOWN, KNOWN.replace(b"z-ai/glm-5.3-flash-20260826", slug))


def fetch(
    db: Database, publishers: tuple[PublisherServer, PublisherServer], *, check_only: bool = False
) -> FetchResult:
    openrouter, hub = publishers
    settings = Settings(openrouter_url=openrouter.address, huggingface_url=hub.address)
    request = FetchRequest("openrouter", "ada", SEPTEMBER, SEPTEMBER, publish=True, reason="new")
    return run_fetch(db, make_job(settings, request, check_only=check_only))


def proposed(db: Database) -> list[str]:
    with db.reading() as session:
        return [proposal.model for proposal in read_open_proposals(session)]


def review(db: Database, upload_id: int | None) -> Review:
    with db.writing() as session:
        upload = session.get_one(Upload, upload_id)
        return review_stored_upload(session, upload, FileLimits())


def test_a_fetch_proposes_the_models_that_are_new_and_no_others(
    catalogue_db: Database, publishers: tuple[PublisherServer, PublisherServer]
) -> None:
    result = fetch(catalogue_db, publishers)
    assert result.outcome is Outcome.WAITING
    words = "Proposed at /catalogue/proposals, to be confirmed: z-ai/glm-9."
    assert words in result.messages
    assert proposed(catalogue_db) == ["z-ai/glm-9"]


def test_what_is_confirmed_counts_in_the_review_of_the_figures_that_wait(
    catalogue_db: Database, publishers: tuple[PublisherServer, PublisherServer]
) -> None:
    result = fetch(catalogue_db, publishers)
    before = review(catalogue_db, result.upload_id)
    assert [model.slug for model in before.checked.new_models] == ["z-ai/glm-9"]
    with catalogue_db.writing() as session:
        (proposal,) = read_open_proposals(session)
        confirm_proposal(session, proposal.id, by="ada")
    after = review(catalogue_db, result.upload_id)
    assert after.checked.new_models == ()
    (month,) = after.months
    slices = {item.model: item.openness for item in month.largest}
    assert slices["z-ai/glm-9"] is Openness.OPEN


def test_a_list_that_cannot_be_read_does_not_fail_the_fetch(
    catalogue_db: Database, publishers: tuple[PublisherServer, PublisherServer]
) -> None:
    publishers[0].answers[MODELS] = Answer(b"<!doctype html>")
    result = fetch(catalogue_db, publishers)
    assert result.outcome is Outcome.WAITING
    assert result.upload_id is not None
    assert result.messages[-1].startswith("The new models could not be looked up:")
    assert proposed(catalogue_db) == []
    serve_list(publishers[0], GLM_9)
    assert fetch(catalogue_db, publishers).upload_id == result.upload_id
    assert proposed(catalogue_db) == ["z-ai/glm-9"]


def test_a_model_that_the_list_does_not_have_is_named(
    catalogue_db: Database, publishers: tuple[PublisherServer, PublisherServer]
) -> None:
    serve_list(publishers[0], GLM_9 | {"canonical_slug": "z-ai/glm-10"})
    result = fetch(catalogue_db, publishers)
    assert "OpenRouter’s list does not have: z-ai/glm-9." in result.messages
    assert proposed(catalogue_db) == []


def test_a_fetch_without_new_models_does_not_ask_for_the_list(
    catalogue_db: Database, publishers: tuple[PublisherServer, PublisherServer]
) -> None:
    serve_new_model(publishers[0], b"z-ai/glm-5.3-flash-20260826")
    assert fetch(catalogue_db, publishers).outcome is Outcome.PUBLISHED
    assert MODELS not in publishers[0].asked


def test_a_check_proposes_nothing(
    catalogue_db: Database, publishers: tuple[PublisherServer, PublisherServer]
) -> None:
    assert fetch(catalogue_db, publishers, check_only=True).outcome is Outcome.CHECKED
    assert MODELS not in publishers[0].asked
    assert proposed(catalogue_db) == []
