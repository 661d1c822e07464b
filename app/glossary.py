"""What the fields of the API mean: one word means the same in every answer.

A response model says more where it has more to say; the document takes the rest from here.
"""

from dataclasses import dataclass
from typing import Any, Final

from app.words import Openness, Origin, Status


@dataclass(frozen=True, slots=True)
class Term:
    """A field's meaning, its unit where it has one, and an example."""

    meaning: str
    example: Any = None
    unit: str = ""


def _one_of(words: type[Origin] | type[Openness] | type[Status]) -> str:
    return ", ".join(words)


TERMS: Final = {
    # --- what a figure is about
    "source": Term("Slug of the source: one publisher’s one measure.", "openrouter-rankings"),
    "month": Term("The month the figure is about, YYYY-MM.", "2025-08"),
    "group": Term("Key of the group: an origin, an openness, or a slug.", "chinese"),
    "label": Term("The group’s name, for people.", "Chinese"),
    "share_pct": Term("Percent of what the source counted that month.", 28.6539, "percent"),
    "old_pct": Term("The share before.", 28.9, "percent"),
    "new_pct": Term("The share after.", 29.7, "percent"),
    "change_pp": Term("What it changed by.", 0.8, "percentage points"),
    "value": Term("The count as the file gave it, in the metric of the source.", 1203.5, "metric"),
    "status": Term(f"How settled it is: {_one_of(Status)}, or missing.", "final"),
    "note": Term("What the file says beside the figure.", ""),
    "origin": Term(f"Home of the developer: {_one_of(Origin)}.", "chinese"),
    "openness": Term(f"Whether the weights can be downloaded: {_one_of(Openness)}.", "open"),
    "developer": Term("Slug of the model’s developer.", "deepseek"),
    "model": Term("Slug of the model.", "deepseek/deepseek-v3"),
    "upload": Term("Number of the upload the line came with.", 3),
    "upload_id": Term("Number of the upload.", 3),
    "key": Term("The word that questions and rows use.", "chinese"),
    "line": Term("Line of the stored file, counted from 1, the header included.", 4, "line"),
    "column": Term("Column of the file, counted from 1.", 3, "column"),
    "lines": Term("How many lines.", 27, "lines"),
    "count": Term("How many there are.", 2),
    # --- sources and the catalogue
    "slug": Term("The name in addresses; it stays for ever.", "deepseek"),
    "name": Term("The name, for people.", "OpenRouter rankings"),
    "title": Term("In a few words.", "DeepSeek R1 is released"),
    "text": Term("What is to be said, in a sentence.", "The lines add up to 62.4 percent."),
    "description": Term("What it is, in a sentence or two.", ""),
    "publisher": Term("Who publishes the figures.", "OpenRouter"),
    "metric": Term("What is counted.", "tokens"),
    "population": Term("Of what the metric is counted.", "Public traffic routed through it"),
    "url": Term("Where to read more.", "https://openrouter.ai/rankings"),
    "homepage": Term("The developer’s own site.", "https://www.deepseek.com"),
    "country": Term("Two letters, ISO 3166.", "CN"),
    "date": Term("The day, YYYY-MM-DD.", "2025-01-20"),
    "headline": Term("Whether it stands on the charts by default.", True),
    "huggingface_org": Term("The developer’s name on the Hugging Face Hub.", "deepseek-ai"),
    "base_developer": Term("Slug of the developer of the model it was built on.", "qwen"),
    "release_month": Term("The month it came out, YYYY-MM.", "2025-01"),
    "licence": Term("Under which the source gives its figures; empty: none is said.", "CC BY 4.0"),
    "citation": Term(
        "The line to cite, with its vintage.", "Source: OpenRouter, as of 2026-11-23."
    ),
    "method": Term("How the source counts, and what it leaves out.", "Prompt and completion."),
    # --- what an answer says of itself
    "data": Term("The rows."),
    "meta": Term("What the rows are: the question, its definition, its vintage."),
    "links": Term("Addresses of the same answer in other forms."),
    "version": Term("Version of the API.", "v1"),
    "by": Term("What the shares are grouped by.", "origin"),
    "of": Term("What 100 percent is: all usage, or that of open models.", "all"),
    "from": Term("First month of the answer, YYYY-MM.", "2025-01"),
    "to": Term("Last month of the answer, YYYY-MM.", "2026-09"),
    "unit": Term("Unit of the shares.", "percent"),
    "as_of": Term("The vintage: when these figures last changed, in UTC.", "2026-11-23T10:00:00Z"),
    "definition": Term("What was counted, of what, in a sentence to print beside the figure."),
    "sources": Term("The sources of the rows, with licence and line to cite."),
    "self": Term("This answer.", "https://example.org/api/v1/shares"),
    "csv": Term("The same rows as CSV.", "https://example.org/api/v1/shares.csv"),
    "page": Term("The page for people.", "https://example.org/trends"),
    "pinned": Term("The same answer for ever, whatever is published later."),
    "next": Term("The next page of rows; null on the last."),
    "file": Term("The file, byte for byte as it was received."),
    # --- uploads
    "id": Term("The number that names it.", 3),
    "state": Term("What became of it.", "published"),
    "filename": Term("The file’s name, as it was sent.", "october.csv"),
    "sha256": Term("SHA-256 of the file’s bytes, 64 hexadecimal digits.", "9f86d081" * 8),
    "size": Term("Size of the file.", 2048, "bytes"),
    "bytes": Term("Size of the file.", 2048, "bytes"),
    "received_at": Term("When it was received, in UTC."),
    "received_by": Term("Who sent it.", "ada (token job)"),
    "published_at": Term("When it was published, in UTC; null: it is not."),
    "published_by": Term("Who published it.", "ada (token job)"),
    "withdrawn_at": Term("When it was withdrawn, in UTC; null: it was not."),
    "withdrawn_by": Term("Who withdrew it.", "ada"),
    "withdrawn_reason": Term("Why it was withdrawn.", ""),
    "discarded_at": Term("When it was discarded unpublished, in UTC; null: it was not."),
    "discarded_by": Term("Who discarded it.", "ada"),
    "reason": Term("Why published figures were revised; empty where none were.", ""),
    "months": Term("The months, one entry for each source and month."),
    "basis": Term("Whether the file gave shares, or values.", "share"),
    "current": Term("Whether it stands: nothing later took its place.", True),
    "review": Term("What publishing would change."),
    # --- how a file was read
    "reading": Term("How the file was read; nothing of it is guessed silently."),
    "encoding": Term("The file’s encoding.", "UTF-8"),
    "bom": Term("Whether a byte order mark begins the file.", False),
    "delimiter": Term("What parts its cells.", "comma"),
    "header_line": Term("The line of the header, counted from 1.", 1, "line"),
    "blank_lines": Term("Lines without a character, passed over.", 0, "lines"),
    "empty_columns": Term("Columns without a name or a cell, passed over.", 0, "columns"),
    "columns": Term("The columns, in the file’s order."),
    "position": Term("Its place, counted from 1.", 2),
    "header": Term("Its name in the file.", "Share percent"),
    # --- what would change
    "counts": Term("How many slices are new, changed, unchanged or removed."),
    "new": Term("What is there afterwards.", 29.7),
    "old": Term("What was there before.", 28.9),
    "changed": Term("Slices with another share.", 4),
    "unchanged": Term("Slices that stay as they are.", 20),
    "removed": Term("Slices that go.", 0),
    "kind": Term("What becomes of it: new, changed or removed.", "changed"),
    "new_developers": Term("Developers that publishing adds to the catalogue."),
    "new_models": Term("Models that publishing adds to the catalogue."),
    "warnings": Term("What to look at twice; it stops nothing."),
    "errors": Term("What is wrong with it, each with its place."),
    "error_count": Term("How many errors there are in all.", 1, "errors"),
    # --- errors
    "type": Term("Names the kind of problem.", "urn:open-model-share:problem:BadQuestion"),
    "detail": Term("What was found and what is expected.", "Found “origins”; expected …"),
    "code": Term("The kind of error, for programs.", "unknown_value"),
    "field": Term("The parameter or column.", "by"),
    "found": Term("What was sent, at most 80 escaped characters.", "origins"),
    "expected": Term("What is allowed.", "one of origin, openness, developer, model"),
    "suggestion": Term("The nearest that is allowed; null where nothing is near.", "origin"),
}

TAGS: Final = {
    "shares": "Chart data: shares by source, month and group, as rows or as a figure.",
    "observations": "The stored lines behind the shares, each with its upload and line.",
    "sources": "Publishers’ measures: what each counts, of what, under which licence.",
    "catalogue": "Origins, developers, models and events, as the catalogue knows them.",
    "provenance": "Snapshots and revisions: what was published, superseded and withdrawn, and why.",
    "uploads": "For maintainers: check, publish and withdraw a file. Published ones are public.",
    "operations": "For operators: whether the server lives, and whether it can answer.",
}

REFUSALS: Final = {
    400: "A parameter is unknown, repeated or malformed: `errors` names it and what is allowed.",
    401: "No token was sent, or one that is unknown or revoked.",
    403: "The request comes from a page of another site.",
    404: "Nothing of that name exists, or no published figure answers the question.",
    409: "The figures have changed meanwhile, or a reason is needed.",
    413: "The body is too large: files up to 10 MiB, other bodies up to 64 KiB.",
    415: "The body is of another kind than this address takes, or compressed.",
    422: "The file or a field cannot be taken: `errors` says where and why.",
    429: "Too many requests: come again after `Retry-After` seconds.",
    500: "The fault is ours.",
    503: "The database cannot be reached at the moment: come again after `Retry-After` seconds.",
}

ABOUT: Final = """\
How much of the use of AI models goes to open models, by the home of their developers, a row for
each month.

One question, written as query parameters, is answered alike by every address. `/api` explains it
to people, with examples to copy and the promise that version 1 makes; `/docs` is the reference.

Code: Apache-2.0. Data: each source keeps its own licence. It stands in every answer, beside the
line to cite. A share is cited with its source, what 100 % is, its month and its vintage.
"""
