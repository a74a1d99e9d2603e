"""Small things that commands do: what they pass on, where they stop, and words that few inputs reach."""

from __future__ import annotations

import signal
import socket
import sys
from datetime import date
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from kosho import brief, case
from kosho.cli import (
    answering,
    app,
    draft_talk,
    endurance,
    lines_sides,
    record,
    serve,
    stepchart,
    terminal,
    typed,
)
from kosho.cli.options import world_named
from kosho.errors import InputError, KoshoError, Problem
from kosho.serve.sides import Side
from kosho.yamlfile import LineNumbers


def run(*words: str) -> list[str]:
    done = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "120"})
    assert done.exit_code == 0, done.output
    return [line.rstrip() for line in done.stdout.splitlines()]


OUT = typer.Option(Path("o"))


class Server:
    """Stands for what listens, and tells what it was given."""

    asked: dict[str, Any]

    def __init__(self, config: Any) -> None:
        self.asked = config

    def run(self, sockets: list[socket.socket]) -> None:
        (listening,) = sockets
        assert listening.getsockname()[1] > 0
        listening.close()


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]"), ("localhost", "localhost")]
)
def test_a_server_on_this_machine_tells_its_address_and_no_token(
    host: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("uvicorn.Server", Server)
    configs: list[Any] = []
    monkeypatch.setattr("uvicorn.Config", lambda *given, **more: configs.append((given, more)))
    made: list[Any] = []
    monkeypatch.setattr("kosho.serve.create_app", made.append)
    monkeypatch.setattr(serve, "open_cases", lambda _named: {"a": "x/a", "b": "b"})
    monkeypatch.setattr(serve, "_sides", lambda *given: made.append(given) or [])
    bound = serve._bound  # not every machine has IPv6
    monkeypatch.setattr(serve, "_bound", lambda _host, port: bound("127.0.0.1", port))
    (line,) = run("serve", "x/a", "--port", "0", "--host", host)
    assert line.startswith(f"http://{shown}:")
    assert line.endswith("/  (Ctrl-C ends it)")
    told, settings = made
    assert told == ("x/a", "a", [])
    assert (settings.cases, settings.first, settings.token) == ({"a": "x/a", "b": "b"}, "a", None)
    assert settings.names == ("localhost", "127.0.0.1", "[::1]")
    assert configs == [((None,), {"log_level": "warning", "access_log": False, "server_header": False})]


@pytest.mark.parametrize(("host", "shown"), [("127.0.0.1", "127.0.0.1"), ("::1", "[::1]")])
def test_a_server_that_others_reach_warns_and_tells_its_token(
    host: str, shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("uvicorn.Server", Server)
    monkeypatch.setattr("uvicorn.Config", lambda *_given, **_more: None)
    made: list[Any] = []
    monkeypatch.setattr("kosho.serve.create_app", made.append)
    monkeypatch.setattr(serve, "open_cases", lambda _named: {"a": "a"})
    monkeypatch.setattr(serve, "_is_loopback", lambda _host: False)
    monkeypatch.setattr(serve.secrets, "token_urlsafe", lambda size: f"t{size}")
    side: Any = SimpleNamespace(party="JPN")
    sides = [Side(side, LineNumbers(), "side.yaml", "k1")]
    monkeypatch.setattr(serve, "_sides", lambda *_given: sides)
    asked: list[Any] = []
    bound = serve._bound  # not every machine has IPv6
    monkeypatch.setattr(serve, "_bound", lambda *given: asked.append(given) or bound("127.0.0.1", 0))
    serve.serve()
    assert asked == [("127.0.0.1", 8000)]
    capsys.readouterr()
    made.clear()
    serve.serve(port=0, host=host)
    told = capsys.readouterr()
    first, second = told.out.splitlines()
    address = first.removesuffix("/?token=t24  (Ctrl-C ends it)")
    assert address.startswith(f"http://{shown}:")
    assert second == f"JPN: {address}/?token=t24#side=JPN&key=k1"
    assert told.err == (
        "Warning: others on the network reach this server. Whoever has the token sees the cases and makes this "
        "machine compute; nothing is encrypted.\n"
    )
    (settings,) = made
    assert (settings.token, settings.first, settings.sides) == ("t24", None, sides)
    assert settings.names == ("localhost", "127.0.0.1", "[::1]", shown, socket.gethostname())


def test_a_brief_is_made_of_what_was_asked_and_told_in_a_few_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked: list[Any] = []

    def table(title: str, *, rows: int = 1, numeric: int = 1) -> Any:
        cells = [[SimpleNamespace(text="one", note="n", word="", tone="")]] * rows
        heads = lambda _apart: ("Head",)  # noqa: E731
        return SimpleNamespace(rows=cells, numeric=numeric, note=f"note of {title}", caption=title, heads=heads)

    class Made(SimpleNamespace):
        def model_copy(self, *, update: dict[str, Any]) -> Any:
            return Made(**{**vars(self), **update})

    made = Made(computed=False, headline=[SimpleNamespace(text="nothing is solved")], several=None)
    opened: Any = SimpleNamespace(name="talks")
    monkeypatch.setattr("kosho.cli.briefs.open_case", lambda name, on: asked.append((name, on)) or opened)
    monkeypatch.setattr("kosho.cli.briefs.permitted", lambda one, allow_idle: asked.append(allow_idle) or one)
    monkeypatch.setattr("kosho.cli.briefs.world_named", lambda world, _case: f"table {world}")
    monkeypatch.setattr(brief, "compose", lambda *given, **more: asked.append((given[:2], more)) or made)
    monkeypatch.setattr("kosho.scenario.several.central_question", lambda _case: "question")
    monkeypatch.setattr("kosho.scenario.several.on_several", lambda *given, **_more: list(given[1:]))
    monkeypatch.setattr("kosho.brief.exports.document.first_lines", lambda _made: [("Ask for", "rice")])
    monkeypatch.setattr("kosho.brief.tables.glance", lambda _made: table("Glance"))
    monkeypatch.setattr("kosho.brief.tables.bargain", lambda one: table("Deals", rows=0 if one.several else 1))

    def save(one: Any, folder: Path, formats: Any, template: Any, progress: Any) -> list[Path]:
        del progress
        asked.append((one.several, folder, tuple(formats), template))
        return [folder / "brief.html", folder / "brief.json"]

    monkeypatch.setattr("kosho.brief.exports.save", save)
    whole = [
        "Ask for: rice",
        "- nothing is solved",
        "",
        "Glance",
        "Head",
        "────",
        " one",
        "   n",
        "",
        "note of Glance",
    ]
    deals = ["", "Deals", "Head", "────", " one", "   n", "", "note of Deals", ""]
    assert run("brief", "talks") == [*whole, *deals, "out/talks/brief.html", "out/talks/brief.json"]
    assert asked == [
        ("talks", None),
        False,
        ((opened, None), {"bargain": None, "world": "table None"}),
        (None, Path("out/talks"), ("html",), None),
    ]
    del asked[:]
    made.computed = True
    words = (
        "--as-of",
        "2025-06-29",
        "--world",
        "talks,full",
        "--format",
        "md,html",
        "--no-bargain",
        "--allow-idle",
    )
    told = run("brief", "talks", *words, "--out", "here")
    assert told == [whole[0], *whole[2:], "", "here/brief.html", "here/brief.json"]
    assert asked[:3] == [
        ("talks", date(2025, 6, 29)),
        True,
        ((opened, date(2025, 6, 29)), {"bargain": False, "world": "table talks"}),
    ]
    several, folder, formats, template = asked[3]
    assert (several[:2], folder, sorted(formats), template) == (
        ["question", ("talks", "full")], Path("here"), ["html", "md"], None
    )  # fmt: skip


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (None, (0, "said\n", ())),
        (typer.Exit(3), (3, "said\n", ())),
        (typer.BadParameter("is none"), (2, "", (Problem("Invalid value: is none"),))),
        (InputError([Problem("a", "b"), Problem("c")]), (2, "", (Problem("a", "b"), Problem("c")))),
        (KoshoError("no answer"), (1, "said\n", (Problem("no answer"),))),
    ],
)
def test_a_command_run_for_a_program_answers_with_its_status(
    raised: Exception | None, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = typer.Typer(add_completion=False)

    @plain.command()
    def one() -> None:
        terminal.say("said")
        sys.stderr.write("unheard")
        if raised is not None:
            raise raised

    del one
    monkeypatch.setattr("kosho.cli.command", lambda: get_command(plain))
    assert answering.answer([]) == told


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, None),
        ("2025-06-29", date(2025, 6, 29)),
        ("20250629", "'20250629' is not a date"),
        ("2025-W26-1", "'2025-W26-1' is not a date"),
        ("2025-6-29x", "'2025-6-29x' is not a date"),
    ],
)
def test_a_day_is_written_with_its_dashes(text: str | None, found: date | str | None) -> None:
    if not isinstance(found, str):
        assert terminal.day(text, "--on") == found
        return
    with pytest.raises(InputError) as caught:
        terminal.day(text, "--on")
    (one,) = caught.value.problems
    assert (one.message, one.hint, one.key) == (found, "write YYYY-MM-DD", "--on")


@pytest.mark.parametrize(
    ("columns", "person", "width"),
    [
        ("", False, 160),
        ("x", False, 160),
        ("39", False, 40),
        ("40", False, 40),
        ("41", False, 41),
        ("", True, 77),
    ],
)
def test_a_terminal_is_as_wide_as_it_says(
    columns: str, width: int, monkeypatch: pytest.MonkeyPatch, *, person: bool
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: person, raising=False)
    if person:
        monkeypatch.setattr(terminal.shutil, "get_terminal_size", lambda: SimpleNamespace(columns=77))
    assert terminal.terminal_width() == width


def test_a_heading_is_bold_where_a_person_looks_and_progress_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert terminal._bold("A [b] title") == "A [b] title"
    with terminal.show_progress("Solving") as progress:
        progress("more")
    assert capsys.readouterr() == ("", "")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert terminal._bold("A [b] title") == "\x1b[1mA [b] title\x1b[0m"


@pytest.mark.parametrize(
    ("heard", "colour", "marked"),
    [(True, True, "\x1b[1;4mb c\x1b[0m"), (True, False, ">>b c<<"), (False, True, ">>b c<<")],
)
def test_a_quote_stands_in_its_place(
    marked: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    heard: bool,
    colour: bool,
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    if not colour:
        monkeypatch.setenv("NO_COLOR", "1")
    document: Any = SimpleNamespace(text="x" * 3 + "a" * 160 + "b\nc" + "d" * 160 + "y")
    draft: Any = SimpleNamespace(start=163, end=166, quote="b\nc")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: heard, raising=False)
    draft_talk._show_place(draft, document)
    assert capsys.readouterr().out == f"  ... {'a' * 160} {marked} {'d' * 160} ...\n"
    draft.start, draft.end = 2, 3
    draft_talk._show_place(draft, document)
    assert capsys.readouterr().out.startswith("  ... xx ")


@pytest.mark.parametrize(("answer", "found"), [("yes\n", "yes"), ("\n", ""), ("", None)])
def test_what_is_typed_is_an_answer_and_an_end_is_none(
    answer: str, found: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for person, after in ((False, "\n"), (True, "")):
        typed_in = SimpleNamespace(readline=lambda: answer, isatty=lambda person=person: person)
        monkeypatch.setattr(sys, "stdin", typed_in)
        assert draft_talk._ask("What? ") == found
        assert capsys.readouterr().out == f"What? {after}"


@pytest.mark.parametrize(
    ("number", "told"), [(89, "x" * 89), (90, "x" * 90), (91, "…"), (3, "xxx")], ids=["89", "90", "91", "3"]
)
def test_words_of_a_record_are_ninety_characters_at_most(number: int, told: str) -> None:
    assert record._words("x" * number).strip() == told
    long = "word " * 30
    assert record._words(long) == "word " * 16 + "word …"
    assert record._words("a\x1b b\n c") == "a  b c"


@pytest.mark.parametrize("top", [5.0, 10.0, 20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0])
def test_every_round_number_is_the_top_of_a_figure_up_to_it(top: float) -> None:
    day = date(2025, 1, 1)
    assert stepchart._top([(day, day, top, top)]) == top
    assert stepchart._top([(day, day, 1.01 * top, 1.01 * top)]) > top


def test_an_argument_is_called_what_a_person_types_and_an_option_is_not_one() -> None:
    plain = typer.Typer(add_completion=False)

    @plain.command()
    def one(
        name_or_path: str,
        other: str = typer.Argument("x", metavar="[OTHER]"),
        deep: int = typer.Option(1, "--deep"),
    ) -> None:
        raise InputError(
            [Problem(other, key=key) for key in ("name_or_path", "other", "deep", "far")] * deep,
        )

    del one
    command = typed.as_typed(get_command(plain))
    with pytest.raises(InputError) as caught:
        command.main(["here"], standalone_mode=False)
    assert [found.key for found in caught.value.problems] == ["NAME_OR_PATH", "OTHER", "--deep", "far"]


def test_a_door_is_told_as_the_first_argument(tmp_path: Path) -> None:
    plain = typer.Typer(add_completion=False)

    @plain.command()
    def one(out: Path = OUT, case: str = typer.Argument(..., metavar="CASE")) -> None:
        raise InputError(Problem(f"{case} {out}", key="name_or_path"))

    del one
    command = typed.as_typed(get_command(plain))
    with pytest.raises(InputError) as caught:
        command.main(["here"], standalone_mode=False)
    assert [found.key for found in caught.value.problems] == ["CASE"]
    for word in ("", " "):
        with pytest.raises(InputError) as caught:
            command.main(["here", "--out", word], standalone_mode=False)
        assert str(caught.value) == f"--out: {word!r} names no file or folder"
    path = tmp_path / "f"
    path.write_text("x", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        command.main([str(path), "--out", str(path)], standalone_mode=False)
    assert str(caught.value) == f"--out: {path} is read by the same command, and would be lost (another file)"
    with pytest.raises(InputError, match=r"^CASE: "):
        command.main([str(path), "--out", str(tmp_path / "g")], standalone_mode=False)


@pytest.mark.parametrize(
    ("law", "party", "other", "told"),
    [
        (None, None, None, ("JPN", "USA", date(2025, 6, 29))),
        (date(2025, 7, 1), "USA", None, ("USA", "JPN", date(2025, 7, 1))),
        (None, "USA", "JPN", ("USA", "JPN", date(2025, 6, 29))),
        (None, "JPN", "JPN", "--to: both sides are one (parties are JPN, USA, TWN)"),
        (None, "KOR", None, "--party: 'KOR' is no party of this case (one of JPN, TWN, USA)"),
        (None, None, "KOR", "--to: 'KOR' is no party of this case (one of JPN, TWN, USA)"),
        (None, None, "TWN", "--world: TWN: apart (a table that tells both sides apart)"),
    ],
)
def test_sides_are_parties_of_a_case_on_its_day(
    law: date | None, party: str | None, other: str | None, told: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = SimpleNamespace(countries=("JPN", "USA"))
    parties = [SimpleNamespace(economy=code) for code in ("JPN", "USA", "TWN")]
    opened = SimpleNamespace(
        parties=parties, worlds=lambda _named: SimpleNamespace(coarse=table), law_as_of=law,
        as_of=date(2025, 6, 29), register="register",
    )  # fmt: skip
    monkeypatch.setattr(lines_sides, "open_case", lambda _name, _on: opened)
    monkeypatch.setattr(lines_sides, "world_named", lambda *_given: None)
    monkeypatch.setattr(lines_sides, "not_apart", lambda _code, _table: "apart")
    if isinstance(told, str):
        with pytest.raises(InputError) as caught:
            lines_sides.sides_of("x", party, other, None)
        assert str(caught.value) == told
        return
    found = lines_sides.sides_of("x", party, other, None)
    assert (found.party, found.other, found.law.on) == told
    assert (found.law.known, found.law.register, found.world) == (told[2], "register", table)


def test_cases_are_listed_all_or_one_and_one_that_is_wrong_hides_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> Any:
        if name == "wrong":
            raise InputError([Problem("is no case"), Problem("b"), Problem("c")])
        if name == "bad":
            raise InputError(Problem("is none"))
        finding = SimpleNamespace(
            model_dump=lambda **_more: {"finding": "f", "rests_on": ["a"], "status": "fact", "otherwise": "o"}
        )
        return SimpleNamespace(
            name=name, title="T", folder="x", as_of=date(2025, 1, 2), parties=[], holds=(), record=None,
            scenarios={}, findings=[finding],
        )  # fmt: skip

    monkeypatch.setattr(case, "cases", lambda: ["one", "wrong", "two", "bad"])
    monkeypatch.setattr(case.Case, "load", load)
    told = run("cases")
    assert told[-3:] == ["wrong cannot be read: is no case, and 2 more", "bad cannot be read: is none"][
        -3:
    ] or (told[-2:] == ["wrong cannot be read: is no case, and 2 more", "bad cannot be read: is none"])
    assert "Which finding rests on which assumption" in told
    assert "one" in told[3]
    alone = run("cases", "one")
    assert "Which finding rests on which assumption" in alone
    with pytest.raises(InputError, match="is no case"):
        run("cases", "wrong")


def test_time_that_is_over_while_a_mistake_is_dealt_with_stops_that_too() -> None:
    cleaned: list[bool] = []

    def mistaken() -> None:
        try:
            raise ValueError
        except ValueError:
            end = monotonic() + 5.0
            while monotonic() < end:
                pass

    def tidy() -> None:
        try:
            mistaken()
        finally:  # longer than until the next signal, which must not stop it
            end = monotonic() + 0.15
            while monotonic() < end:
                pass
            cleaned.append(True)

    began = monotonic()
    with pytest.raises(KoshoError, match=r"^stopped after 0\.02 seconds"), endurance.within(0.02):
        tidy()
    assert cleaned == [True]
    assert monotonic() - began < 5.0


def test_what_counts_the_time_keeps_no_process_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "setitimer")
    made: list[Any] = []

    class Thread:
        def __init__(self, **given: Any) -> None:
            made.append(given)

        def start(self) -> None:
            made.append("started")

    monkeypatch.setattr(endurance.threading, "Thread", Thread)
    sent: list[int] = []
    monkeypatch.setattr(
        endurance._thread, "interrupt_main", lambda number: sent.append(number) or (len(sent) > 2 and end())
    )
    end = endurance._begun(0.0, signal.SIGALRM)
    given, started = made
    assert (given["daemon"], started) == (True, "started")
    given["target"]()
    assert sent == [signal.SIGALRM] * 3


@pytest.mark.parametrize("seconds", [0.0, 31_622_400.5])
def test_no_time_and_more_than_a_year_are_refused(seconds: float) -> None:
    context: Any = SimpleNamespace(meta={})
    with pytest.raises(InputError, match="more than none, at most a year"):
        endurance._read_timeout(context, seconds)
    assert context.meta == {}


def test_a_table_that_is_not_named_is_that_of_the_case_or_another() -> None:
    opened: Any = SimpleNamespace(world="its own")
    assert world_named(None, opened, default="full") == "its own"
    assert world_named(None) != world_named(None, default="talks") == world_named("talks", opened)
    with pytest.raises(InputError) as caught:
        world_named("talks, ,full", key="name")
    assert str(caught.value) == "name: names 2 tables, and this is asked of one (one of talks, full)"
