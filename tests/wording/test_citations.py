"""How an answer is cited."""

import json
from dataclasses import replace
from datetime import date

import pytest

from app.domain.answer import Answer
from app.domain.questions.question import Question
from app.domain.site import Site
from app.domain.sources.provenance import UNKNOWN_PROVENANCE, Provenance
from app.wording.bibliography import Citation
from app.wording.citations import cite_answer
from app.wording.definitions import source_citation
from tests.answers import answer, bounded, source

SITE = Site("Example Shares", address="https://share.example")
FOUND = answer(
    {"chinese": ["6", "60.26"], "us": ["4", "3"]}, statuses={0: "provisional", 1: "provisional"}
)


def sentence(shares: Answer, question: Question | None = None) -> str:
    citation = cite_answer(shares, question or Question(), SITE)
    assert citation is not None
    return citation.sentence


@pytest.mark.parametrize(
    "part",
    [
        "Chinese open models: 60.26\u00a0% (provisional)",
        "of all tokens (public traffic) in February\u00a02025.",
        "Calculated from figures of Acme, and labelled by home and openness by Example Shares.",
        "Counted: open models, those whose weights can be downloaded, by the home of each model",
        "Acme, as of 2\u00a0October\u00a02026.",
        "Licence: CC BY 4.0.",
        "As known on 23\u00a0November\u00a02026, 10:00\u00a0UTC: https://share.example/trends?",
        "https://share.example/trends?source=gateway&as_of=2026-11-23T10:00:00Z",
    ],
)
def test_the_sentence_says_value_definition_month_source_licence_vintage_and_link(
    part: str,
) -> None:
    assert part in sentence(FOUND)


def test_the_sentence_says_what_the_figure_is_at_most() -> None:
    doubtful = bounded(answer({"chinese": ["58.0912"]}), {"chinese": ["69.5307"]})
    assert "58.09\u00a0% (at most 69.53\u00a0%) of all tokens" in sentence(doubtful)
    running = bounded(
        answer({"chinese": ["52.3"]}, statuses={0: "provisional"}), {"chinese": ["72.01"]}
    )
    assert "52.30\u00a0% (provisional; at most 72.01\u00a0%) of all" in sentence(running)


def test_a_licence_that_the_source_s_own_line_names_is_not_said_twice() -> None:
    own = source(citation="Acme, as of {as_of}. Licensed under CC BY 4.0.")
    assert sentence(answer({"us": ["4"]}, sources=(own,))).count("CC BY 4.0") == 1


def test_several_sources_are_cited_each_with_its_own_figure() -> None:
    cited = sentence(answer({"chinese": ["6"]}, {"chinese": ["41"]}))
    assert "6.00\u00a0%" in cited
    assert "41.00\u00a0%" in cited
    assert "source=gateway,gateway-1" in cited


def test_where_there_is_no_figure_there_is_nothing_to_cite() -> None:
    assert cite_answer(answer({"us": [None]}), Question(), SITE) is None


def test_bibtex_escapes_what_tex_would_take_for_commands() -> None:
    odd = source(publisher="A&B_C #1 {x} \\input", citation="100 % of ~ and ^ and $")
    citation = cite_answer(answer({"us": ["4"]}, sources=(odd,)), Question(), SITE)
    assert citation is not None
    assert (
        r"A\&B\_C \#1 \textbraceleft{}x\textbraceright{} \textbackslash{}input" in citation.bibtex
    )
    assert r"100 \% of \textasciitilde{} and \textasciicircum{} and \$" in citation.bibtex
    assert citation.bibtex.count("{") == citation.bibtex.count("}")


def test_a_lone_brace_in_a_name_leaves_bibtex_in_balance() -> None:
    citation = cite_answer(
        answer({"us": ["4"]}, sources=(source(publisher="A{"),)), Question(), SITE
    )
    assert citation is not None
    assert citation.bibtex.count("{") == citation.bibtex.count("}")


@pytest.mark.parametrize(
    ("provenance", "line"),
    [
        (Provenance("", date(2026, 10, 12), date(2026, 10, 10)), "Acme, as of 10 October 2026."),
        (Provenance("", date(2026, 10, 12), None), "Acme, as of 12 October 2026."),
        (Provenance("https://example.org/", None, None), "Acme."),
    ],
)
def test_a_source_is_cited_as_of_the_publishers_date_and_never_of_ours(
    provenance: Provenance, line: str
) -> None:
    shares = answer({"us": ["4"]}, sources=(source(provenance=provenance),))
    cited = sentence(shares).replace("\u00a0", " ")
    assert f" {line} Licence: CC BY 4.0. As known on 23 November 2026" in cited


@pytest.mark.parametrize(
    ("line", "undated"),
    [
        ("Acme (acme.org), as of {as_of}. CC BY.", "Acme (acme.org). CC BY."),
        ("Acme (as of {as_of}). CC BY.", "Acme. CC BY."),
        ("Acme, accessed {as_of}", "Acme"),
        ("Acme {as_of}", "Acme"),
        ("Acme, {as_of}. CC BY.", "Acme. CC BY."),
        ("Acme", "Acme"),
        ("", ""),
    ],
)
def test_a_line_without_a_date_leaves_out_what_introduces_it(line: str, undated: str) -> None:
    assert source_citation(source(citation=line, provenance=UNKNOWN_PROVENANCE)) == undated


def test_a_reported_figure_is_not_called_our_calculation() -> None:
    cited = sentence(answer({"chinese": ["30"]}, statuses={0: "reported"})).replace("\u00a0", " ")
    assert "Chinese open models: 30 % (reported) of all tokens" in cited
    assert "As reported by Acme; labelled by home and openness by Example Shares." in cited
    assert "Calculated" not in cited


def test_a_news_story_gets_one_rounded_number_with_its_doubt_and_who_says_it() -> None:
    doubtful = bounded(answer({"chinese": ["58.0912"]}), {"chinese": ["69.5307"]})
    citation = cite_answer(doubtful, Question(), SITE)
    assert citation is not None
    assert citation.short.replace("\u00a0", " ") == (
        "Chinese open models made up 58.1 % (at most 69.5 %) of all tokens counted by Acme"
        " in January 2025, according to Example Shares."
    )


def test_csl_json_is_one_data_set_with_its_link_and_day() -> None:
    citation = cite_answer(FOUND, Question(), SITE)
    assert citation is not None
    (item,) = json.loads(citation.csl_text)
    assert item["type"] == "dataset"
    assert item["issued"] == {"date-parts": [[2026, 11, 23]]}
    assert item["URL"] == citation.link
    assert item["id"] in citation.bibtex


def test_what_the_source_notes_of_the_month_is_part_of_the_citation() -> None:
    citation = answer({"us": ["41"]})
    noted = replace(citation.shares[0], note="over the twelve months to January")
    cited = sentence(replace(citation, shares=(noted,)))
    assert "US open models: 41.00\u00a0% (over the twelve months to January) of all" in cited


def cited_by(site: Site) -> Citation:
    citation = cite_answer(FOUND, Question(), site)
    assert citation is not None
    return citation


def test_the_site_and_its_publisher_are_cited_as_they_name_themselves() -> None:
    citation = cited_by(Site("iShares", "Example Institute", address=SITE.address))
    assert " by iShares (Example Institute). " in citation.sentence
    assert "author = {{iShares}}," in citation.bibtex
    assert "publisher = {{Example Institute}}," in citation.bibtex
    (item,) = citation.csl
    assert (item["author"], item["publisher"]) == ([{"literal": "iShares"}], "Example Institute")
    assert "Open Model Share" not in citation.sentence + citation.bibtex + citation.csl_text


def test_a_publisher_that_is_the_site_is_not_named_twice() -> None:
    citation = cited_by(Site("Example", "Example", address=SITE.address))
    assert citation.sentence.count("Example") == 1
    assert "publisher" not in citation.bibtex
    (item,) = citation.csl
    assert item["author"] == [{"literal": "Example"}]
    assert "publisher" not in item


def test_an_unnamed_site_is_cited_as_a_private_copy_with_its_address() -> None:
    citation = cited_by(Site(address="http://127.0.0.1:8000"))
    assert " by a private copy of Open Model Share. " in citation.sentence
    assert citation.sentence.count("http://127.0.0.1:8000") == 1
    author = "A private copy of Open Model Share at http://127.0.0.1:8000"
    assert f"author = {{{{{author}}}}}," in citation.bibtex
    assert "publisher" not in citation.bibtex + citation.csl_text
    assert citation.csl[0]["author"] == [{"literal": author}]


def test_what_a_site_is_called_leaves_bibtex_and_json_in_balance() -> None:
    citation = cited_by(Site('A{ & "B_C" \\', "50 %}", address=SITE.address))
    assert r"""author = {{A\textbraceleft{} \& "B\_C" \textbackslash{}}},""" in citation.bibtex
    assert r"publisher = {{50 \%\textbraceright{}}}," in citation.bibtex
    assert citation.bibtex.count("{") == citation.bibtex.count("}")
    (item,) = json.loads(citation.csl_text)
    assert item["author"] == [{"literal": 'A{ & "B_C" \\'}]
