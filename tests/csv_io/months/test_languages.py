"""Months written in every language, and read back."""

import calendar
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.csv_io.months.names import MONTHS_BY_WORD, fold_letters
from app.csv_io.months.spellings import read_spelling

# As CLDR 47 writes them: wide names, then abbreviations in running text, then on their own.
CLDR = {
    "en": [
        "January February March April May June July August September October November December",
        "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
        "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec",
    ],
    "de": [
        "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
        "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
        "Jänner Feber Maerz Apr. Mai Juni Juli Aug. Sep. Okt. Nov. Dez.",
    ],
    "fr": [
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
        "janv fevr mars avr mai juin juill. aout sept oct nov dec",
    ],
    "es": [
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sept oct nov dic",
        "Ene. Feb. Mar. Abr. May. Jun. Jul. Ago. Set. Oct. Nov. Dic.",
        "enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre",
    ],
    "it": [
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",  # noqa: E501
        "gen feb mar apr mag giu lug ago set ott nov dic",
    ],
    "pt": [
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
        "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
    ],
    "zh": [
        "一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月",
        "1月 2月 3月 4月 5月 6月 7月 8月 9月 10月 11月 12月",
        "1月份 2月份 3月份 4月份 5月份 6月份 7月份 8月份 9月份 10月份 11月份 12月份",
    ],
}
LISTS = [(language, names.split()) for language, lists in CLDR.items() for names in lists]
FORMS = {
    "en": ["{d} {m} {y}", "{m} {d}, {y}", "{m} {d}{th} {y}", "{d}-{m}-{y}", "{w}, {m} {d}, {y}"],
    "de": ["{d}. {m} {y}", "{d}.{m}.{y}", "{w}, {d}. {m} {y}", "{w}, den {d}. {m} {y}"],
    "fr": ["{d} {m} {y}", "{w} {d} {m} {y}", "le {d} {m} {y}", "{d}-{m}-{y}"],
    "es": ["{d} de {m} de {y}", "{w}, {d} de {m} de {y}", "{d} {m} {y}", "{d}-{m}-{y}"],
    "it": ["{d} {m} {y}", "{w} {d} {m} {y}", "{d}-{m}-{y}", "{d}º {m} {y}"],
    "pt": ["{d} de {m} de {y}", "{w}, {d} de {m} de {y}", "{d}/{m}/{y}", "{d} {m} {y}"],
    "zh": ["{y}年{m}{d}日", "{y}年{m}{d}号", "{y} 年 {m} {d} 日", "{y}年{m}{d}日{w}"],
}  # fmt: skip
WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "zh": "星期一 星期二 星期三 星期四 星期五 星期六 星期日",
}
MONTH_FORMS = [
    "{m} {y}",
    "{m}-{y}",
    "{m}/{y}",
    "{m}, {y}",
    "{m}.{y}",
    "{y} {m}",
    "{y}-{m}",
    "{m}{y}",
]
months = st.dates(date(2015, 1, 1), date(2099, 12, 31)).map(lambda day: day.replace(day=1))
names = st.sampled_from(LISTS)
cases = st.sampled_from([str, str.upper, str.lower, str.title])


def readings(text: str) -> list[tuple[date, date | None]]:
    return [reading[:2] for reading in read_spelling(text).readings]


@given(months, names, st.sampled_from(MONTH_FORMS), cases)
def test_a_month_and_its_year_in_any_language_has_that_one_reading(
    month: date, listed: tuple[str, list[str]], form: str, case: type[str]
) -> None:
    language, words = listed
    if language == "zh":
        form = form.replace("{m}{y}", "{y}年{m}")
    text = case(form.format(m=words[month.month - 1], y=month.year))
    assert readings(text) == [(month, None)], text


@given(months, names, st.sampled_from([" ", "-", "/", ".", "-'"]))
def test_a_month_and_two_digits_is_that_month_of_this_century(
    month: date, listed: tuple[str, list[str]], mark: str
) -> None:
    text = f"{listed[1][month.month - 1]}{mark}{month.year % 100}"
    assert readings(text) == [(month, None)], text


@given(months, names, st.data(), st.booleans(), cases)
def test_its_first_and_last_day_in_any_language_have_that_one_reading(
    month: date, listed: tuple[str, list[str]], data: st.DataObject, last: bool, case: type[str]
) -> None:
    language, words = listed
    day = month.replace(day=calendar.monthrange(month.year, month.month)[1]) if last else month
    form = data.draw(st.sampled_from(FORMS[language]))
    weekday = WEEKDAYS[language].split()[day.weekday()]
    th = "st" if day.day in {1, 31} else "th"
    text = case(form.format(d=day.day, m=words[month.month - 1], y=month.year, w=weekday, th=th))
    assert readings(text) == [(month, day)], text


@given(st.dates(date(2015, 1, 1), date(2035, 12, 31)))
def test_serial_numbers_are_days_as_spreadsheets_count_them(day: date) -> None:
    assert readings(str((day - date(1899, 12, 30)).days)) == [(day.replace(day=1), day)]


@given(
    st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.sampled_from(["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y-%m-%d %H:%M:%S"]),
)
def test_a_date_in_numbers_has_the_day_that_was_written_among_its_readings(
    day: date, form: str
) -> None:
    found = readings(day.strftime(form))
    assert (day.replace(day=1), day) in found
    assert len(found) <= 2


@given(st.text(alphabet="0123456789-/.: 年月日mqTZaug十八周星", max_size=30))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert all(reading.month.day == 1 for reading in read_spelling(text).readings)


@given(st.text(max_size=60))
def test_any_other_text_too(text: str) -> None:
    read_spelling(text)


@pytest.mark.parametrize(("language", "words"), LISTS)
def test_no_name_is_another_month_in_another_language(language: str, words: list[str]) -> None:
    for number, word in enumerate(words, 1):
        if language != "zh":
            assert MONTHS_BY_WORD[fold_letters(word).rstrip(".")] == number
