"""Companies, and the other names of companies, developers and models: kept, refused, pinned."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.catalogue.audit_list import read_edits
from app.catalogue.editing import edit_entry, import_entries
from app.catalogue.entries import aliases_by_entry, companies_by_slug, developers_by_slug
from app.catalogue.entry_types import ALIAS_TYPE, COMPANY_TYPE, DEVELOPER_TYPE, EntryType
from app.csv_io.schema import FileLimits
from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.errors import BadFileError, ConflictError, Problem
from app.domain.naming.names import OtherName
from app.ingest.import_export import ImportOptions, export_files, import_file, list_files

COMPANIES = "company,name,country,parent,note\n"
DEVELOPERS = "developer,name,origin,company\n"
ALIASES = "entry_type,entry,alias,kind,retired\n"


def read(db: Database, kind: EntryType, rows: str, reason: str = "looked up") -> None:
    with db.writing() as session:
        file = io.BytesIO(rows.encode())
        import_entries(session, kind, file, FileLimits(), by="ada", reason=reason)


def problem(db: Database, kind: EntryType, rows: str) -> Problem:
    with pytest.raises(BadFileError) as refused:
        read(db, kind, rows)
    (only,) = refused.value.problems
    return only


@pytest.fixture
def named_db(db: Database) -> Database:
    """Two companies, three developers and two aliases."""
    read(db, COMPANY_TYPE, COMPANIES + "ali,Ali Group,CN,,\nacme,Acme,US,,\n")
    read(
        db,
        DEVELOPER_TYPE,
        DEVELOPERS + "qwen,Qwen,chinese,ali\ntongyi,Tongyi Lab,chinese,ali\nsolo,Solo,us,\n",
    )
    read(
        db,
        ALIAS_TYPE,
        ALIASES + "developer,qwen,通义千问,chinese-name,\ncompany,ali,阿里,chinese-name,\n",
    )
    return db


def aliases(db: Database, as_of: datetime | None = None) -> dict[tuple[str, str], list[str]]:
    with db.reading() as session:
        by_entry = aliases_by_entry(vintage_at(session, as_of))
        return {entry: [name.text for name in names] for entry, names in by_entry.items()}


def test_an_alias_says_what_kind_of_name_it_is(named_db: Database) -> None:
    with named_db.reading() as session:
        by_entry = aliases_by_entry(vintage_at(session))
    assert by_entry["developer", "qwen"] == (OtherName("通义千问", "chinese-name"),)


@pytest.mark.parametrize(
    ("row", "taken_by"),
    [
        ("developer,tongyi,通义千问,other-name,", "qwen"),
        ("developer,solo,QWEN,other-name,", "qwen"),
        ("developer,solo,tongyi lab,other-name,", "tongyi"),
        ("company,acme,Ali_Group,other-name,", "ali"),
    ],
)
def test_a_name_of_another_entry_is_refused_with_its_place_and_owner(
    named_db: Database, row: str, taken_by: str
) -> None:
    refused = problem(named_db, ALIAS_TYPE, ALIASES + row + "\n")
    assert (refused.code, refused.line, refused.column, refused.field) == (
        "name_taken", 2, 3, "alias",
    )  # fmt: skip
    assert f"it is one of {taken_by}. Leave it out here, or retire it there" in refused.expected


def test_two_lines_that_claim_one_name_are_both_refused(named_db: Database) -> None:
    rows = "developer,solo,Twice,other-name,\ndeveloper,tongyi,twice,other-name,\n"
    with pytest.raises(BadFileError) as refused:
        read(named_db, ALIAS_TYPE, ALIASES + rows)
    assert [item.line for item in refused.value.problems] == [2, 3]
    assert ("developer", "solo") not in aliases(named_db)


def test_entries_of_two_types_may_share_a_name(named_db: Database) -> None:
    read(named_db, ALIAS_TYPE, ALIASES + "developer,qwen,Ali Group,other-name,\n")
    assert "Ali Group" in aliases(named_db)["developer", "qwen"]


def test_a_retired_alias_can_be_given_to_another_in_the_same_file(named_db: Database) -> None:
    moved = "developer,tongyi,通义千问,chinese-name,\ndeveloper,qwen,通义千问,chinese-name,yes\n"
    read(named_db, ALIAS_TYPE, ALIASES + moved, "it means the lab")
    now = aliases(named_db)
    assert now["developer", "tongyi"] == ["通义千问"]
    assert ("developer", "qwen") not in now


def test_a_developer_cannot_take_the_alias_of_another_as_its_name(named_db: Database) -> None:
    refused = problem(named_db, DEVELOPER_TYPE, DEVELOPERS + "newlab,通义千问,chinese,\n")
    assert (refused.code, refused.line, refused.field) == ("name_taken", 2, "name")
    assert "it is one of qwen. Retire it there first" in refused.expected


@pytest.mark.parametrize(
    ("kind", "rows", "told"),
    [
        (DEVELOPER_TYPE, DEVELOPERS + "qwen,Qwen,chinese,alli\n", ("unknown_company", 4, "ali")),
        (ALIAS_TYPE, ALIASES + "developer,qwem,Q,other-name,\n", ("unknown_developer", 2, "qwen")),
        (ALIAS_TYPE, ALIASES + "company,qwen,Q,other-name,\n", ("unknown_company", 2, None)),
        (ALIAS_TYPE, ALIASES + "model,qwen,Q,other-name,\n", ("unknown_model", 2, None)),
        (ALIAS_TYPE, ALIASES + "origin,qwen,Q,other-name,\n", ("unknown_word", 1, None)),
        (COMPANY_TYPE, COMPANIES + "sub,Sub,CN,alli,\n", ("unknown_company", 4, "ali")),
        (COMPANY_TYPE, COMPANIES + "sub,Sub,CN,sub,\n", ("own_parent", 4, None)),
    ],
)
def test_what_an_entry_names_must_be_known(
    named_db: Database, kind: EntryType, rows: str, told: tuple[str, int, str | None]
) -> None:
    refused = problem(named_db, kind, rows)
    assert refused.line == 2
    assert (refused.code, refused.column, refused.suggestion) == told


def test_a_company_that_is_its_own_parent_by_others_is_refused_with_the_circle(
    named_db: Database,
) -> None:
    read(named_db, COMPANY_TYPE, COMPANIES + "sub,Sub,CN,ali,\n")
    refused = problem(named_db, COMPANY_TYPE, COMPANIES + "ali,Ali Group,CN,sub,\n")
    assert (refused.code, refused.line, refused.field) == ("own_parent", 2, "parent")
    assert "ali → sub → ali" in refused.expected


def test_a_file_may_name_a_company_before_its_parent(named_db: Database) -> None:
    read(named_db, COMPANY_TYPE, COMPANIES + "sub,Sub,CN,top,\ntop,Top,CN,,\n")
    with named_db.reading() as session:
        assert companies_by_slug(vintage_at(session))["sub"].parent == "top"


def test_an_alias_is_retired_but_not_rewritten(named_db: Database) -> None:
    cells = {"entry_type": "company", "entry": "ali", "alias": "阿里", "kind": "chinese-name"}
    with named_db.engine.connect() as connection:
        number = connection.scalar(text("SELECT id FROM alias WHERE entry = 'ali'"))
    other = cells | {"alias": "Ali"}
    with named_db.writing() as session, pytest.raises(ConflictError, match="cannot change"):
        edit_entry(session, ALIAS_TYPE, other, by="ada", reason="typo", entry_id=number)
    with named_db.writing() as session:
        gone = cells | {"retired": "yes"}
        edit_entry(session, ALIAS_TYPE, gone, by="ada", reason="out of use", entry_id=number)
    assert ("company", "ali") not in aliases(named_db)
    with named_db.reading() as session:
        noted = read_edits(session)[0]
    assert (noted.key, noted.reason) == ("company ali 阿里 chinese-name", "out of use")
    assert noted.after == {"retired": "yes"}


def test_a_vintage_keeps_companies_and_aliases_as_they_were(named_db: Database) -> None:
    then = datetime.now(UTC)
    read(named_db, COMPANY_TYPE, COMPANIES + "ali,Alibaba,CN,acme,\nnewco,New,US,,\n")
    read(named_db, DEVELOPER_TYPE, DEVELOPERS + "qwen,Qwen,chinese,newco\nsolo,Solo,us,acme\n")
    read(
        named_db,
        ALIAS_TYPE,
        ALIASES + "developer,qwen,通义千问,chinese-name,yes\ndeveloper,qwen,Q,old-name,\n",
    )
    with named_db.reading() as session:
        vintage = vintage_at(session, then)
        companies, developers = companies_by_slug(vintage), developers_by_slug(vintage)
    assert companies.keys() == {"ali", "acme"}
    assert (companies["ali"].name, companies["ali"].parent) == ("Ali Group", "")
    assert (developers["qwen"].company, developers["solo"].company) == ("ali", "")
    assert aliases(named_db, then)["developer", "qwen"] == ["通义千问"]
    assert aliases(named_db)["developer", "qwen"] == ["Q"]


def test_names_that_are_exported_are_imported_the_same(
    named_db: Database, filled_db: Database, tmp_path: Path
) -> None:
    written = export_files(filled_db, tmp_path)
    assert {path.name for path in written} >= {"companies.csv", "aliases.csv"}
    for path in list_files([tmp_path]):
        if path.name in {"companies.csv", "developers.csv", "models.csv", "aliases.csv"}:
            unchanged = import_file(filled_db, path, ImportOptions("ada")).changes
            assert unchanged is not None
            assert (unchanged.added, unchanged.changed) == (0, 0)
    again = tmp_path / "again"
    export_files(named_db, again)
    assert (again / "aliases.csv").read_text().splitlines()[1:] == [
        "company,ali,阿里,chinese-name,",
        "developer,qwen,通义千问,chinese-name,",
    ]


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("UPDATE company SET parent = slug", "ck_company_parent"),
        ("UPDATE company SET parent = 'nobody'", "fk_company_parent"),
        ("UPDATE developer SET company = 'nobody'", "fk_developer_company"),
        (
            "INSERT INTO alias (entry_type, entry, alias, kind) VALUES ('model', 'x', 'y', 'z')",
            "fk_alias_model",
        ),
        ("UPDATE company SET name = 'x'", "needs a line in its list of changes"),
        ("UPDATE alias SET retired = true", "needs a line in its list of changes"),
    ],
)
def test_the_database_keeps_out_what_no_form_would_write(
    named_db: Database, statement: str, rule: str
) -> None:
    with pytest.raises(IntegrityError, match=rule), named_db.engine.begin() as connection:
        connection.execute(text(statement))


def test_the_bundled_names_are_those_that_people_use(bundled_db: Database) -> None:
    known = aliases(bundled_db)
    assert {"通义千问", "Qwen"} <= set(known["developer", "qwen"])
    assert "阿里巴巴" in known["company", "alibaba"]
    with bundled_db.reading() as session:
        developers = developers_by_slug(vintage_at(session))
    members = {slug for slug, entry in developers.items() if entry.company == "alibaba"}
    assert members == {"qwen", "alibaba"}
