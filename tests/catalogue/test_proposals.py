"""Proposals for models: kept once, decided once, and never in the way of who corrects by hand."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.catalogue.audit_list import read_edits
from app.catalogue.editing import edit_entry
from app.catalogue.entry_types import DEVELOPER_TYPE, MODEL_TYPE, read_entries
from app.catalogue.proposal_decisions import confirm_proposal, dismiss_proposal
from app.catalogue.proposals import (
    OpenProposal,
    read_decided_proposals,
    read_open_proposals,
    store_proposals,
)
from app.database.session import Database
from app.domain.errors import BadFileError, BadInputError, ConflictError, NotFoundError
from app.domain.proposal import Decision, ModelProposal

OX = "stealth/ox-alpha"
NEW = "z-ai/glm-9"
SOURCE_URL = "https://openrouter.ai/api/v1/models"


def proposal(
    model: str = OX, *, before: dict[str, str] | None = None, **cells: str
) -> ModelProposal:
    known = {"name": "ox-alpha", "openness": "unknown"} if model == OX else {}
    before = {column: known.get(column, "") for column in cells} if before is None else before
    evidence = {column: f"{column} at {SOURCE_URL}" for column in cells}
    return ModelProposal(model, cells, before, evidence, SOURCE_URL)


def store(db: Database, *proposals: ModelProposal) -> list[str]:
    with db.writing() as session:
        return store_proposals(session, proposals)


def waiting(db: Database) -> list[OpenProposal]:
    with db.reading() as session:
        return read_open_proposals(session)


def proposed(db: Database) -> dict[str, dict[str, str]]:
    return {item.model: {cell.column: cell.proposed for cell in item.cells} for item in waiting(db)}


def confirm(db: Database, *columns: str, number: int = 1, expected: str | None = None) -> None:
    with db.writing() as session:
        confirm_proposal(session, number, by="ada", columns=columns or None, expected=expected)


def dismiss(db: Database, number: int = 1) -> None:
    with db.writing() as session:
        dismiss_proposal(session, number, by="ada")


def model(db: Database, slug: str) -> dict[str, str]:
    with db.reading() as session:
        entries = {cells["model"]: cells for _, cells in read_entries(session, MODEL_TYPE)}
    return entries.get(slug, {})


def correct(db: Database, slug: str, **cells: str) -> None:
    with db.writing() as session:
        for number, now in read_entries(session, MODEL_TYPE):
            if now["model"] == slug:
                edit_entry(
                    session, MODEL_TYPE, now | cells, by="bob", reason="seen", entry_id=number
                )


def test_some_cells_are_confirmed_and_the_others_are_not_proposed_again(
    catalogue_db: Database,
) -> None:
    both = proposal(name="Ox Alpha", openness="open", release_month="2026-08")
    assert store(catalogue_db, both) == [OX]
    confirm(catalogue_db, "name", "release_month")
    entry = model(catalogue_db, OX)
    assert (entry["name"], entry["openness"], entry["release_month"]) == (
        "Ox Alpha",
        "unknown",
        "2026-08",
    )
    with catalogue_db.reading() as session:
        (edit,) = read_edits(session, 1)
    assert edit.reason == (
        "proposed and confirmed: name at https://openrouter.ai/api/v1/models;"
        " release_month at https://openrouter.ai/api/v1/models"
    )
    assert edit.before == {"name": "ox-alpha", "release_month": ""}
    assert store(catalogue_db, proposal(openness="open")) == []
    assert store(catalogue_db, proposal(openness="closed")) == [OX]
    with catalogue_db.reading() as session:
        (decided,) = read_decided_proposals(session, 10)
    assert (decided.decision, decided.confirmed) == (
        Decision.CONFIRMED,
        ("name", "release_month"),
    )


def test_what_was_dismissed_is_proposed_again_only_with_other_cells(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(name="Ox Alpha"))
    dismiss(catalogue_db)
    assert proposed(catalogue_db) == {}
    assert model(catalogue_db, OX)["name"] == "ox-alpha"
    assert store(catalogue_db, proposal(name="Ox Alpha")) == []
    assert store(catalogue_db, proposal(name="Ox Alpha", openness="open")) == [OX]
    assert proposed(catalogue_db) == {OX: {"openness": "open"}}


def test_a_later_look_takes_the_place_of_what_waits(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(name="Ox Alpha"))
    (before,) = waiting(catalogue_db)
    assert store(catalogue_db, proposal(name="Ox Alpha")) == []
    assert store(catalogue_db, proposal(name="Ox Alpha", openness="open")) == [OX]
    assert proposed(catalogue_db) == {OX: {"name": "Ox Alpha", "openness": "open"}}
    with pytest.raises(ConflictError, match="not what you looked at any more"):
        confirm(catalogue_db, expected=before.version)


def test_what_publishers_no_longer_say_is_taken_back(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(openness="open"), proposal(NEW, name="GLM 9"))
    with catalogue_db.writing() as session:
        assert store_proposals(session, [], without_news=[OX, "nobody/nothing"]) == []
    assert list(proposed(catalogue_db)) == [NEW]
    assert store(catalogue_db, proposal(openness="open")) == [OX]


def test_a_look_in_part_takes_nothing_back(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(name="Ox Alpha", openness="open"))
    with catalogue_db.writing() as session:
        part = [proposal(name="Ox"), proposal(NEW, name="GLM 9")]
        news = store_proposals(session, part, looked_up_in_part=[OX, NEW])
    assert news == [NEW]
    assert proposed(catalogue_db)[OX] == {"name": "Ox Alpha", "openness": "open"}


def test_what_was_filled_in_by_hand_is_not_written_over(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(name="Ox Alpha", openness="open"))
    correct(catalogue_db, OX, openness="closed")
    assert proposed(catalogue_db) == {OX: {"name": "Ox Alpha"}}
    confirm(catalogue_db)
    assert model(catalogue_db, OX)["openness"] == "closed"


def test_what_was_filled_in_whole_is_not_shown_any_more(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(name="Ox Alpha"))
    correct(catalogue_db, OX, name="Ox Alpha")
    assert proposed(catalogue_db) == {}


def test_a_new_model_is_added_under_its_developer(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(NEW, name="GLM 9", openness="open"))
    (item,) = waiting(catalogue_db)
    assert (item.entry_id, item.developer, item.is_urgent) == (None, "z-ai", True)
    confirm(catalogue_db, "openness")
    assert {name: model(catalogue_db, NEW)[name] for name in ("name", "developer", "openness")} == {
        "name": NEW,
        "developer": "z-ai",
        "openness": "open",
    }
    with catalogue_db.reading() as session:
        assert read_edits(session, 1)[0].before is None


def test_a_new_model_that_was_published_meanwhile_is_corrected(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(NEW, name="GLM 9", openness="open"))
    with catalogue_db.writing() as session:
        cells = {"model": NEW, "name": NEW, "developer": "z-ai", "openness": "unknown"}
        edit_entry(session, MODEL_TYPE, cells, by="bob", reason="")
    confirm(catalogue_db)
    entry = model(catalogue_db, NEW)
    assert (entry["name"], entry["openness"]) == ("GLM 9", "open")


@pytest.mark.parametrize(
    ("maker", "developer"),
    [("deepseek-ai", "deepseek"), ("qwen", "qwen"), ("chatglm", "z-ai"), ("zai-org", "")],
    ids=["its organisation on the Hub", "its slug", "another name", "what several are called"],
)
def test_the_developer_is_found_by_any_name(
    catalogue_db: Database, maker: str, developer: str
) -> None:
    store(catalogue_db, proposal(f"{maker}/one", name="One"))
    assert waiting(catalogue_db)[0].developer == developer


def test_without_its_developer_a_model_waits_until_that_is_known(catalogue_db: Database) -> None:
    store(catalogue_db, proposal("newlab/one", name="One"), proposal("noslash", name="Two"))
    assert {item.model: (item.maker, item.developer) for item in waiting(catalogue_db)} == {
        "newlab/one": ("newlab", ""),
        "noslash": ("", ""),
    }
    with pytest.raises(ConflictError, match="knows no developer “newlab”"):
        confirm(catalogue_db)
    with catalogue_db.writing() as session:
        cells = {"developer": "newlab", "name": "New Lab", "origin": "us"}
        edit_entry(session, DEVELOPER_TYPE, cells, by="bob", reason="")
    confirm(catalogue_db)
    assert model(catalogue_db, "newlab/one")["developer"] == "newlab"


def test_new_models_and_unknown_openness_come_first(catalogue_db: Database) -> None:
    store(
        catalogue_db,
        proposal("amazon/nova-lite-v1", note="licence x"),
        proposal(OX, openness="open"),
        proposal(NEW, name="GLM 9"),
    )
    assert list(proposed(catalogue_db)) == [OX, NEW, "amazon/nova-lite-v1"]


@pytest.mark.parametrize("columns", [("note",), ("slug",)])
def test_nothing_chosen_is_refused(catalogue_db: Database, columns: tuple[str, ...]) -> None:
    store(catalogue_db, proposal(name="Ox Alpha"))
    with pytest.raises(BadInputError, match="Nothing of the proposal was chosen"):
        confirm(catalogue_db, *columns)
    assert proposed(catalogue_db) == {OX: {"name": "Ox Alpha"}}


def test_a_cell_that_no_entry_can_have_is_refused_whole(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(name="Ox Alpha", release_month="soon"))
    with pytest.raises(BadFileError) as refused:
        confirm(catalogue_db)
    assert refused.value.problems[0].field == "release_month"
    assert model(catalogue_db, OX)["name"] == "ox-alpha"
    confirm(catalogue_db, "name")


def test_of_two_who_decide_at_once_one_is_told_of_the_other(catalogue_db: Database) -> None:
    store(catalogue_db, proposal(name="Ox Alpha"))

    def decide(number: int) -> str:
        try:
            confirm(catalogue_db) if number % 2 else dismiss(catalogue_db)
        except ConflictError as refused:
            return refused.title
        return "done"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(decide, range(4)))
    assert outcomes[0].startswith("This was ")
    assert outcomes.count("done") == 1
    with catalogue_db.reading() as session:
        assert len(read_decided_proposals(session, 10)) == 1


def test_two_refreshes_at_once_propose_once(catalogue_db: Database) -> None:
    with ThreadPoolExecutor(4) as pool:
        news = list(pool.map(lambda _: store(catalogue_db, proposal(name="Ox Alpha")), range(4)))
    assert sorted(news) == [[], [], [], [OX]]


def test_what_is_not_there_cannot_be_decided(catalogue_db: Database) -> None:
    with pytest.raises(NotFoundError, match="no proposal 7"):
        dismiss(catalogue_db, 7)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM model_proposal",
        "UPDATE model_proposal SET decided_by = 'bob'",
        "UPDATE model_proposal SET cells = '{}'",
    ],
)
def test_what_was_decided_stays_so_even_by_hand(catalogue_db: Database, statement: str) -> None:
    store(catalogue_db, proposal(name="Ox Alpha"))
    dismiss(catalogue_db)
    with pytest.raises(IntegrityError, match="append-only"), catalogue_db.engine.begin() as raw:
        raw.execute(text(statement))
