"""The role that serves can do all that the application does."""

from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.auth.accounts import (
    add_maintainer,
    create_token,
    disable_maintainer,
    enable_maintainer,
    revoke_token,
)
from app.auth.sessions import (
    change_password,
    create_link,
    end_session,
    find_session,
    sign_in_by_link,
    sign_in_by_password,
)
from app.catalogue.proposal_decisions import confirm_proposal, dismiss_proposal
from app.catalogue.proposals import read_open_proposals, store_proposals
from app.database.session import Database
from app.domain.proposal import ModelProposal
from tests.database.roles.builders import PASSWORD
from tests.programs import modelshare

FILE = b"month,origin,share_pct\n2026-10,chinese,30\n2026-10,us,60\n"


def token_of(db: Database) -> dict[str, str]:
    with db.writing() as session:
        add_maintainer(session, "ada", PASSWORD)
        return {"Authorization": f"Bearer {create_token(session, 'ada', 'test')}"}


@pytest.mark.parametrize(
    "address",
    ["/", "/trends", "/trends.svg", "/sources", "/developers", "/uploads", "/api/v1/shares"],
)
def test_it_reads(serving_client: TestClient, address: str) -> None:
    assert serving_client.get(address).status_code == 200


def test_it_is_ready_without_owning_the_schema(serving_client: TestClient) -> None:
    assert serving_client.get("/readyz").status_code == 200


def test_it_takes_publishes_and_withdraws_a_file(
    serving_client: TestClient, serving_db: Database
) -> None:
    token = token_of(serving_db)
    sent = serving_client.post(
        "/api/v1/uploads?mode=publish&source=huggingface-study-2025",
        headers=token | {"Content-Type": "text/csv"},
        content=FILE,
    )
    assert sent.status_code == 201, sent.text
    withdrawn = serving_client.post(
        f"/api/v1/uploads/{sent.json()['id']}/withdraw",
        headers=token,
        json={"version": sent.json()["version"], "reason": "a test"},
    )
    assert withdrawn.status_code == 200, withdrawn.text


def test_it_corrects_the_catalogue_by_command(serving_url: str, tmp_path: Path) -> None:
    path = tmp_path / "developers.csv"
    for name in ("Newcomer", "Newcomer SA"):
        path.write_text(f"developer,name,country,origin\nnewcomer,{name},FR,european\n")
        done = modelshare(serving_url, "catalogue", "import", path, "--reason", "a test")
        assert done.returncode == 0, done.stderr


def test_it_proposes_and_decides(serving_db: Database) -> None:
    cells, evidence = {"name": "Ox Alpha"}, {"name": "its page"}
    before = {"name": "ox-alpha"}
    for slug in ("stealth/ox-alpha", "stealth/nobody"):
        item = ModelProposal(slug, cells, before, evidence, "https://example.org/")
        with serving_db.writing() as session:
            store_proposals(session, [item])
            store_proposals(session, [replace(item, evidence={"name": "another page"})])
    with serving_db.writing() as session:
        new, known = read_open_proposals(session)
        dismiss_proposal(session, new.id, by="ada")
        confirm_proposal(session, known.id, by="ada")


def test_it_signs_in_by_password_and_link_and_out_again(serving_db: Database) -> None:
    token_of(serving_db)
    with serving_db.writing() as session:
        link = create_link(session, "ada").partition("=")[2]
    by_link = sign_in_by_link(serving_db, link)
    by_password = sign_in_by_password(serving_db, "ada", PASSWORD, "192.0.2.1")
    new = change_password(serving_db, "ada", PASSWORD, PASSWORD[::-1], "192.0.2.1")
    assert find_session(serving_db, by_link) is None
    assert find_session(serving_db, by_password) is None
    end_session(serving_db, new)
    with serving_db.writing() as session:
        revoke_token(session, "ada", "test")
        disable_maintainer(session, "ada")
        enable_maintainer(session, "ada")
