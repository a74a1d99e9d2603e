"""Drafts into the record: only what a person accepts, once, and never half."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.reading import GOLD

from kosho.errors import InputError
from kosho.record import Draft, Record, accept, decode, read, verify
from kosho.record.accept import Book, entry_id
from kosho.record.drafts import Pile
from kosho.record.ledger import label
from kosho.record.likeness import like_in_drafts
from kosho.record.review import Counts, Talk, walk

TEXT = GOLD / "02-ministry-release-korea.txt"
DAY = date(2026, 2, 21)


@pytest.fixture
def said() -> list[str]:
    return []


def go(folder: Path, answers: list[str], said: list[str]) -> Counts:
    pile = Pile.open(folder / "drafts.yaml")
    pile.add(read([TEXT]))
    pile.save()
    left = iter(answers)
    talk = Talk(
        lambda _: next(left, None), lambda heading, draft: said.append(f"{heading} {draft.type}"), said.append
    )
    return walk(pile, Book(folder / "record.yaml", DAY), {TEXT.name: decode(TEXT)}, talk)


def test_nothing_enters_without_a_decision(tmp_path: Path, said: list[str]) -> None:
    assert go(tmp_path, [], said).accepted == 0
    assert not (tmp_path / "record.yaml").exists()


def test_accepted_drafts_make_a_record_whose_quotes_hold(tmp_path: Path, said: list[str]) -> None:
    counts = go(tmp_path, ["a"] * 13, said)
    assert (counts.accepted, counts.left) == (13, 0)
    record = Record.load(tmp_path / "record.yaml")
    verdict = verify(record, GOLD)
    assert verdict.problems == ()
    assert verdict.unverified == 0
    assert {one.recorded_at for one in record.file.statements} == {DAY}
    assert {one.id for one in record.file.parties} == {"kor", "can"}


def test_a_walk_goes_on_where_it_was_broken_off(tmp_path: Path, said: list[str]) -> None:
    go(tmp_path, ["a", "a", "r", "s"], said)
    before = (tmp_path / "record.yaml").read_text(encoding="utf-8")
    assert go(tmp_path, [], said).left == 10
    assert (tmp_path / "record.yaml").read_text(encoding="utf-8") == before
    counts = go(tmp_path, ["a"] * 10, said)
    assert (counts.accepted, counts.left) == (10, 0)


def test_accepting_again_adds_nothing(tmp_path: Path, said: list[str]) -> None:
    go(tmp_path, ["a"] * 13, said)
    before = (tmp_path / "record.yaml").read_text(encoding="utf-8")
    (tmp_path / "drafts.yaml").unlink()
    assert go(tmp_path, ["a"] * 13, said).accepted == 0
    assert (tmp_path / "record.yaml").read_text(encoding="utf-8") == before


def test_edits_change_what_is_said_not_the_words(tmp_path: Path, said: list[str]) -> None:
    go(tmp_path, ["r"] * 4 + ["e", "topic=graphite", "modality=considered", "to=", "", "a", "q"], said)
    (statement,) = Record.load(tmp_path / "record.yaml").file.statements
    assert (statement.topic, statement.modality) == ("graphite", "considered")
    assert statement.quote.endswith("exempted from export licensing")


def test_the_next_consultation_of_a_ministry_is_planned(shared: Path, tmp_path: Path) -> None:
    book = Book(tmp_path / "record.yaml", DAY)
    for draft in read([shared / "sources" / "meti-miit-2018-10-12.txt"]):
        if draft.type in ("carried_over", "next_meeting"):
            book.enter(draft, entry_id(draft), None, {})
    statuses = [one.status for one in Record.load(tmp_path / "record.yaml").as_of(DAY).timeline]
    assert statuses == ["planned", "planned"]


def test_a_draft_that_does_not_fit_is_told_and_asked_again(tmp_path: Path, said: list[str]) -> None:
    pile = Pile.open(tmp_path / "drafts.yaml")
    pile.add([Draft("a.txt", "person", "asserted", {"name": "Ken Sato"}, "Ken Sato", 0, 8)])
    answers = iter(["a", "e", "side=JPN", "", "a"])
    talk = Talk(lambda _: next(answers, None), lambda *_: None, said.append)
    counts = walk(pile, Book(tmp_path / "record.yaml", DAY), {}, talk)
    assert counts.accepted == 1
    assert any("whose side is not told" in line for line in said)


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        (["type=person", "side=JPN"], "the name is not told"),
        (["type=person", "name=Ken Sato", "side=[JPN]"], "no code of a country"),
        (["type=quantity", "partner=[JPN, USA]"], "no code of a country"),
        (["by=&a [*a]"], "no code of a country"),
        (["by=[2025-01-01]"], "no code of a country"),
    ],
)
def test_an_edit_that_fits_nothing_is_told(
    edits: list[str], told: str, tmp_path: Path, said: list[str]
) -> None:
    pile = Pile.open(tmp_path / "drafts.yaml")
    pile.add([Draft("a.txt", "ask", "asserted", {"by": "KOR"}, "Ken Sato", 0, 8)])
    answers = iter(["e", *edits, "", "a", "r"])
    talk = Talk(lambda _: next(answers, None), lambda *_: None, said.append)
    assert walk(pile, Book(tmp_path / "record.yaml", DAY), {}, talk).rejected == 1
    assert any(told in line for line in said), said


def test_a_quote_that_is_not_there_is_refused(tmp_path: Path, said: list[str]) -> None:
    pile = Pile.open(tmp_path / "drafts.yaml")
    pile.add([Draft(TEXT.name, "ask", "asserted", {"by": "KOR"}, "never written", 5, 18)])
    answers = iter(["a"])
    talk = Talk(lambda _: next(answers, None), lambda *_: None, said.append)
    walk(pile, Book(tmp_path / "record.yaml", DAY), {TEXT.name: decode(TEXT)}, talk)
    assert any("the quote is not at 5" in line for line in said)
    assert not (tmp_path / "record.yaml").exists()


@pytest.mark.parametrize("victim", ["record.yaml", "drafts.yaml"])
def test_broken_off_while_writing_loses_nothing(
    victim: str, tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(tmp_path, ["a", "a"], said)
    kept = {name: (tmp_path / name).read_bytes() for name in ("record.yaml", "drafts.yaml")}
    replace: Callable[..., Path] = Path.replace
    saves = 0

    def broken(self: Path, target: Path) -> Path:
        nonlocal saves
        saves += 1
        if Path(target).name == victim and saves > 1:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", broken)
        with pytest.raises(KeyboardInterrupt):
            go(tmp_path, ["a"], said)
    assert (tmp_path / victim).read_bytes() == kept[victim]
    Record.load(tmp_path / "record.yaml")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["drafts.yaml", "record.yaml"]
    go(tmp_path, ["a"] * 11, said)
    ids = [one.id for one in Record.load(tmp_path / "record.yaml").file.statements]
    assert len(ids) == len(set(ids)) == 10


def test_comments_of_the_record_stay(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "record.yaml").write_text("# kept by the team\ntitle: Graphite # as agreed\n", encoding="utf-8")
    go(tmp_path, ["r", "a"], said)
    text = (tmp_path / "record.yaml").read_text(encoding="utf-8")
    assert "# kept by the team" in text
    assert "# as agreed" in text


def test_a_file_that_would_change_elsewhere_is_not_written(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(tmp_path, ["a", "a"], said)
    before = (tmp_path / "record.yaml").read_bytes()
    spliced = accept.spliced
    monkeypatch.setattr(
        accept, "spliced", lambda text, new: spliced(text, new).replace("title: Record", "title: No record", 1)
    )
    assert go(tmp_path, ["a"], said).accepted == 0
    assert any("found no place" in line for line in said)
    assert (tmp_path / "record.yaml").read_bytes() == before


def test_what_is_carried_over_is_no_meeting_that_was_held(tmp_path: Path) -> None:
    """The round it comes from was held; what takes it up is still to come."""
    book = Book(tmp_path / "record.yaml", DAY)
    words = "will continue to discuss the points at the next consultation"
    for start, rounds in ((0, {"from_round": 2, "to_round": 3}), (100, {"from_round": 2}), (200, {})):
        fields = {"event_type": "consultation", "parties": ["JPN", "CHN"], **rounds}
        draft = Draft("a.txt", "carried_over", "asserted", fields, words, start, start + len(words))
        book.enter(draft, entry_id(draft), None, {"published": "2018-10-12"})
    ledger = Record.load(tmp_path / "record.yaml").as_of(DAY)
    told = [(label(one), one.note) for one in ledger.timeline]
    assert sorted(told) == [
        ("consultation, round 3: planned", "takes up points of round 2"),
        ("consultation: planned", "takes up points left open"),
        ("consultation: planned", "takes up points of round 2"),
    ]


def entered(
    folder: Path, kind: str, fields: dict[str, object], modality: str = "asserted"
) -> dict[str, object]:
    """What stands in the record of a draft that was accepted, without where it was read and when."""
    book = Book(folder / "record.yaml", DAY)
    draft = Draft("a.txt", kind, modality, fields, "words", 7, 12)  # type: ignore[arg-type]
    book.enter(draft, entry_id(draft), None, {"published": "2026-01-05"})
    (one,) = Record.load(book.path).file.statements
    left_out = {"id", "source", "quote", "start", "end", "recorded_at"}
    return {
        key: value
        for key, value in one.model_dump(mode="json", exclude_unset=True).items()
        if key not in left_out and value not in (None, [], "")
    }


SIDES = {"parties": ["JPN", "KOR"]}


@pytest.mark.parametrize(
    ("kind", "modality", "fields", "expected"),
    [
        ("event", "asserted", {"event_type": "talks"}, {"type": "meeting", "status": "held", "kind": "talks"}),
        (
            "event",
            "planned",
            {"event_type": "talks"},
            {"type": "meeting", "status": "planned", "kind": "talks"},
        ),
        ("event_series", "asserted", {"round": 4}, {"status": "held", "kind": "event series", "round": 4}),
        ("event_not_held", "asserted", {}, {"type": "meeting", "status": "not_held", "kind": "event not held"}),
        ("event_change", "asserted", {}, {"type": "meeting", "status": "changed", "kind": "event change"}),
        ("next_meeting", "asserted", {}, {"type": "meeting", "status": "planned", "kind": "next meeting"}),
        ("carried_over", "asserted", {"round": 2, "to_round": 3}, {"status": "planned", "round": 3}),
        ("agreement", "asserted", {}, {"type": "instrument", "kind": "agreement", "status": "agreed"}),
        (
            "agreement",
            "asserted",
            {"kind": "treaty", "status": "signed"},
            {"kind": "treaty", "status": "signed"},
        ),
        ("agreement", "asserted", {"status": "being finalised"}, {"type": "instrument", "status": "draft"}),
        ("agreement", "asserted", {"status": "scheduled for adoption"}, {"status": "planned"}),
        ("agreement", "asserted", {"status": "initialled"}, {"status": "initialled"}),
        ("agreement", "asserted", {"status": "adopted"}, {"status": "adopted"}),
        ("agreement_aim", "asserted", {}, {"type": "instrument", "status": "agreed", "aim": "words"}),
        ("no_agreement", "asserted", {}, {"type": "instrument", "kind": "agreement", "status": "no_agreement"}),
        ("no_agreement", "asserted", {"status": "signed"}, {"status": "no_agreement"}),
    ],
)
def test_a_draft_of_what_two_sides_did_keeps_its_state(
    kind: str, modality: str, fields: dict[str, object], expected: dict[str, object], tmp_path: Path
) -> None:
    found = entered(tmp_path, kind, SIDES | fields, modality)
    assert {key: found.get(key) for key in expected} == expected
    assert found["parties"] == ["jpn", "kor"]
    assert found["modality"] == modality


@pytest.mark.parametrize(
    ("kind", "fields", "expected"),
    [
        (
            "measure",
            {
                "by": "USA",
                "on": ["JPN"],
                "kind": "tariff",
                "rate": 25,
                "rate_before": 2.5,
                "products": ["cars"],
            },
            {
                "type": "measure",
                "kind": "tariff",
                "status": "in_force",
                "on": ["jpn"],
                "by": ["usa"],
                "rate": 25.0,
                "rate_before": 2.5,
                "products": ["cars"],
            },
        ),
        (
            "measure",
            {"imposed_by": "CHN", "on": "JPN", "kind": "ban", "status": "ended", "product": "seafood"},
            {
                "type": "measure",
                "kind": "ban",
                "status": "ended",
                "by": ["chn"],
                "on": ["jpn"],
                "products": ["seafood"],
            },
        ),
        (
            "deadline",
            {"by": "USA", "date": "2026-07-09", "what": "the pause ends"},
            {"type": "deadline", "date": "2026-07-09", "what": "the pause ends", "by": ["usa"]},
        ),
        (
            "commitment",
            {"by": "JPN", "deliverable": "a list", "due": "2026-03-01"},
            {"type": "commitment", "by": ["jpn"], "deliverable": "a list", "due": "2026-03-01"},
        ),
        (
            "quantity",
            {
                "by": "JPN",
                "value": 500000,
                "unit": "tonnes",
                "bound": "at least",
                "flow": "imports",
                "partner": "USA",
            },
            {"type": "quantity", "value": 500000.0, "unit": "tonnes", "bound": "at least", "partner": "usa"},
        ),
        (
            "offer",
            {
                "by": "JPN",
                "to": "USA",
                "value": 15,
                "unit": "percent",
                "start": "2026-01-02",
                "end": "2026-01-04",
            },
            {
                "type": "position",
                "kind": "offer",
                "by": ["jpn"],
                "to": ["usa"],
                "to_value": 15.0,
                "unit": "percent",
                "date": "2026-01-02/2026-01-04",
            },
        ),
        (
            "ask",
            {"by": "USA", "against": "JPN", "threshold": 24},
            {"kind": "ask", "to": ["jpn"], "to_value": 24.0},
        ),
        ("topic", {"by": "JPN", "topic": "rice"}, {"type": "topic", "content": "rice", "topic": "rice"}),
        ("organisation", {"by": "JPN", "org": "WTO"}, {"type": "organisation", "content": "WTO"}),
    ],
)
def test_a_draft_of_what_a_side_says_keeps_what_it_says(
    kind: str, fields: dict[str, object], expected: dict[str, object], tmp_path: Path
) -> None:
    found = entered(tmp_path, kind, fields)
    assert {key: found.get(key) for key in expected} == expected


@pytest.mark.parametrize("modality", ["asserted", "planned", "draft", "considered", "negated"])
def test_what_is_denied_or_considered_is_no_fact(modality: str, tmp_path: Path) -> None:
    assert entered(tmp_path, "measure", {"by": "USA", "on": "JPN"}, modality)["modality"] == modality


def test_a_decision_can_be_taken_back_with_what_it_wrote(tmp_path: Path, said: list[str]) -> None:
    counts = go(tmp_path, ["r"] * 4 + ["a", "u", "s", "q"], said)
    assert (counts.accepted, counts.rejected, counts.skipped) == (0, 4, 1)
    assert "Taken back." in said
    assert not (tmp_path / "record.yaml").exists()


def test_the_first_decision_has_none_before_it(tmp_path: Path, said: list[str]) -> None:
    go(tmp_path, ["u", "q"], said)
    assert "Nothing was decided before it in this walk." in said


def test_what_others_wrote_is_not_taken_back(tmp_path: Path, said: list[str]) -> None:
    answers = iter(["a", "u", "q"])

    def answer(_: str) -> str | None:
        given = next(answers, None)
        if given == "u":
            with (tmp_path / "record.yaml").open("a", encoding="utf-8") as file:
                file.write("# mine\n")
        return given

    pile = Pile.open(tmp_path / "drafts.yaml")
    pile.add(read([TEXT])[4:6])
    walk(pile, Book(tmp_path / "record.yaml", DAY), {}, Talk(answer, lambda *_: None, said.append))
    assert any("has changed since" in line for line in said)
    assert "# mine" in (tmp_path / "record.yaml").read_text(encoding="utf-8")


def test_somebody_whose_name_was_edited_is_not_entered_twice(tmp_path: Path, said: list[str]) -> None:
    told = {"name": "Ken Sato", "side": "JPN"}
    for answers in (["e", "name=Kenji Sato", "nme=Kenji", "", "a"], []):
        pile = Pile(tmp_path / "drafts.yaml", {}, {})
        pile.add([Draft("a.txt", "person", "asserted", told, "Ken Sato", 0, 8)])
        left = iter(answers)
        talk = Talk(lambda _, left=left: next(left, None), lambda *_: None, said.append)
        walk(pile, Book(tmp_path / "record.yaml", DAY), {}, talk)
        (tmp_path / "drafts.yaml").unlink()
    assert [one.name for one in Record.load(tmp_path / "record.yaml").file.people] == ["Kenji Sato"]
    assert "a.txt:0: is in record.yaml already, as kenji-sato." in said
    assert "fields.nme: is no field of a draft (did you mean name?)" in said


def test_two_rates_of_one_sentence_are_two_facts(tmp_path: Path) -> None:
    book = Book(tmp_path / "record.yaml", DAY)
    told = {"imposed_by": "USA", "kind": "tariff", "status": "in force"}
    for goods, rate in (("steel", 50), ("cars", 25), ("steel", 50)):
        draft = Draft("a.txt", "measure", "asserted", told | {"products": goods, "rate": rate}, "x" * 9, 0, 9)
        book.enter(draft, entry_id(draft), None, {})
    assert len(Record.load(book.path).file.statements) == 2


def test_likeness_is_told_while_deciding(tmp_path: Path, said: list[str]) -> None:
    told = {"imposed_by": "USA", "on": "CAN", "products": "lumber", "kind": "tariff", "status": "in force"}
    quotes = (("a.txt", 14), ("b.txt", 25), ("c.txt", 14))
    pile = Pile.open(tmp_path / "drafts.yaml")
    pile.add(Draft(doc, "measure", "asserted", told | {"rate": rate}, f"{rate}%", 0, 3) for doc, rate in quotes)
    answers = iter(["a", "s", "s"])
    talk = Talk(lambda _: next(answers, None), lambda *_: None, said.append)
    walk(pile, Book(tmp_path / "record.yaml", DAY), {}, talk)
    assert "  ! differs from b.txt: rate 25, here 14" in said
    assert any(line.startswith("  ! differs from") and "in the record: rate 14" in line for line in said)
    assert any(line.startswith("  ! the same as") and "in the record" in line for line in said)


CARS = {"imposed_by": "USA", "on": "CAN", "products": "passenger cars", "rate": 25}
ASKED = {"by": "USA", "to": "JPN", "content": "open the market for rice", "due": "2026-05-01"}
MET = {"parties": ["JPN", "USA"], "round": 3, "date": "2026-01-05"}
SAME = "the same as b.txt"


@pytest.mark.parametrize(
    ("kind", "mine", "change", "told"),
    [
        ("measure", CARS, {}, SAME),
        ("measure", CARS, {"rate": 25.0}, SAME),
        ("measure", CARS, {"rate": 15}, "differs from b.txt: rate 15, here 25"),
        ("measure", CARS, {"rate": None}, SAME),
        ("measure", CARS, {"imposed_by": ["MEX", "usa"]}, SAME),
        ("measure", CARS, {"imposed_by": "MEX"}, None),
        ("measure", CARS, {"on": None}, SAME),
        ("measure", CARS, {"on": "MEX"}, None),
        ("measure", CARS, {"products": "cars"}, SAME),
        ("measure", CARS, {"products": "cars and steel from afar"}, SAME),  # half of the fewer words
        ("measure", CARS, {"products": "steel"}, None),
        ("measure", CARS | {"products": "heavy duty steel"}, {"products": "steel pipes of iron"}, None),
        ("measure", CARS | {"products": None}, {}, SAME),
        ("measure", CARS | {"products": None}, {"rate": 15}, None),
        ("ask", ASKED, {}, SAME),
        ("ask", ASKED, {"due": "2026-06-01"}, "differs from b.txt: due 2026-06-01, here 2026-05-01"),
        ("ask", ASKED, {"content": None, "topic": "rice and the market"}, SAME),
        ("ask", ASKED, {"to": None, "against": "KOR"}, None),
        ("event", MET, {}, SAME),
        (
            "event",
            MET,
            {"date": None, "start": "2026-01-06"},
            "differs from b.txt: date 2026-01-06, here 2026-01-05",
        ),
        ("event", MET, {"round": 4}, None),
        ("event", MET, {"parties": ["KOR"]}, None),
        (
            "agreement",
            SIDES | {"topic": "rice", "status": "signed"},
            {"status": "draft"},
            "differs from b.txt: status draft, here signed",
        ),
        (
            "person",
            {"name": "Ken Sato", "role": "Minister"},
            {"role": "Envoy"},
            "differs from b.txt: role Envoy, here Minister",
        ),
        ("person", {"name": "Ken Sato", "role": "Minister"}, {"name": "Jo Li"}, None),
        ("person", {"name": "Li Na", "role": "Minister"}, {"name": "Jo Li"}, None),
        ("person", {"name": "Li Na", "role": "Minister"}, {}, SAME),
    ],
)
def test_two_facts_are_one_where_they_share_whose_they_are_and_half_of_their_words(
    kind: str, mine: dict[str, object], change: dict[str, object], told: str | None
) -> None:
    one, other = (
        Draft(doc, kind, "asserted", fields, "q", 0, 1)
        for doc, fields in (("a.txt", mine), ("b.txt", mine | change))
    )  # type: ignore[arg-type]
    assert like_in_drafts(one, [one, other]) == ([told] if told else [])
    assert like_in_drafts(one, [other] * 4) == ([told] * 3 if told else [])


def test_every_draft_of_the_documents_can_be_decided_on(tmp_path: Path) -> None:
    problems: list[str] = []
    folders = (GOLD, GOLD.parent / "reading_open", GOLD.parent / "reading_blind")
    for path in sorted(path for folder in folders for path in folder.glob("[0-9]*.txt")):
        book = Book(tmp_path / f"{path.stem}.yaml", date(2026, 11, 1))  # after the latest of them
        drafts = read([path])
        about = next(dict(one.fields) for one in drafts if one.type == "document")
        for draft in drafts:
            try:
                book.enter(draft, entry_id(draft), decode(path), about)
            except InputError as error:
                problems += [f"{path.stem} {draft.type}: {one.message}" for one in error.problems]
    asked = ("whose side is not told", "a deadline needs its date")
    assert [one for one in problems if not any(why in one for why in asked)] == []
