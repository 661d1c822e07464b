"""The column that a header's unknown name most likely means."""

import re
from collections.abc import Sequence

from app.csv_io.schema import ColumnRule
from app.domain.naming.matching import fold_name, nearest_match

# Below it, names of another meaning are alike: Country is 0.83 like count.
_ALIKE = 0.85


def column_meant(name: str, rules: Sequence[ColumnRule]) -> ColumnRule | None:
    """Return the rule that `name` means by a word of it or a slip of typing, else None."""
    words = {_key(word): rule for rule in rules for word in (*rule.names, *rule.words)}
    if (rule := words.get(_key(name))) is not None:
        return rule
    # A short word has others all around it. “Open” may stand above the open models of a wide file.
    if len(fold_name(name)) < 5:
        return None
    nearest = nearest_match(name, words, cutoff=_ALIKE, whole=False)
    return words[nearest] if nearest else None


def _key(name: str) -> str:
    """Return a name without case, spaces and signs, such as the brackets of `share (%)`."""
    return re.sub(r"[^\w?]+|_", "", fold_name(name)) or name.strip()
