"""What each source covers, and what every publishing and withdrawal changed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.database.session import Database
from app.database.vintages import vintage_at
from app.domain.questions.question import Question
from app.domain.revision import Effect, Revision, RevisionKind
from app.domain.vocabulary import Openness, Origin, Status
from app.ingest.withdraw import withdraw_upload
from app.queries.answers.shares import answer_question
from app.queries.coverage import CoveredMonth, read_covered_months, read_snapshots
from app.queries.revisions import read_revisions
from tests.builders import SOURCE, month_file, publish_file, publish_stored, store_file
from tests.looking import counted

JANUARY = date(2026, 1, 1)
BOTH = b"month,origin,openness,share_pct\n2026-01,chinese,open,40\n2026-01,us,closed,30\n"
INSTANT = timedelta(microseconds=1)


def acts(db: Database, as_of: datetime | None = None, limit: int | None = None) -> list[Revision]:
    with db.reading() as session:
        return read_revisions(session, as_of, [SOURCE], limit)


def withdraw(db: Database, upload_id: int, reason: str = "wrong") -> datetime:
    with db.writing() as session:
        return withdraw_upload(session, upload_id, by="grace", reason=reason)


def sums(act: Revision) -> list[tuple[Origin, Openness, Decimal | None, Decimal | None]]:
    (change,) = act.changes
    return [(item.origin, item.openness, item.old, item.new) for item in change.sums]


def test_a_first_publishing_has_nothing_before_it(filled_db: Database) -> None:
    publish_stored(filled_db, store_file(filled_db, month_file("30")))
    act = acts(filled_db)[0]
    assert (act.kind, act.by, act.reason, act.revises) == (RevisionKind.PUBLISHED, "ada", "", False)
    assert [change.effect for change in act.changes] == [Effect.NEW]
    assert sums(act) == [(Origin.CHINESE, Openness.OPEN, None, Decimal(30))]
    assert act.changes[0].sums[0].points is None


def test_a_revision_tells_the_sums_before_and_after(filled_db: Database) -> None:
    first = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    second = publish_stored(filled_db, store_file(filled_db, BOTH), reason="a recount")
    act = acts(filled_db)[0]
    (change,) = act.changes
    assert (act.reason, change.effect, act.revises) == ("a recount", Effect.REVISED, True)
    assert (change.before, change.after) == (first.upload_id, second.upload_id)
    assert sums(act) == [
        (Origin.CHINESE, Openness.OPEN, Decimal(30), Decimal(40)),
        (Origin.US, Openness.CLOSED, None, Decimal(30)),
    ]
    assert [item.points for item in change.sums] == [10, None]


def test_a_sum_that_stays_is_told_and_did_not_move(filled_db: Database) -> None:
    for content in (month_file("40"), BOTH):
        publish_stored(filled_db, store_file(filled_db, content), reason="more of it")
    (change,) = acts(filled_db)[0].changes
    assert [item.origin for item in change.sums] == [Origin.CHINESE, Origin.US]
    assert [item.origin for item in change.moved] == [Origin.US]


def test_withdrawing_what_stands_brings_the_earlier_figures_back(filled_db: Database) -> None:
    first = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    second = publish_stored(filled_db, store_file(filled_db, month_file("35")), reason="a recount")
    withdraw(filled_db, second.upload_id, "miscounted")
    act = acts(filled_db)[0]
    (change,) = act.changes
    assert (act.kind, act.by, act.reason) == (RevisionKind.WITHDRAWN, "grace", "miscounted")
    assert (change.effect, change.before, change.after) == (
        Effect.REVISED,
        second.upload_id,
        first.upload_id,
    )
    assert sums(act) == [(Origin.CHINESE, Openness.OPEN, Decimal(35), Decimal(30))]


def test_withdrawing_the_only_figures_leaves_none(filled_db: Database) -> None:
    withdraw(
        filled_db, publish_stored(filled_db, store_file(filled_db, month_file("30"))).upload_id
    )
    (change,) = acts(filled_db)[0].changes
    assert (change.effect, change.after) == (Effect.REMOVED, None)
    assert [item.new for item in change.sums] == [None]


def test_withdrawing_what_does_not_stand_any_more_changes_no_figure(filled_db: Database) -> None:
    first = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    second = publish_stored(filled_db, store_file(filled_db, month_file("35")), reason="a recount")
    withdraw(filled_db, first.upload_id)
    act = acts(filled_db)[0]
    (change,) = act.changes
    assert (change.effect, change.before) == (Effect.UNTOUCHED, second.upload_id)
    assert not change.moved
    assert not act.revises


def test_what_came_later_is_not_seen_at_an_earlier_instant(filled_db: Database) -> None:
    published = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    assert published.published_at
    withdrawn = withdraw(filled_db, published.upload_id)
    assert [act.kind for act in acts(filled_db, withdrawn)][:2] == [
        RevisionKind.WITHDRAWN,
        RevisionKind.PUBLISHED,
    ]
    before = acts(filled_db, withdrawn - INSTANT)
    assert (before[0].kind, before[0].at) == (RevisionKind.PUBLISHED, published.published_at)
    earlier = acts(filled_db, published.published_at - INSTANT)
    assert published.upload_id not in {act.upload_id for act in earlier}


def test_of_many_acts_the_latest_are_told_and_the_oldest_left_out(filled_db: Database) -> None:
    ids = [
        publish_stored(
            filled_db, store_file(filled_db, month_file(f"3{n}")), reason="again"
        ).upload_id
        for n in range(4)
    ]
    withdraw(filled_db, ids[0])
    outcomes = [(act.kind, act.upload_id) for act in acts(filled_db, limit=3)]
    assert outcomes == [
        (RevisionKind.WITHDRAWN, ids[0]),
        (RevisionKind.PUBLISHED, ids[3]),
        (RevisionKind.PUBLISHED, ids[2]),
    ]


def test_the_acts_of_all_sources_need_three_statements(filled_db: Database) -> None:
    for n in range(5):
        publish_stored(filled_db, store_file(filled_db, month_file(f"3{n}")), reason="again")
    with filled_db.reading() as session, counted(filled_db) as statements:
        read_revisions(session)
    assert len(statements) == 3


# --- coverage


def status(db: Database, rows: bytes) -> CoveredMonth:
    content = b"month,origin,openness,share_pct,status\n" + rows
    publish_stored(db, store_file(db, content), reason="again")
    with db.reading() as session:
        covered = read_covered_months(vintage_at(session), source=SOURCE)
    return next(item for item in covered if item.month == JANUARY)


def test_a_month_is_as_unsettled_as_its_least_settled_line(filled_db: Database) -> None:
    final, provisional = b"2026-01,us,closed,5,final\n", b"2026-01,us,open,5,provisional\n"
    reported = b"2026-01,european,open,5,reported\n"
    estimated = b"2026-01,chinese,open,5,estimated\n"
    assert status(filled_db, final).status == Status.FINAL
    assert status(filled_db, final + reported).status == Status.REPORTED
    assert status(filled_db, final + reported + provisional).status == Status.PROVISIONAL
    statuses = status(filled_db, final + provisional + estimated)
    assert (statuses.status, statuses.lines, statuses.share_pct) == (
        Status.ESTIMATED,
        3,
        Decimal(15),
    )


def test_a_month_tells_whether_any_of_it_is_of_open_models(filled_db: Database) -> None:
    assert not status(filled_db, b"2026-01,us,closed,5,final\n").opens
    assert status(filled_db, b"2026-01,us,closed,5,final\n2026-01,us,open,5,final\n").opens


def test_every_source_is_covered_in_one_statement(bundled_db: Database) -> None:
    with bundled_db.reading() as session, counted(bundled_db) as statements:
        covered = read_covered_months(vintage_at(session))
    assert len(statements) == 1
    months = [item.month for item in covered if item.source == "openrouter-rankings"]
    assert (months[0], months[-1], len(months)) == (date(2025, 1, 1), date(2026, 10, 1), 22)
    assert len({item.source for item in covered}) == 8


def test_nothing_is_covered_before_the_first_publishing(bundled_db: Database) -> None:
    with bundled_db.reading() as session:
        assert read_covered_months(vintage_at(session, datetime(2020, 1, 1, tzinfo=UTC))) == []
        assert read_snapshots(vintage_at(session, datetime(2020, 1, 1, tzinfo=UTC))) == []


def test_snapshots_stay_on_record_and_tell_which_of_them_stands(filled_db: Database) -> None:
    first = publish_stored(filled_db, store_file(filled_db, month_file("30")))
    second = publish_stored(filled_db, store_file(filled_db, month_file("35")), reason="a recount")
    withdrawn = withdraw(filled_db, second.upload_id)
    with filled_db.reading() as session:
        now = [
            item for item in read_snapshots(vintage_at(session), SOURCE) if item.month == JANUARY
        ]
        then = read_snapshots(vintage_at(session, withdrawn - INSTANT), SOURCE)
    assert [(item.upload_id, item.current, item.withdrawn_at) for item in now] == [
        (second.upload_id, False, withdrawn),
        (first.upload_id, True, None),
    ]
    assert (then[0].upload_id, then[0].current, then[0].withdrawn_at) == (
        second.upload_id,
        True,
        None,
    )


def test_a_month_that_became_final_says_so(filled_db: Database) -> None:
    header = "month,origin,share_pct,status\n"
    for status in ("provisional", "final"):
        content = f"{header}2026-01,chinese,30,{status}\n".encode()
        publish_stored(filled_db, store_file(filled_db, content), reason="the month is over")
    (change,) = acts(filled_db)[0].changes
    assert change.status_changed
    assert (change.old_status, change.new_status) == (Status.PROVISIONAL, Status.FINAL)
    assert change.moved == ()


def test_a_later_october_is_a_revision_like_any_other(filled_db: Database) -> None:
    head = "month,origin,openness,share_pct,status,first_day,last_day,days\n"
    days = "provisional,2026-10-01,2026-10-20,20"
    lines = f"2026-10,chinese,open,53.5,{days}\n2026-10,us,closed,20,{days}\n"
    publish_file(filled_db, f"{head}{lines}".encode(), reason="eleven more days")
    with filled_db.reading() as session:
        latest, *_ = read_revisions(session)
        answer = answer_question(session, Question(origin=("chinese",)))
    (change,) = latest.changes
    assert (change.effect, change.month, latest.reason) == (
        Effect.REVISED, date(2026, 10, 1), "eleven more days",
    )  # fmt: skip
    chinese = next(
        item
        for item in change.sums
        if (item.origin, item.openness) == (Origin.CHINESE, Openness.OPEN)
    )
    assert chinese.old
    assert (round(chinese.old, 2), chinese.new) == (Decimal("52.31"), Decimal("53.5"))
    october = answer.shares[-1]
    assert october.days
    assert (october.share_pct, october.status, october.days.days) == (
        Decimal("53.5"), "provisional", 20,
    )  # fmt: skip
