"""A file is read once on its way into the database, whatever it brings."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.csv_io.schema import NO_FILE_LIMITS
from app.database.session import Database
from app.database.tables import Developer, Observation
from app.ingest.publish import publish_upload
from app.ingest.stored_files import open_packed_file, pack_file
from tests.builders import publish_stored, store_file

NEW_NAMES = "month,origin,openness,developer,model,share_pct\n{},us,open,Lab {},Model {},50\n"


def test_a_file_with_new_names_is_read_once(filled_db: Database) -> None:
    content = NEW_NAMES.format("2026-01", 1, 1).encode() + b"\n" * 300_000
    upload = store_file(filled_db, content)
    read: list[int] = []
    with filled_db.writing() as session:
        publish_upload(session, upload, by="ada", limits=NO_FILE_LIMITS, progress=read.append)
    # The end of the file is seen as a read of no more bytes.
    assert read == sorted(read)
    assert read.count(len(content)) <= 2


def test_names_that_several_bring_at_once_are_one_entry(filled_db: Database) -> None:
    uploads = [
        store_file(filled_db, NEW_NAMES.format(f"2026-{month:02}", "X", "Y").encode())
        for month in range(1, 7)
    ]
    with ThreadPoolExecutor(len(uploads)) as pool:
        done = list(pool.map(lambda upload: publish_stored(filled_db, upload), uploads))
    assert sum(len(result.checked.new_developers) for result in done) == 1
    with filled_db.reading() as session:
        count = select(func.count()).where(Developer.name == "Lab X")
        assert session.scalar(count) == 1


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=2_000)
    | st.integers(1, 300_000).map(lambda size: Random(size).randbytes(size)),
    st.lists(st.tuples(st.integers(0, 400_000), st.integers(0, 100_000)), max_size=5),
)
def test_a_packed_file_reads_as_it_was(content: bytes, places: list[tuple[int, int]]) -> None:
    digest, size, packed = pack_file(io.BytesIO(content))
    assert (digest, size) == (hashlib.sha256(content).digest(), len(content))
    plain = io.BytesIO(content)
    with open_packed_file(packed, size) as file:
        assert file.read() == content
        assert file.seek(0, io.SEEK_END) == len(content)
        for place, count in places:
            assert file.seek(place) == plain.seek(place)
            assert file.read(count) == plain.read(count)


def test_zeros_in_great_number_unpack_in_portions() -> None:
    _, size, packed = pack_file(io.BytesIO(bytes(5_000_000)))
    assert len(packed) < 10_000
    with open_packed_file(packed, size) as file:
        while portion := file.read(100_000):
            assert not any(portion)
            size -= len(portion)
    assert size == 0


@pytest.mark.parametrize("note", ["\\N", "a\tb", "two\nlines", "\\", "back\\slash\\n"])
def test_a_note_is_stored_as_it_is_written(filled_db: Database, note: str) -> None:
    upload = store_file(filled_db, f'month,origin,share_pct,note\n2026-01,us,5,"{note}"\n'.encode())
    result = publish_stored(filled_db, upload)
    (line,) = result.checked.lines()
    assert line.note == note
    with filled_db.reading() as session:
        assert session.scalar(select(Observation.note).where(Observation.note == note)) == note
