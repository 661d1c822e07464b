"""The next figures of sources as sentences, for pages and the feed."""

from collections.abc import Iterable

from app.database.vintages import Vintage
from app.domain.answer import SourceDefinition
from app.domain.calendar import today_utc
from app.queries.schedule import read_next_figures
from app.wording.schedule import schedule_text


def coming_sentences(vintage: Vintage, sources: Iterable[SourceDefinition]) -> list[str]:
    """Return when the next figures of sources come, or since when they are late.

    A source of which nobody knows, or that will have no more, has no sentence.
    """
    coming = ((source, read_next_figures(vintage, source)) for source in sources)
    return [
        f"{source.name}, next: {schedule_text(source, figures, today_utc())}"
        for source, figures in coming
        if figures
    ]
