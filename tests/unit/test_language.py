"""In which language people are told things: what chooses it, and what follows for numbers, names and errors."""

from __future__ import annotations

import gc
import re
import threading
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kosho import codes, formatting, language, yamlfile
from kosho.cli import app
from kosho.errors import InputError
from kosho.language import _, current, ngettext, pgettext, texts_of, use
from kosho.provenance import Frozen
from kosho.world import toy

SECOND = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "{left} day left"
msgid_plural "{left} days left"
msgstr[0] "encore {left} jour"
msgstr[1] "encore {left} jours"

msgctxt "economy"
msgid "United States"
msgstr "États-Unis"

msgid "{day}\u00a0{month} {year}"
msgstr "{day} {month} {year}"

msgid "June"
msgstr "juin"
"""
PAPER = """\
title: {title}
parties: [{{economy: JPN, title: Japan}}]
calendar:
  - title: {{2025-04-09: Talks begin, 2025-06-29: The rate doubles for all}}
    why: 既に日本語の理由
    quote: we will talk of it again
sources:
  - {{id: own, title: Notes of the day}}
"""


class Party(Frozen):
    economy: str
    title: str


class Ahead(Frozen):
    title: str
    why: str
    quote: str


class Cited(Frozen):
    id: str
    title: str


class Paper(Frozen):
    """A file of data as those of a case are."""

    title: str
    parties: tuple[Party, ...]
    calendar: tuple[Ahead, ...]
    sources: tuple[Cited, ...]


def test_english_is_what_is_written_and_needs_no_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "LOCALES", Path("there-are-none"))
    assert language.current() == "en"
    assert _("unknown value {value!r}", value="x") == "unknown value 'x'"
    assert _("braces {stay} without fields") == "braces {stay} without fields"
    assert ngettext("{n} day", "{n} days", 1, n=1) == "1 day"


def test_the_environment_chooses_where_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOSHO_LANG", "ja_JP.UTF-8")
    assert _("not known") == "不明"
    with use("en"):
        assert _("not known") == "not known"
        with use("ja-JP"):
            assert _("not known") == "不明"
        assert _("not known") == "not known"
    monkeypatch.setenv("KOSHO_LANG", "C.UTF-8")
    assert language.current() == "en"


def test_a_thread_has_the_language_of_the_process_not_of_another() -> None:
    told: list[str] = []
    with use("ja"):
        thread = threading.Thread(target=lambda: told.append(_("not known")))
        thread.start()
        thread.join()
    assert told == ["not known"]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(language.UnknownLanguageError), use("tlh"):
        pass
    assert language.current() == "en"


def test_a_language_is_a_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "kosho.po").write_text(SECOND, encoding="utf-8")
    (tmp_path / "fr" / "page.css").write_text("q { quotes: '« ' ' »'; }", encoding="utf-8")
    monkeypatch.setattr(language, "LOCALES", tmp_path)
    language.normal_of.cache_clear()
    language.translations.cache_clear()
    try:
        with use("fr_CA"):
            assert language.current() == "fr"
            assert [ngettext("{left} day left", "{left} days left", n, left=n) for n in (1, 2)] == [
                "encore 1 jour",
                "encore 2 jours",
            ]
            assert codes.country_name("USA") == "États-Unis"
            assert formatting.day(date(2025, 6, 29)) == "29 juin 2025"
            assert formatting.billions(2_900) == "2.9"  # what its catalogue does not say is as in the source
            assert "«" in language.page_style()
        assert codes.country_name("USA") == "United States"
    finally:
        language.normal_of.cache_clear()
        language.translations.cache_clear()


@pytest.mark.parametrize(
    ("made", "english", "japanese"),
    [
        (lambda: formatting.day(date(2025, 6, 29)), "29\xa0June 2025", "2025年6月29日"),
        (lambda: formatting.month(date(2025, 6, 1)), "June 2025", "2025年6月"),
        (lambda: formatting.billions(2_912.3, sign=True), "+2.9", "+29"),
        (lambda: formatting.billions(-190.0), "−0.19", "−1.9"),
        (lambda: formatting.billions(42.0), "~0", "約0"),
        (lambda: formatting.billions(None), "not known", "不明"),
        (lambda: formatting.gain(2_912.3, 1_000, 4_000), "+2.9 (+1.0 to +4.0)", "+29（+10～+40）"),
        (lambda: formatting.gain(-43.0, -101.0, -31.0), "−0.043 (−0.11 to −0.03)", "−0.43（−1.1～−0.3）"),
        (lambda: formatting.dollars(2_900), "2.9\xa0billion", "29億"),
        (lambda: formatting.dollars(54.2), "54\xa0million", "5,400万"),
        (lambda: formatting.amount(2_980, "million USD"), "3.0\xa0billion\xa0USD", "30億ドル"),
        (lambda: formatting.amount(302_735, "tonnes"), "300,000 tonnes", "30万トン"),
        (lambda: formatting.quantity(1_234_567), "1.23\xa0million", "123万"),
        (lambda: formatting.quantity(8_000), "8,000", "8,000"),
        (lambda: formatting.quantity(150_000_000), "150\xa0million", "1.50億"),
        (lambda: formatting.quantity(2_500_000_000), "2.50\xa0billion", "25.0億"),
        (lambda: formatting.count_tick(5e7), "50\xa0million", "5,000万"),
        (lambda: formatting.count_tick(1e8), "100\xa0million", "1億"),
        (lambda: formatting.count_tick(-2e9), "−2\xa0billion", "−20億"),
        (lambda: formatting.quantity_range(9e7, 1.2e8), "90 to 120\xa0million", "9,000万～1.2億"),
        (lambda: formatting.quantity_range(960_000, 1_100_000), "960,000 to 1.1\xa0million", "96～110万"),
        (lambda: formatting.percent_range(-0.002, 0.004), "−0.20 to +0.40", "−0.20～+0.40"),
        (
            lambda: formatting.effect(-6_000, -2_500),
            "loses 2.5 to 6 billion dollars a year",
            "25～60億ドル（年間）の損失",
        ),
        (lambda: formatting.listed(["a", "b", "c"]), "a, b and c", "a、b及びc"),
        (lambda: formatting.the_country("USA", starts=True), "The United States", "米国"),
        (lambda: formatting.typeset("25 % too. Yes."), "25 % too. Yes.", "25% too. Yes."),
    ],
)
def test_numbers_days_and_money_in_the_habit_of_the_language(made, english: str, japanese: str) -> None:
    assert made() == english
    with use("ja"):
        assert made() == japanese


def test_one_amount_of_money_in_both_languages() -> None:
    """A hundred million is a tenth of a billion, whatever its size."""
    for musd in (60.0, 512.0, 4_010.0, 98_700.0, 1_234_567.0):
        english = float(formatting.billions(musd).replace(",", ""))
        with use("ja"):
            japanese = float(formatting.billions(musd).replace(",", ""))
        assert japanese == pytest.approx(10 * english)


def test_every_economy_of_the_world_and_every_sector_has_its_japanese_name() -> None:
    with use("ja"):
        names = {code: codes.country_name(code) for code in codes.countries()}
        sectors = [codes.sector_name(code) for code in (*codes.sectors(), *codes.talks_sectors())]
    assert [names[code] for code in ("JPN", "USA", "CHN", "TWN", "KOR", "VNM", "GBR", "AUS")] == [
        "日本", "米国", "中国", "台湾", "韓国", "ベトナム", "英国", "豪州",
    ]  # fmt: skip
    assert not [name for name in (*names.values(), *sectors) if name.isascii()]
    assert len(set(names.values())) == len(names)


def _paper(folder: Path, catalogue: str) -> Path:
    """A file with a catalogue beside it."""
    (folder / "translations").mkdir()
    (folder / "translations" / "ja.po").write_text(catalogue, encoding="utf-8")
    path = folder / "paper.yaml"
    path.write_text(PAPER.format(title="Talks of our own"), encoding="utf-8")
    return path


def test_texts_of_data_come_from_the_catalogue_beside_them(tmp_path: Path) -> None:
    told = 'msgid "Talks of our own"\nmsgstr "自前の協議"\n\nmsgid "Japan"\nmsgstr "日本"\n'
    path = _paper(tmp_path, told)
    english, _lines = yamlfile.load(path, Paper)
    with use("ja"):
        paper, lines = yamlfile.load(path, Paper)
        earlier, _lines = yamlfile.load(path, Paper, date(2025, 5, 1))
    assert paper.title == "自前の協議"
    assert paper.parties[0].title == "日本"
    (ahead,) = paper.calendar
    assert ahead.title == "The rate doubles for all〔英文〕"  # no translation: shown and marked
    assert earlier.calendar[0].title == "Talks begin〔英文〕"
    assert ahead.why == "既に日本語の理由"
    assert ahead.quote == "we will talk of it again"  # what somebody said stays as it was said
    assert paper.sources[0].title == "Notes of the day"
    assert lines["calendar", 0, "why"] == 5
    assert english == yamlfile.load(path, Paper)[0]
    assert english.calendar[0].title == "The rate doubles for all"


def test_a_catalogue_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = _paper(tmp_path, "")
    (tmp_path / "translations" / "ja.po").write_bytes(b'msgid "Talks"\nmsgstr "\xff\xfe"\n')
    with use("ja"), pytest.raises(InputError, match=r"ja\.po: 読み取れるカタログではない"):
        yamlfile.load(path, Paper)


def test_what_a_catalogue_says_can_change_while_a_program_runs(tmp_path: Path) -> None:
    path = _paper(tmp_path, "")
    for told in ("甲", "乙乙"):
        (tmp_path / "translations" / "ja.po").write_text(
            f'msgid "Talks of our own"\nmsgstr "{told}"\n', encoding="utf-8"
        )
        with use("ja"):
            assert yamlfile.load(path, Paper)[0].title == told


def test_what_a_schema_finds_wrong_is_told_in_japanese() -> None:
    text = "title: 3\nparties: []\ncalendar: []\nsources: [{id: own}]\nsourecs: []\n"
    with use("ja"), pytest.raises(InputError) as caught:
        yamlfile.validate(text, Paper, "paper.yaml")
    assert str(caught.value).splitlines() == [
        "paper.yaml:1: title: 文字でなければならない（3は不可） (引用符を付ける：'3')",
        "paper.yaml:4: sources.0.title: がない",
        "paper.yaml:5: sourecs: 不明なキー (sourcesの誤りではないか)",
    ]


def test_a_command_takes_the_language_as_an_option_or_from_the_environment() -> None:
    asked = ("cases", "nowhere")
    with pytest.raises(InputError, match="ケース'nowhere'はない") as caught:
        CliRunner().invoke(app, (*asked, "--lang", "ja"), catch_exceptions=False)
    assert "ケース" in str(caught.value)
    assert language.current() == "en"  # it ends with the command
    with pytest.raises(InputError, match="ケース'nowhere'はない"):
        CliRunner().invoke(app, asked, env={"KOSHO_LANG": "ja"}, catch_exceptions=False)
    with pytest.raises(InputError, match="no case 'nowhere'"):
        CliRunner().invoke(app, (*asked, "--lang", "en"), env={"KOSHO_LANG": "ja"}, catch_exceptions=False)
    with pytest.raises(InputError, match=r"--lang: unknown language 'tlh' \(one of en, ja\)"):
        CliRunner().invoke(app, (*asked, "--lang", "tlh"), catch_exceptions=False)


def test_a_rate_is_told_in_japanese() -> None:
    question = ("rate", "USA", "JPN", "8703.23", "--on", "2025-09-20")
    done = CliRunner().invoke(app, (*question, "--lang", "ja"), catch_exceptions=False)
    assert "2025年9月20日に有効：課税価格に対する%" in done.stdout
    assert "日本から米国へ" in done.stdout
    plain = CliRunner().invoke(app, question, catch_exceptions=False)
    assert "in force on 20 September 2025: percent of customs value" in plain.stdout
    assert pgettext("economy", "Japan") == "Japan"


def test_what_is_kept_between_questions_is_kept_by_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On disk and in the process: no title of the register is told in the language of the question before."""
    monkeypatch.setenv("KOSHO_CACHE", str(tmp_path))
    question = ("rate", "USA", "JPN", "8703.23", "--on", "2025-09-20")
    told = [
        CliRunner().invoke(app, (*question, "--lang", tag), catch_exceptions=False).stdout
        for tag in ("en", "ja", "en", "ja")
    ]
    assert told[0] == told[2]
    assert told[1] == told[3]
    assert "15% in all on Japanese cars" not in told[1].replace("15 %", "15%")
    assert "日本の乗用車・小型トラックに込み15%" in re.sub(r"\s+", "", told[1])
    assert "15 % in all on Japanese cars" in re.sub(r"\s+", " ", told[0])


def test_what_is_unknown_is_named_in_the_language() -> None:
    with use("ja"), pytest.raises(InputError, match="部門'C99'は不明"):
        toy().sector_position("C99")


@pytest.mark.parametrize(
    ("spoken", "told"),
    [("ja", "192.4兆ドル、うち貿易22.2兆"), ("en", "192.4 trillion USD, of which 22.2 trillion traded")],
)
def test_the_money_of_a_table_is_in_the_language(spoken: str, told: str) -> None:
    done = CliRunner().invoke(app, ["world", "info", "--lang", spoken])
    assert done.exit_code == 0, done.output
    assert told in done.output


def test_a_language_that_is_never_left_does_not_come_back_when_it_is_forgotten() -> None:
    """A command line that ends while it is read leaves its language behind; collected later, it is silent."""
    with use("ja"):
        forgotten = ExitStack()
        forgotten.enter_context(use("ja"))
    assert current() == "en"
    del forgotten
    gc.collect()
    assert current() == "en"


def test_of_a_catalogue_beside_data_only_what_is_translated_and_sure_counts(tmp_path: Path) -> None:
    heading = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
    entries = (
        'msgid "Beef"\nmsgstr "牛肉"\n',
        'msgid "Rice"\nmsgstr ""\n',
        '#, fuzzy\nmsgid "Pork"\nmsgstr "豚"\n',
        '#~ msgid "Wheat"\n#~ msgstr "小麦"\n',
    )
    path = tmp_path / "ja.po"
    path.write_text(heading + "\n".join(entries), encoding="utf-8")
    assert texts_of(path) == {"Beef": "牛肉"}


def test_only_texts_that_are_translated_are_taken_and_a_catalogue_that_is_none_is_refused(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ja.po"
    fine = (
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Beef"\nmsgstr "牛肉"\n\n'
        '#, fuzzy\nmsgid "Pork"\nmsgstr "豚肉"\n\nmsgid "Rice"\nmsgstr ""\n\n'
        '#~ msgid "Corn"\n#~ msgstr "穀物"\n'
    )
    path.write_text(fine, encoding="utf-8")
    assert texts_of(path) == {"Beef": "牛肉"}
    path.write_text(f"nonsense\n{fine}", encoding="utf-8")
    with pytest.raises(ValueError, match=r"nonsense|keyword"):
        texts_of(path)
