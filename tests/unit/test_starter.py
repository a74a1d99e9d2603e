"""`kosho new`: a folder that runs at once, from parties, a record or drafts; nothing is overwritten."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from tests.yaml_files import dumped
from typer.testing import CliRunner

from kosho import brief
from kosho.bargain import Effort
from kosho.case import Case
from kosho.cli import app
from kosho.errors import InputError
from kosho.law import Register
from kosho.law.own_products import CaseProductFile, with_own
from kosho.record import Record
from kosho.scenario import negotiate_case, simulate
from kosho.starter import new_case
from kosho.world import WorldChoice
from kosho.yamlfile import load

DAY = date(2025, 6, 29)
TALKS = WorldChoice.parse("talks")
EXAMPLE = Path(__file__).parents[1] / "golden" / "case-products.yaml"


def run(*words: str | Path) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words])
    return (2, str(done.exception)) if isinstance(done.exception, InputError) else (done.exit_code, done.output)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = new_case("pair", ["JPN", "GBR"], out=tmp_path_factory.mktemp("new"), as_of=DAY)
    return made.folder


@pytest.mark.parametrize("parties", [["JPN", "GBR"], ["EU27", "MERCOSUR"], ["KOR", "USA", "MEX"]])
def test_what_it_writes_is_simulated_negotiated_and_briefed_as_it_is(
    parties: list[str], tmp_path: Path
) -> None:
    case = Case.load(new_case("mine", parties, out=tmp_path, as_of=DAY).folder)
    assert case.holds == ("record", "scenarios", "table")
    assert [one.economy for one in case.parties] == parties
    deal, none = (simulate(case, name, world="talks") for name in ("deal", "no-deal"))
    gain = (deal.equivalent_variation - none.equivalent_variation).sel(country=parties)
    assert (abs(gain) > 0.01).all()
    found = negotiate_case(case, None, TALKS, effort=Effort(draws=0, confirm=False))
    assert len(found.game.payoffs) == 3 ** len(parties)


def test_its_brief_is_written(begun: Path) -> None:
    made = brief.compose(Case.load(begun), world=TALKS, bargain=False)
    assert made.computed
    assert made.record is not None
    assert brief.render(made)


def test_what_the_law_in_force_commits_to_is_no_commitment_of_the_deals(tmp_path: Path) -> None:
    """Japan's purchases of American rice bind on the day whatever Britain and Korea sign."""
    folder = new_case("mine", ["GBR", "KOR"], out=tmp_path, as_of=date(2026, 9, 1)).folder
    found = negotiate_case(Case.load(folder), None, TALKS, effort=Effort(draws=0))
    assert found.confirmed is not None
    settled = {bound.constraint.name for bounds in found.confirmed.bounds.values() for bound in bounds}
    assert "jpn-us-rice" in settled
    status, text = run("bargain", folder, "--world", "talks", "--draws", "0")
    assert (status, "rice" in text, "What the deals commit to" in text) == (0, False, False)


def test_it_says_what_to_do_next_and_comments_every_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, text = run("new", "pair", "--parties", "JPN,gbr", "--as-of", "2025-06-29")
    assert status == 0
    assert "kosho brief pair" in text
    assert "Edit next" in text
    assert max(map(len, text.splitlines())) <= 100
    for path in (tmp_path / "pair").iterdir():
        assert path.read_text(encoding="utf-8").startswith("# "), path


def test_nothing_is_overwritten(begun: Path) -> None:
    before = {path: path.read_bytes() for path in begun.iterdir()}
    status, text = run("new", "pair", "--parties", "JPN,GBR", "--out", begun.parent)
    assert (status, "nothing is overwritten" in text) == (2, True)
    assert {path: path.read_bytes() for path in begun.iterdir()} == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("uk india", "--parties", "IND,GBR"), "such as uk-india"),
        (("japan-us-2025", "--parties", "IND,GBR"), "is there already"),
        (("pair",), "no parties"),
        (("pair", "--parties", "JPN"), "1 party (it takes two"),
        (("x" * 300, "--parties", "JPN,GBR"), "80 at most"),
        (("nul", "--parties", "JPN,GBR"), "Windows keeps it for a device"),
        (("pair", "--parties", "JPN,UK"), "GBR (United Kingdom)"),
        (("pair", "--parties", "EU27,DEU"), "a member of EU27"),
        (("pair", "--parties", "JPN,QAT"), "QAT is not in the table"),
        (("pair", "--parties", "JPN,GBR", "--as-of", "2019-01-01"), "are not in the register"),
        (("pair", "--parties", "JPN,GBR", "--from", "none.yaml"), "cannot be read"),
        (("pair", "--parties", "JPN,GBR", "--out", "no/folder"), "there is no folder"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    words: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    status, text = run("new", *words)
    assert status == 2
    assert told in text
    assert list(tmp_path.iterdir()) == []


def test_it_begins_from_a_record_with_its_parties_and_its_day(tmp_path: Path) -> None:
    shipped = Case.load("japan-us-2025").folder / "record.yaml"
    last = max(one.recorded_at for one in Record.load(shipped).file.statements)
    made = new_case("again", begun_from=shipped, out=tmp_path)
    case = Case.load(made.folder)
    assert (made.folder / "record.yaml").read_bytes() == shipped.read_bytes()
    assert {"JPN", "USA"} <= {one.economy for one in case.parties}
    assert case.as_of == last


def test_a_record_of_a_day_without_law_begins_a_case_of_a_day_with_law_and_says_so(tmp_path: Path) -> None:
    shipped = (Case.load("japan-china-2018").folder / "record.yaml").read_text(encoding="utf-8")
    early = tmp_path / "record.yaml"
    early.write_text(
        re.sub(r"recorded_at: '?\d{4}-\d\d-\d\d'?", "recorded_at: 2018-10-12", shipped), encoding="utf-8"
    )
    made = new_case("china", begun_from=early, out=tmp_path)
    assert "not the last day of its record" in made.notes[0]
    assert Case.load(made.folder).as_of > date(2025, 1, 1)


def test_of_drafts_what_was_accepted_is_recorded_and_the_rest_waits(tmp_path: Path) -> None:
    about = {"title": "Statement", "publisher": "Ministry", "published": "2025-06-20"}
    row = {"doc": "talk.txt", "modality": "asserted"}
    drafts = [
        {
            **row,
            "type": "document",
            "fields": about,
            "quote": "Statement",
            "start": 0,
            "end": 9,
            "decision": "accepted",
        },
        {
            **row,
            "type": "position",
            "fields": {"kind": "ask", "by": "JPN", "content": "lower duties"},
            "quote": "Japan asks for lower duties",
            "start": 10,
            "end": 37,
            "decision": "accepted",
        },
        {
            **row,
            "type": "position",
            "fields": {"kind": "ask", "by": "GBR"},
            "quote": "later",
            "start": 40,
            "end": 45,
        },
    ]
    path = tmp_path / "drafts.yaml"
    path.write_text(dumped({"schema_version": 1, "drafts": drafts}), encoding="utf-8")
    made = new_case("told", ["JPN", "GBR"], begun_from=path, out=tmp_path)
    case = Case.load(made.folder)
    assert case.record is not None
    assert [one.quote for one in case.record.file.statements] == ["Japan asks for lower duties"]
    assert (made.folder / "drafts.yaml").read_bytes() == path.read_bytes()
    assert "2 accepted drafts" in made.notes[-1]
    assert "1 wait" in made.notes[-1]


def test_groups_of_a_case_join_those_that_ship() -> None:
    shipped = Register.load().products
    joined = with_own(shipped, load(EXAMPLE, CaseProductFile), EXAMPLE)
    assert set(joined.groups) - set(shipped.groups) == {"whisky", "british-cars"}
    rate = joined.mfn("whisky", "IND")
    assert rate is not None
    assert rate.value == 150


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("id: whisky", "id: steel", "group 'steel' ships with Kosho"),
        ("value: 0.3,", "value: 1.3,", "between low"),
        ("source: own}", "source: nobody}", "unknown source 'nobody'"),
        ("sector: C29", "sector: C92", "unknown sector 'C92'"),
        ("groups:", "more: [{group: stele, mfn: []}]\ngroups:", "says an ordinary duty"),
        ('prefixes: ["8703"]', 'prefixes: ["2208.30"]', "shares headings"),
    ],
)
def test_what_contradicts_is_told_with_its_line(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "products.yaml"
    path.write_text(EXAMPLE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        with_own(Register.load().products, load(path, CaseProductFile), path)
    assert any(told in str(one) and one.line is not None for one in caught.value.problems), caught.value


def test_a_case_may_add_to_a_group_that_ships_and_have_lists(begun: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(begun, tmp_path / "copy")
    share = "{value: 0.6, low: 0.5, high: 0.7, unit: share, status: assumption, source: own}"
    (folder / "products.yaml").write_text(
        "title: More\nsources: [{id: own, title: Mine, publisher: me, kind: own}]\n"
        f"more: [{{group: vehicles-232, coverage: [{{importer: EU27, share: {share}}}]}}]\n"
    )
    text = (folder / "measures.yaml").read_text(encoding="utf-8")
    lists = (
        'lists:\n  drinks: {title: Drinks, edition: HS 2022, prefixes: ["2208"], source: [own]}\n\noverlays:'
    )
    (folder / "measures.yaml").write_text(text.replace("\noverlays:", f"\n{lists}", 1), encoding="utf-8")
    case = Case.load(folder)
    found = case.register.products.coverage("vehicles-232", "DEU", "JPN")
    assert found is not None
    assert found.value == 0.6
    assert "drinks" in case.register.lists
    changed = (folder / "measures.yaml").read_text(encoding="utf-8").replace("  drinks:", "  rice:", 1)
    (folder / "measures.yaml").write_text(changed, encoding="utf-8")
    with pytest.raises(InputError, match="list 'rice' ships with Kosho"):
        Case.load(folder)


def test_in_japanese_a_new_case_and_what_is_said_of_it_have_no_english_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        app,
        [
            "new",
            "mine",
            "--parties",
            "GBR,KOR",
            "--as-of",
            "2026-09-01",
            "--out",
            str(tmp_path),
            "--lang",
            "ja",
        ],
    )
    assert done.exit_code == 0
    folder = tmp_path / "mine"
    texts = [done.output, *(path.read_text(encoding="utf-8") for path in folder.iterdir())]
    said = re.sub(r"`[^`]*`|\S*kosho [a-z].*", "", "\n".join(texts))
    assert not re.search(r"[a-z]{3,} [a-z]{3,} [a-z]{3,}", said)
    assert Case.load(folder).title == "英国及び韓国"
    shown = CliRunner().invoke(app, ["cases", str(folder), "--lang", "ja"]).output
    assert "〔英文〕" not in shown


def test_issues_are_named_by_the_goods_and_the_market(begun: Path) -> None:
    titles = [issue.title for issue in Case.load(begun).table().file.issues]
    assert all(" into " in title and ":" not in title for title in titles)
