"""`modelshare catalogue refresh`: models looked up at publishers on loopback, proposed, applied."""

from collections.abc import Iterator

import pytest

from app.catalogue.audit_list import read_edits
from app.catalogue.entries import ModelEntry, models_by_slug
from app.catalogue.entry_types import MODEL_TYPE
from app.catalogue.proposals import read_open_proposals
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.vocabulary import Openness
from tests.builders import store_upload_of
from tests.model_publishers import (
    GLM_9,
    MODELS,
    asked_models,
    model_publishers,
    serve_list,
)
from tests.programs import modelshare
from tests.publisher_server import Answer, PublisherServer

REFRESH = ("catalogue", "refresh")
WAITING = b"month,origin,developer,model,share_pct\n2026-09,chinese,z-ai,z-ai/glm-9,10\n"


@pytest.fixture
def publishers(
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[PublisherServer, PublisherServer]]:
    with model_publishers() as (openrouter, hub):
        monkeypatch.setenv("OPENROUTER_URL", openrouter.address)
        monkeypatch.setenv("HUGGINGFACE_URL", hub.address)
        yield openrouter, hub


@pytest.fixture
def openrouter(publishers: tuple[PublisherServer, PublisherServer]) -> PublisherServer:
    return publishers[0]


@pytest.fixture
def hub(publishers: tuple[PublisherServer, PublisherServer]) -> PublisherServer:
    return publishers[1]


def models(db: Database) -> dict[str, ModelEntry]:
    with db.reading() as session:
        return models_by_slug(vintage_at(session))


def proposed(db: Database, slug: str) -> dict[str, str]:
    with db.reading() as session:
        waiting = {proposal.model: proposal for proposal in read_open_proposals(session)}
    return {cell.column: cell.proposed for cell in waiting[slug].cells} if slug in waiting else {}


def test_a_model_that_a_waiting_file_names_is_proposed_and_nothing_changes(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    store_upload_of(catalogue_db, WAITING)
    before = models(catalogue_db)
    done = modelshare(catalogue_database_url, *REFRESH)
    assert done.returncode == 0, done.stderr
    assert "z-ai/glm-9, new to the catalogue" in done.stdout
    assert "name: GLM 9 (called “Z.ai: GLM 9” at https://openrouter.ai/z-ai/glm-9)" in done.stdout
    assert "openness: open (weights at https://huggingface.co/zai-org/GLM-9)" in done.stdout
    assert models(catalogue_db) == before
    assert proposed(catalogue_db, "z-ai/glm-9") == {
        "name": "GLM 9",
        "openness": "open",
        "release_month": "2026-09",
        "base_developer": "qwen",
        "base_model": "Qwen3-0.6B-Base",
        "note": "licence mit (https://huggingface.co/zai-org/GLM-9)",
        "hugging_face_id": "zai-org/GLM-9",
    }


def test_what_nobody_used_is_not_proposed(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    modelshare(catalogue_database_url, *REFRESH)
    assert proposed(catalogue_db, "z-ai/glm-9") == {}


def test_gaps_of_the_catalogue_are_proposed_and_nothing_else(
    catalogue_database_url: str, catalogue_db: Database, hub: PublisherServer
) -> None:
    done = modelshare(catalogue_database_url, *REFRESH)
    assert done.returncode == 0, done.stderr
    assert proposed(catalogue_db, "stealth/ox-alpha") == {
        "name": "Ox Alpha",
        "release_month": "2026-08",
    }
    assert proposed(catalogue_db, "qwen/qwen3.8-max-20260803")["name"] == "Qwen3.8 Max"
    known = models(catalogue_db)["deepseek/deepseek-v3.2-20251201"]
    assert proposed(catalogue_db, known.slug) == {
        "base_model": "DeepSeek-V3.2-Exp-Base",
        "note": f"{known.note}; licence mit (https://huggingface.co/deepseek-ai/DeepSeek-V3.2)",
    }
    assert proposed(catalogue_db, "openai/gpt-5.6-sol-20260709") == {}
    assert "openai/gpt-oss-20b" in asked_models(hub)


def test_the_second_time_nothing_new_is_proposed(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    first = modelshare(catalogue_database_url, *REFRESH)
    again = modelshare(catalogue_database_url, *REFRESH)
    assert "Nothing new is to be proposed" in again.stderr
    assert again.stdout == first.stdout


def test_apply_confirms_what_was_proposed_with_its_evidence_as_the_reason(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    store_upload_of(catalogue_db, WAITING)
    modelshare(catalogue_database_url, *REFRESH)
    openrouter.asked.clear()
    done = modelshare(catalogue_database_url, *REFRESH, "--apply", "z-ai/glm-9", "stealth/ox-alpha")
    assert done.returncode == 0, done.stderr
    assert "Confirmed: z-ai/glm-9" in done.stdout
    assert openrouter.asked == []
    entry = models(catalogue_db)["z-ai/glm-9"]
    assert (entry.name, entry.developer, entry.openness, entry.base_developer) == (
        "GLM 9",
        "z-ai",
        Openness.OPEN,
        "qwen",
    )
    assert models(catalogue_db)["stealth/ox-alpha"].name == "Ox Alpha"
    with catalogue_db.reading() as session:
        edits = {edit.key: edit for edit in read_edits(session, 2)}
    assert (edits["z-ai/glm-9"].kind, edits["z-ai/glm-9"].before) == (MODEL_TYPE.name, None)
    assert "weights at https://huggingface.co/zai-org/GLM-9" in edits["z-ai/glm-9"].reason
    assert edits["stealth/ox-alpha"].before == {"name": "ox-alpha", "release_month": ""}
    assert edits["stealth/ox-alpha"].by.endswith("(command line)")
    assert proposed(catalogue_db, "z-ai/glm-9") == {}


def test_apply_looks_up_what_was_not_proposed_before(
    catalogue_database_url: str, catalogue_db: Database, hub: PublisherServer
) -> None:
    done = modelshare(catalogue_database_url, *REFRESH, "--apply", "stealth/ox-alpha")
    assert done.returncode == 0, done.stderr
    assert models(catalogue_db)["stealth/ox-alpha"].name == "Ox Alpha"
    assert asked_models(hub) == []


def test_apply_is_all_or_nothing(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    apply = ("--apply", "stealth/ox-alpha", "openai/gpt-5.6-sol-20260709")
    done = modelshare(catalogue_database_url, *REFRESH, *apply)
    assert done.returncode == 1
    assert "Nothing is proposed for openai/gpt-5.6-sol-20260709." in done.stderr
    assert models(catalogue_db)["stealth/ox-alpha"].name == "ox-alpha"


@pytest.mark.parametrize(
    ("arguments", "words", "code"),
    [
        (["--apply"], "name the models", 2),
        (["--apply", "z-ai/glm-99"], "names z-ai/glm-99", 1),
        (["nobody/nothing"], "names nobody/nothing", 1),
    ],
)
def test_what_cannot_be_looked_up_is_told(
    catalogue_database_url: str,
    openrouter: PublisherServer,
    arguments: list[str],
    words: str,
    code: int,
) -> None:
    done = modelshare(catalogue_database_url, *REFRESH, *arguments)
    assert (done.returncode, words in done.stderr) == (code, True), done.stderr


def test_a_new_model_of_a_developer_that_is_not_known_waits_for_the_developer(
    catalogue_database_url: str, catalogue_db: Database, openrouter: PublisherServer
) -> None:
    serve_list(openrouter, GLM_9 | {"id": "newlab/one", "canonical_slug": "newlab/one"})
    waiting = WAITING.replace(b"z-ai/glm-9", b"newlab/one").replace(b"z-ai", b"newlab")
    store_upload_of(catalogue_db, waiting)
    done = modelshare(catalogue_database_url, *REFRESH, "newlab/one")
    assert "newlab/one, new to the catalogue, whose developer newlab is not" in done.stdout
    refused = modelshare(catalogue_database_url, *REFRESH, "--apply", "newlab/one")
    assert refused.returncode == 1
    assert "The catalogue knows no developer “newlab”" in refused.stderr
    assert "newlab/one" not in models(catalogue_db)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"<!doctype html><title>Soon</title>"), "it is no JSON"),
        (Answer(b'{"data": {}}'), "it has no list “data”"),
        (Answer(b'{"data": [null, {"canonical_slug": "<b>"}]}'), "it names no model"),
        (Answer(status=418), "answers with status 418"),
    ],
)
def test_a_list_that_cannot_be_read_is_an_error_and_proposes_nothing(
    catalogue_database_url: str,
    catalogue_db: Database,
    openrouter: PublisherServer,
    answer: Answer,
    words: str,
) -> None:
    openrouter.answers[MODELS] = answer
    done = modelshare(catalogue_database_url, *REFRESH)
    assert done.returncode == 1
    assert words in done.stderr
    with catalogue_db.reading() as session:
        assert read_open_proposals(session) == []


def test_without_the_hub_openrouter_is_believed_and_it_is_said(
    catalogue_database_url: str, catalogue_db: Database, hub: PublisherServer
) -> None:
    hub.answers["/api/models/zai-org/GLM-9"] = Answer(b"<html>", 200)
    store_upload_of(catalogue_db, WAITING)
    done = modelshare(catalogue_database_url, *REFRESH, "z-ai/glm-9")
    assert done.returncode == 0, done.stderr
    assert "The Hub: The publisher’s answer GLM-9 cannot be taken" in done.stderr
    assert "as OpenRouter says; the Hub was not read" in done.stdout
    assert set(proposed(catalogue_db, "z-ai/glm-9")) == {
        "name",
        "openness",
        "release_month",
        "hugging_face_id",
    }


def test_what_the_hub_has_taken_away_is_no_longer_proposed_unless_it_only_failed(
    catalogue_database_url: str, catalogue_db: Database, hub: PublisherServer
) -> None:
    store_upload_of(catalogue_db, WAITING)
    modelshare(catalogue_database_url, *REFRESH, "z-ai/glm-9")
    whole = proposed(catalogue_db, "z-ai/glm-9")
    assert "base_model" in whole
    hub.answers["/api/models/zai-org/GLM-9"] = Answer(status=418)
    modelshare(catalogue_database_url, *REFRESH, "z-ai/glm-9")
    assert proposed(catalogue_db, "z-ai/glm-9") == whole
    hub.answers["/api/models/zai-org/GLM-9"] = Answer(status=404)
    modelshare(catalogue_database_url, *REFRESH, "z-ai/glm-9")
    assert set(proposed(catalogue_db, "z-ai/glm-9")) == {"name", "release_month"}


def test_a_hub_that_fails_is_not_asked_for_ever(
    catalogue_database_url: str, hub: PublisherServer
) -> None:
    hub.responder = lambda _path, _headers: Answer(status=418)
    done = modelshare(catalogue_database_url, *REFRESH)
    assert done.returncode == 0, done.stderr
    assert "It was not asked any more." in done.stderr
    assert len(hub.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(status=404),
        Answer(status=401),
        Answer(b'{"id": "zai-org/GLM-9", "siblings": [{"rfilename": "README.md"}]}'),
        Answer(b'{"id": "zai-org/GLM-9", "private": true}'),
    ],
)
def test_weights_that_the_hub_does_not_show_are_not_proposed(
    catalogue_database_url: str, catalogue_db: Database, hub: PublisherServer, answer: Answer
) -> None:
    hub.answers["/api/models/zai-org/GLM-9"] = answer
    store_upload_of(catalogue_db, WAITING)
    done = modelshare(catalogue_database_url, *REFRESH, "z-ai/glm-9")
    assert done.returncode == 0, done.stderr
    assert (
        "The Hub has no such model, or shows no weights of it: z-ai/glm-9 (zai-org/GLM-9)."
        in done.stderr
    )
    assert set(proposed(catalogue_db, "z-ai/glm-9")) == {"name", "release_month"}
