"""What the faults of a file share: a cluster that may be killed, and headers of a maintainer."""

from collections.abc import Iterator

import pytest

from app.auth.accounts import add_maintainer, create_token
from app.database.session import Database
from tests.faults.cluster import Cluster, filled_cluster


@pytest.fixture(scope="module")
def database() -> Iterator[Cluster]:
    with filled_cluster() as made:
        yield made


@pytest.fixture(scope="module")
def token(database: Cluster) -> dict[str, str]:
    db = Database(database.url)
    with db.writing() as session:
        add_maintainer(session, "ada")
        made = create_token(session, "ada", "faults")
    db.close()
    return {"Authorization": f"Bearer {made}", "Content-Type": "text/csv"}
