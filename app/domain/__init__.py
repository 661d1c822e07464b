"""The values every room speaks in: closed lists, months, questions, answers and revisions."""
