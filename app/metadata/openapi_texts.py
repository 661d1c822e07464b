"""Texts of the API reference on the API as a whole: its parts, its refusals, and what it is about.

What a field means stands in its own model: the same word may mean another thing elsewhere.
"""

from typing import Final

# The order of the tags is the order of the sections in the reference.
TAG_TEXTS: Final = {
    "shares": "Chart data: shares by source, month and group, as rows or as a figure.",
    "observations": "The stored lines behind the shares, each with its upload and line.",
    "sources": "Publishers’ measures: what each counts, of what, under which licence.",
    "catalogue": (
        "Origins, companies, developers, models, their other names, and events, as the catalogue"
        " knows them; a search by any name."
    ),
    "provenance": "Snapshots and revisions: what was published, superseded and withdrawn, and why.",
    "uploads": "For maintainers: check, publish and withdraw a file. Published ones are public.",
    "operations": "For operators: whether the server lives, and whether it can answer.",
}

# Every status that an address can refuse with needs a text. Numbers in them repeat limits that are
# set elsewhere, in the rules of routes and in FileLimits.
REFUSAL_TEXTS: Final = {
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

# OpenAPI reads descriptions as Markdown.
ABOUT_TEXT: Final = """\
How much of the use of AI models goes to open models, by the home of their developers, a row for
each month.

One question, written as query parameters, is answered alike by every address. `/api` explains it
to people, with examples to copy and the promise that version 1 makes; `/docs` is the reference.

Code: Apache-2.0. Data: each source keeps its own licence. It stands in every answer, beside the
line to cite. A share is cited with its source, what 100 % is, its month and its vintage. `/about`
says who runs this server.
"""
