"""A pinned answer is the same bytes for ever, and says that it may be kept as long."""

from datetime import UTC, datetime

from fastapi.testclient import TestClient

from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import (
    DEVELOPER_TYPE,
    EVENT_TYPE,
    MODEL_TYPE,
    SOURCE_TYPE,
    EntryType,
    read_entries,
)
from app.database.session import Database
from app.ingest.withdraw import withdraw_upload
from tests.ageing import make_older
from tests.builders import month_file, publish_stored, store_file

READS = (
    "api/v1/shares", "api/v1/shares?by=developer", "api/v1/shares?by=model&home=base",
    "api/v1/shares?source=huggingface-study-2025", "api/v1/figure", "api/v1/observations",
    "api/v1/sources", "api/v1/origins", "api/v1/developers", "api/v1/models", "api/v1/events",
    "api/v1/snapshots", "api/v1/revisions",
)  # fmt: skip
FILES = ("svg", "png", "json", "csv", "bib", "csl")
KEPT = "public, max-age=31536000, immutable"


def pinned_addresses(client: TestClient) -> list[str]:
    addresses = []
    for read in READS:
        answer = client.get(f"/{read}").json()
        addresses.append(answer["links"]["pinned"])
        pinned_csv = client.get(answer["links"]["pinned"]).json()["links"]["csv"]
        addresses.append(pinned_csv)
        if following := answer["links"].get("next"):
            addresses.append(following)
    as_of = answer["meta"]["as_of"]
    queries = ("", "&by=developer", "&by=model&openness=all")
    return addresses + [f"/trends.{end}?as_of={as_of}{query}" for end in FILES for query in queries]


LATER = {
    "source": "a-later-one",
    "name": "Later",
    "publisher": "L",
    "metric": "tokens",
    "population": "P",
}


def correct(db: Database, kind: EntryType, slug: str, **texts: str) -> None:
    with db.writing() as session:
        entries = read_entries(session, kind)
        number, cells = next(item for item in entries if slug in item[1].values())
        edit_entry(session, kind, cells | texts, by="ada", reason="checked", entry_id=number)


def disturb(db: Database) -> None:
    """All that may happen to figures and catalogue."""
    first = publish_stored(
        db, store_file(db, month_file("35", "2025-08")), reason="recount"
    ).upload_id
    publish_stored(db, store_file(db, month_file("36", "2025-08")), reason="recount again")
    with db.writing() as session:
        withdraw_upload(session, 5, by="ada", reason="not theirs")
        withdraw_upload(session, first, by="ada", reason="wrong")
    new = b"month,origin,openness,developer,model,share_pct\n2026-01,us,open,New lab,New model,2\n"
    publish_stored(db, store_file(db, new), reason="more is known")
    correct(db, DEVELOPER_TYPE, "deepseek", name="Deep Seek", origin="other", note="moved")
    correct(db, SOURCE_TYPE, "openrouter-rankings", name="Rankings", citation="Another, {as_of}.")
    correct(db, EVENT_TYPE, "DeepSeek R1", title="R1", date="2025-02-20")
    with db.reading() as session:
        slug = next(iter(read_entries(session, MODEL_TYPE)))[1]["model"]
    correct(
        db, MODEL_TYPE, slug, name="Renamed", base_developer="meta-llama", developer="mistralai"
    )
    correct(db, SOURCE_TYPE, "state-of-ai-study", metric="words", reports_on="", window="day")
    with db.writing() as session:
        edit_entry(session, SOURCE_TYPE, LATER, by="ada", reason="new")


def test_whatever_happens_later_a_pinned_answer_is_the_same_bytes(
    filled_db: Database, own_client: TestClient
) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    make_older(filled_db)
    addresses = pinned_addresses(own_client)
    before = [own_client.get(address) for address in addresses]
    live = own_client.get("/api/v1/shares?by=developer").content
    disturb(filled_db)
    assert own_client.get("/api/v1/shares?by=developer").content != live
    for address, then in zip(addresses, before, strict=True):
        now = own_client.get(address)
        assert then.status_code == 200, address
        assert now.content == then.content, address
        assert now.headers["cache-control"] == KEPT, address
        assert now.headers["etag"] == then.headers["etag"], address


def test_the_pinned_link_names_the_source_that_it_was_about(client: TestClient) -> None:
    for read in ("api/v1/shares", "api/v1/figure"):
        assert (
            "source=openrouter-rankings&as_of=" in client.get(f"/{read}").json()["links"]["pinned"]
        )
    assert "source=openrouter-rankings&as_of=" in client.get("/trends.csv").headers["link"]


def test_a_pinned_chart_still_has_the_figures_reported_beside_it(client: TestClient) -> None:
    address = client.get("/api/v1/figure").json()["links"]["pinned"]
    live, pinned = (client.get(each).json()["data"]["data"] for each in ("/api/v1/figure", address))
    assert [trace.get("name") for trace in pinned] == [trace.get("name") for trace in live]
    assert any("reported" in f"{trace}" for trace in pinned)


def test_a_live_answer_may_be_kept_for_a_minute(client: TestClient) -> None:
    for address in ("/api/v1/shares", "/api/v1/models.csv", "/trends.svg"):
        kept = client.get(address).headers["cache-control"]
        assert kept == "public, max-age=60, stale-while-revalidate=600"


def test_what_may_still_change_at_this_moment_is_not_kept(client: TestClient) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    kept = client.get("/api/v1/shares", params={"as_of": now}).headers["cache-control"]
    assert kept == "no-cache"


def test_what_stood_a_moment_ago_is_not_settled_yet(
    filled_db: Database, own_client: TestClient
) -> None:
    """Who publishes right now may have begun before."""
    publish_stored(filled_db, store_file(filled_db, month_file("31")))
    address = "/api/v1/shares?source=huggingface-study-2025"
    pinned = own_client.get(address).json()["links"]["pinned"]
    assert "immutable" not in own_client.get(pinned).headers["cache-control"]


def test_a_refusal_is_never_kept(client: TestClient) -> None:
    for address in ("/api/v1/shares?by=x", "/api/v1/shares?source=vercel-ai-gateway", "/api/v1/x"):
        assert client.get(address).headers["cache-control"] == "no-store"
        assert "etag" not in client.get(address).headers
