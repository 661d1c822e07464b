"""What a text may be before it is stored."""

import pytest

from app.domain.text import UnreadableCellError, clean_text

GROWS = "\u0958"  # the composed form of this letter has two characters


def test_a_text_that_its_composed_form_lengthens_is_measured_in_that_form() -> None:
    assert len(clean_text(GROWS * 100, 200)) == 200
    with pytest.raises(UnreadableCellError) as refused:
        clean_text(GROWS * 101, 200)
    assert refused.value.code == "too_long"
    assert refused.value.expected == "at most 200 characters; there are 202"
