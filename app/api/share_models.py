"""What an answer of shares looks like to programs: its rows, its definition and its links."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from app.api.lists.envelope import RowModel
from app.api.lists.fields import (
    CadenceWord,
    Instant,
    Month,
    OriginUrl,
    Percent,
    PublisherAsOf,
    PublishesAfterDays,
    ReportsOn,
    RetrievedAt,
    SourceSlug,
    StatisticWord,
    WindowWord,
    enum_schema,
)
from app.domain.questions.parameters import PARAMETERS
from app.domain.vocabulary import MISSING, Status

GROUP_WORDS: Final = {item.name: item.allowed for item in PARAMETERS}
"""The words that each parameter of a question allows, by its name."""


class ShareRow(RowModel):
    """A group's share of one source's month."""

    source: SourceSlug = Field(description="Slug of the source that counted the share.")
    month: Month = Field(description="The month the share is about.")
    group: str = Field(
        min_length=1,
        description=(
            "Key of the group: an origin, openness, or slug. `_rest`: those beyond `top`;"
            " `_unnamed`: lines that name none, and what a source does not break down."
        ),
        examples=["chinese"],
    )
    label: str = Field(
        min_length=1, description="The group as people read it.", examples=["Chinese"]
    )
    share_pct: Percent | None = Field(
        description=(
            "Percent of what `meta.of` says, four decimals; null, never zero, where the source"
            " says nothing of it."
        ),
        examples=[28.7738],
    )
    status: Annotated[str, enum_schema([*Status, MISSING])] = Field(
        description=(
            "final: as the source left it; provisional: not settled; reported: given in rounded"
            " words; estimated: an estimate; missing: the source says nothing of it."
        ),
        examples=["final"],
    )
    note: str = Field(
        description="What the source notes of the month; may be empty.",
        examples=["23 of 30 days covered"],
    )
    metric: str = Field(description="What the source of the row counts.", examples=["tokens"])
    openness: Annotated[str, enum_schema(GROUP_WORDS["openness"])] = Field(
        description="Which models the question of the row counts.", examples=["open"]
    )
    of: Annotated[str, enum_schema(GROUP_WORDS["of"])] = Field(
        description="What 100 percent of the row is: all usage, or that of open models.",
        examples=["all"],
    )
    as_of: Instant = Field(
        description="The vintage of the row: when figures or the catalogue last changed, UTC."
    )
    window: WindowWord
    statistic: StatisticWord
    low_pct: Percent | None = Field(
        description=(
            "The least that `share_pct` can be: what is known to belong. Of all usage the share"
            " itself, but for `_open`; of open usage less, as more of it may be open. Null where"
            " `share_pct` is."
        ),
        examples=[28.7738],
    )
    high_pct: Percent | None = Field(
        description=(
            "The most that it can be: with all that might belong, since its origin, its openness"
            " or its maker is not known or the source does not break it down. Null where"
            " `share_pct` is."
        ),
        examples=[36.811],
    )
    cite: str = Field(
        description=(
            "Address of the page that cites the number, for ever; empty where there is none."
        ),
        examples=[
            "https://example.org/cite/2025-08~chinese~openrouter-rankings~gpsqnjwpc0~28.7738"
        ],
    )


class SourceNote(BaseModel):
    """A source of the answer, and how to cite it."""

    source: SourceSlug = Field(description="Slug, as the rows have it.")
    name: str = Field(description="As people read it.", examples=["OpenRouter rankings"])
    metric: str = Field(description="What it counts.", examples=["tokens"])
    licence: str = Field(description="Of its figures; may be empty.", examples=["CC BY 4.0"])
    citation: str = Field(
        description="The line it asks for, with the publisher's own date filled in.",
        examples=["Source: OpenRouter (openrouter.ai/rankings), as of 23 November 2026."],
    )
    window: WindowWord
    statistic: StatisticWord
    reports_on: ReportsOn
    cadence: CadenceWord
    publishes_after_days: PublishesAfterDays
    origin_url: OriginUrl = Field(
        description="Where the figures of its latest month were read; may be empty."
    )
    retrieved_at: RetrievedAt = Field(description="The day those were read there; null: not known.")
    publisher_as_of: PublisherAsOf = Field(
        description="The publisher's own date of those; null: not known."
    )


class Meta(BaseModel):
    """What was counted, of what, as of when: a share is never told without it."""

    version: str = Field(default="v1", description="Of this API: changes are additions only.")
    by: Annotated[str, enum_schema(GROUP_WORDS["by"])] = Field(
        description="What the shares are grouped by.", examples=["origin"]
    )
    openness: Annotated[str, enum_schema(GROUP_WORDS["openness"])] = Field(
        description="Which models are counted.", examples=["open"]
    )
    of: Annotated[str, enum_schema(GROUP_WORDS["of"])] = Field(
        description="What 100 percent is: all usage, or open.", examples=["all"]
    )
    # `from` is a keyword of Python; the alias is what the answer says.
    from_: Month = Field(
        serialization_alias="from", description="First month told.", examples=["2025-01"]
    )
    to: Month = Field(description="Last month told.", examples=["2026-09"])
    unit: str = Field(
        default="percent", description="Of every `share_pct`, `low_pct` and `high_pct`."
    )
    as_of: Instant | None = Field(description="The vintage: when these figures last changed, UTC.")
    definition: str = Field(description="In words: what was counted, by whom, of what.")
    sources: list[SourceNote] = Field(description="Those asked, in order.")
    notes: list[str] = Field(
        description=(
            "Of which months a source has figures but none that answers this question, and why."
        ),
        examples=[[]],
    )


class Links(BaseModel):
    """Absolute addresses. They name the sources, so that their subject never changes."""

    self: str = Field(description="This answer, its parameters in canonical order.")
    csv: str = Field(description="The rows as CSV.")
    page: str = Field(description="The same question as a page for people.")
    pinned: str = Field(description="The same answer for ever, whatever is published later.")


class Shares(BaseModel):
    data: list[ShareRow] = Field(description="By source, month and group.")
    complement: list[ShareRow] = Field(
        description=(
            "What the question leaves out of the whole, in the same order: `_open`, `closed`,"
            " `unknown`. With `data` it adds up to 100 where a month has figures;"
            " empty with of=open."
        )
    )
    meta: Meta
    links: Links
