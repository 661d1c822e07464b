"""The names of months and weekdays in seven languages, and the shortenings of them."""

import unicodedata
from collections import defaultdict
from typing import Final

# English, German, French, Spanish, Italian and Portuguese as CLDR 47 writes them, with Austria's
# and Peru's own. Chinese counts its months, so that spellings.py reads them as numbers. The names
# are all this application needs of the 36 MB that babel is.
_NAMES: Final = (
    "january januar jänner janvier enero gennaio janeiro",
    "february februar feber février febrero febbraio fevereiro",
    "march märz maerz mrz mars marzo março",
    "april avril abril aprile",
    "may mai mayo maggio maio",
    "june juni juin junio giugno junho",
    "july juli juillet julio luglio julho",
    "august août agosto",
    "september septembre septiembre setiembre settembre setembro",
    "october oktober octobre octubre ottobre outubro",
    "november novembre noviembre novembro",
    "december dezember décembre diciembre dicembre dezembro",
)
_WEEKDAYS: Final = """
    monday mon montag mo lundi lun lunes lunedì segunda seg feira
    tuesday tue tues dienstag di mardi mar martes martedì terça ter
    wednesday wed mittwoch mi mercredi mer miércoles mié mercoledì quarta qua
    thursday thu thur thurs donnerstag do jeudi jeu jueves jue giovedì gio quinta qui
    friday fri freitag fr vendredi ven viernes vie venerdì sexta sex
    saturday sat samstag sonnabend sa samedi sam sábado sáb sabato sab
    sunday sun sonntag so dimanche dim domingo dom domenica
"""
_SHORTEST: Final = 3  # letters of a month's name; two letters are those of weekdays


def fold_letters(text: str) -> str:
    """Return `text` in small letters without accents; full-width digits become plain ones."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


def _months_by_word() -> dict[str, int]:
    """Return the number of the month by each name, and by each shortening of one month only."""
    numbers: dict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(_NAMES, 1):
        for name in map(fold_letters, names.split()):
            for length in range(_SHORTEST, len(name) + 1):
                numbers[name[:length]].add(number)
    # “jui” is June and July in French: it is neither.
    return {word: min(months) for word, months in numbers.items() if len(months) == 1}


MONTHS_BY_WORD: Final = _months_by_word()
"""The number of a month, from 1, by its names and their beginnings, as `fold_letters` has them."""
WEEKDAYS: Final = frozenset(map(fold_letters, _WEEKDAYS.split()))
"""Words of weekdays. “mar” is Tuesday in three of the languages, and March in all."""
FILLERS: Final = frozenset("de del di du do of the den le il el am".split())
"""Words that stand between the parts of a date."""
