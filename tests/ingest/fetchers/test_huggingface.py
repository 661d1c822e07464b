"""What the Hub's lists are read as: downloads of an organisation's models, by developer."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from app.catalogue.index import CatalogueIndex, KnownDeveloper
from app.domain.errors import PublisherError
from app.domain.sources.publisher_answer import PublisherAnswer
from app.domain.vocabulary import Origin, Status
from app.ingest.fetchers.huggingface import HuggingFace, developers_by_organisation
from app.ingest.fetchers.rows import RowCells
from app.ingest.fetchers.trailing import sum_trailing
from app.ingest.fetchers.upload_file import write_upload_file
from tests.ingest.fetchers.builders import answer, bundled_developers
from tests.recorded_publishers import DEEPSEEK_MODELS

TODAY = date(2026, 5, 4)


def page(author: str, *models: tuple[str, int], cursor: str = "") -> PublisherAnswer:
    url = f"https://huggingface.co/api/models?author={author}&expand=downloads{cursor}"
    rows = [{"id": name, "downloads": downloads} for name, downloads in models]
    return answer(url, json.dumps(rows).encode(), datetime(2026, 5, 4, 6, tzinfo=UTC))


def recorded_page() -> PublisherAnswer:
    models = [(str(model["id"]), int(model["downloads"])) for model in DEEPSEEK_MODELS]
    return page("deepseek-ai", *models)


def index(*developers: KnownDeveloper) -> CatalogueIndex:
    return CatalogueIndex({}, {item.slug: item for item in developers}, {})


def test_downloads_are_added_up_by_developer_and_open() -> None:
    other = page("Qwen", ("Qwen/Qwen3-8B", 10), ("Qwen/Qwen3-4B", 0))
    reading = HuggingFace().read([recorded_page(), other], bundled_developers())
    (month,) = sum_trailing(HuggingFace(), reading, TODAY)
    assert (month.source, month.month) == ("huggingface-downloads", date(2026, 5, 1))
    assert (month.status, month.covered, month.newest_day) == (Status.PROVISIONAL, None, TODAY)
    assert month.totals == {
        RowCells("huggingface-downloads", "deepseek", openness="open"): Decimal(17_502_719),
        RowCells("huggingface-downloads", "qwen", openness="open"): Decimal(10),
    }
    assert reading.as_of == TODAY


def test_the_file_says_nothing_of_days() -> None:
    reading = HuggingFace().read([recorded_page()], bundled_developers())
    months = sum_trailing(HuggingFace(), reading, date(2026, 6, 2))
    assert write_upload_file(HuggingFace(), months).decode().splitlines()[1:] == [
        "2026-05,huggingface-downloads,,open,deepseek,,17502719,final,,,,"
    ]


def test_organisations_without_a_model_are_named() -> None:
    reading = HuggingFace().read([recorded_page(), page("Qwen")], bundled_developers())
    (remark,) = reading.remarks
    assert remark.startswith("Not on the Hub, or without a model there, and counted as nothing: ")
    assert "deepseek-ai" not in remark
    assert remark.endswith(" and 83 more.")


def test_pages_of_one_organisation_are_one_list() -> None:
    pages = [
        page("deepseek-ai", ("deepseek-ai/a", 1)),
        page("deepseek-ai", ("deepseek-ai/b", 2), cursor="&cursor=x"),
    ]
    reading = HuggingFace().read(pages, bundled_developers())
    (month,) = sum_trailing(HuggingFace(), reading, TODAY)
    assert sum(month.totals.values()) == 3


def test_a_model_on_two_pages_is_refused() -> None:
    pages = [page("Qwen", ("Qwen/a", 1)), page("Qwen", ("Qwen/a", 1), cursor="&cursor=x")]
    with pytest.raises(PublisherError, match="row 1 has Qwen/a again"):
        HuggingFace().read(pages, bundled_developers())


def test_of_two_developers_that_share_an_organisation_its_namesake_counts() -> None:
    assert developers_by_organisation(bundled_developers())["zai-org"] == "z-ai"


def test_of_two_that_are_alike_the_first_by_slug_counts() -> None:
    developers = (
        KnownDeveloper("beta", "Beta", Origin.US, (), "Shared"),
        KnownDeveloper("alpha", "Alpha", Origin.US, (), "shared"),
        KnownDeveloper("gamma", "Gamma", Origin.US),
    )
    assert developers_by_organisation(index(*developers)) == {"shared": "alpha"}


def test_a_hub_without_any_model_is_refused() -> None:
    with pytest.raises(PublisherError, match="no model of any organisation"):
        HuggingFace().read([page("Qwen")], bundled_developers())
