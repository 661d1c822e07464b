"""What the tests of reads share: a question put as in an address."""

from urllib.parse import parse_qsl

from app.database.session import Database
from app.domain.answer import Answer
from app.domain.questions.question_parser import parse_question
from app.queries.answers.shares import answer_question, known_slugs


def ask(db: Database, query: str = "") -> Answer:
    with db.reading() as session:
        question = parse_question(parse_qsl(query), known_slugs(session))
        return answer_question(session, question)
