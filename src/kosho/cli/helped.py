"""Help, and mistakes in how a command is called, in the language that is spoken.

What a command and its options say of themselves is written where they are, in English; here it is told in
another language, from the catalogue (context `help`). So are the few words and messages of the parser itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import typer

from kosho import language
from kosho.cli.terminal import terminal_width
from kosho.errors import nearest
from kosho.language import pgettext

__all__ = [
    "METAVARS",
    "asked_language",
    "helped",
    "mistakes_told",
    "paragraphs",
    "parser_words",
    "texts_of_help",
    "texts_of_parser",
]

METAVARS = (
    "CASE", "CODE", "CODES", "COLUMN", "COUNTRY", "DAY", "DIR", "DRAFTS", "EPISODE", "EXPORTER", "FILE",
    "FILES", "FOLDER", "FORMAT", "FROM", "GOODS", "IDS", "IMPORTER", "ISSUE", "KEY", "MEASURES", "MILLION",
    "NAME", "NEW", "NUMBER", "OLD", "ONE", "OPTION", "ORIGIN", "OTHER", "PANEL", "PARTNER", "PARTNERS",
    "PERCENT", "RATE", "RECORD", "SCENARIO", "SCHEDULE", "SECONDS", "SECTOR", "SHARE", "TO", "VALUE", "VAR",
    "WORDS",
)  # fmt: skip
"""Words that stand for what a person writes."""
_METAVAR = re.compile(rf"(?<![A-Za-z])(?:{'|'.join(METAVARS)})(?![A-Za-z])")

MISTAKES = (
    (r"No such option: (?P<option>\S+)", "no such option: {option}"),
    (r"No such option: (?P<option>\S+) \(Possible options: (?P<names>.*)\)",
     "no such option: {option} (did you mean {names}?)"),
    (r"No such option: (?P<option>\S+) Did you mean (?P<names>.*)\?",
     "no such option: {option} (did you mean {names}?)"),
    (r"No such command (?P<name>'.*?')\.", "no such command: {name}"),
    (r"No such command (?P<name>'.*?')\. Did you mean (?P<names>.*)\?",
     "no such command: {name} (did you mean {names}?)"),
    (r"Missing command\.", "a command is missing"),
    (r"Missing argument (?P<name>.*)\.", "the argument {name} is missing"),
    (r"Missing option (?P<name>.*)\.", "the option {name} is missing"),
    (r"Got unexpected extra arguments?(?:\(s\))? \((?P<values>.*)\)", "unexpected arguments: {values}"),
    (r"Option (?P<option>'.*?') requires an argument\.", "the option {option} needs a value"),
    (r"Option (?P<option>'.*?') requires (?P<number>\d+) arguments\.",
     "the option {option} needs {number} values"),
    (r"Option (?P<option>'.*?') does not take a value\.", "the option {option} takes no value"),
    (r"Argument (?P<name>'.*?') takes (?P<number>\d+) values\.", "the argument {name} takes {number} values"),
    (r"Invalid value for (?P<name>.*?): (?P<rest>(?:.|\n)*)", "wrong value for {name}: {rest}"),
    (r"Invalid value: (?P<rest>(?:.|\n)*)", "wrong value: {rest}"),
    (r"Value (?P<value>'.*') is not a valid (?:int|integer)\.", "{value} is not a whole number"),
    (r"Value (?P<value>'.*') is not a valid (?:float|number)\.", "{value} is not a number"),
    (r"(?:Value )?(?P<value>'.*') is not one of (?P<names>.*)\.", "{value} is not one of {names}"),
)  # fmt: skip
"""What the parser says, and how it is told."""
WORDS = {
    "ERRORS_PANEL_TITLE": "Error",
    "ABORTED_TEXT": "Aborted.",
    "RICH_HELP": "Try [blue]'{command_path} {help_option}'[/] for help.",
}
"""Words of the parser, by where it keeps them."""
USAGE, ARGUMENTS, OPTIONS, COMMANDS = "Usage: ", "Arguments", "Options", "Commands"
SOME_OPTIONS, SOME_COMMAND = "[OPTIONS]", "COMMAND [ARGS]..."
DEFAULT, REQUIRED, VARIABLE = "default: {value}", "required", "env var: {value}"
TYPES = ("<str>", "<int>", "<float>", "<path>", "<file>", "<int range>", "<float range>")
WIDEST = 100
"""Columns of help, at most."""
FIRST = 30
"""Columns of the names of options, at most; what is said of a longer one stands below it."""
UsageError: Any = typer.BadParameter.__base__


def asked_language(arguments: Sequence[str]) -> str | None:
    """The language that a command line asks for, before anything of it is read; None where it names none.

    >>> from kosho.cli.helped import asked_language
    >>> asked_language(["rate", "--help", "--lang", "ja"]), asked_language(["rate", "--lang=xx"])
    ('ja', None)
    """
    found = None
    for place, text in enumerate(arguments):
        if text == "--":
            break
        if text == "--lang":
            found = "".join(arguments[place + 1 : place + 2])
        elif text.startswith("--lang="):
            found = text.partition("=")[2]
    try:
        return None if found is None else language.normal(found)
    except language.UnknownLanguageError:
        return None  # the option tells of it


@contextmanager
def parser_words() -> Generator[None, None, None]:
    """The words of the parser in the language that is spoken, while inside."""
    if language.current() == language.SOURCE:
        yield
        return
    from typer import rich_utils

    with ExitStack() as stack:
        for name, word in WORDS.items():
            stack.enter_context(_changed(rich_utils, name, pgettext("parser", word)))
        yield


@contextmanager
def mistakes_told(stack: ExitStack) -> Generator[None, None, None]:
    """Mistakes in how a command is called, in the language that is spoken; `stack` outlasts their telling.

    What a schema finds wrong with a value is told in our words in every language; the rest of English, in those
    of the parser.
    """
    try:
        yield
    except UsageError as error:
        english = language.current() == language.SOURCE
        if not english:
            stack.enter_context(parser_words())
        if not english or _value_told(error.__cause__):
            told = _mistake(error.format_message(), error.__cause__)
            error.format_message = lambda: told
        raise


def _mistake(message: str, cause: BaseException | None) -> str:
    """A message of the parser in the language that is spoken; one that is not known as it is."""
    for pattern, template in MISTAKES:
        match = re.fullmatch(pattern, message)
        if match:
            fields = match.groupdict()
            if "rest" in fields:
                fields["rest"] = _value_told(cause) or _mistake(fields["rest"], None)
            return pgettext("parser", template, **fields)
    return message


def _value_told(cause: BaseException | None) -> str | None:
    """What is wrong with a value, where a schema found it."""
    from pydantic import ValidationError

    from kosho import schema_words

    if not isinstance(cause, ValidationError):
        return None
    detail = cause.errors(include_url=False)[0]
    near = nearest(str(detail["input"]), schema_words.choices(detail))
    return "; ".join(part for part in (schema_words.sentence(detail), schema_words.hint(detail), near) if part)


def texts_of_parser() -> Iterator[str]:
    """Words and messages of the parser, as their catalogue has them."""
    yield from (
        USAGE,
        ARGUMENTS,
        OPTIONS,
        COMMANDS,
        SOME_OPTIONS,
        SOME_COMMAND,
        DEFAULT,
        REQUIRED,
        VARIABLE,
        *TYPES,
    )
    yield from (*WORDS.values(), *dict.fromkeys(told for _, told in MISTAKES))


def helped(command: Any) -> Any:
    """A command, or a group and its commands if it holds them, that tell their help in the language spoken."""
    below = getattr(command, "commands", None)
    for one in below.values() if isinstance(below, dict) else ():
        helped(one)
    command.help = command.help and paragraphs(command.help)
    plain_help, plain_usage = command.format_help, command.format_usage

    def format_help(context: Any, formatter: Any) -> None:
        if language.current() == language.SOURCE:
            plain_help(context, formatter)
            return
        with _in_words(command, context):
            formatter.write(
                "".join(f"{line}\n" for line in _laid_out(command, context, min(terminal_width(), WIDEST)))
            )

    def format_usage(context: Any, formatter: Any) -> None:
        if language.current() == language.SOURCE:
            plain_usage(context, formatter)
            return
        with _in_words(command, context):
            formatter.write(f"{_usage(command, context)}\n")

    command.format_help, command.format_usage = format_help, format_usage
    return command


def _usage(command: Any, context: Any) -> str:
    return " ".join((pgettext("parser", USAGE) + context.command_path, *command.collect_usage_pieces(context)))


def _laid_out(command: Any, context: Any, columns: int) -> Iterator[str]:
    """Help in lines: texts without spaces break where a line may end, which the parser's own tables cut off."""
    from kosho.cli.layout import wrapped

    yield from ("", *wrapped(_usage(command, context), columns - 2, 4))
    for part in (command.help or "").split("\n\n"):
        yield from ("", *wrapped(part, columns - 2))
    params = [one for one in command.get_params(context) if not getattr(one, "hidden", False)]
    for title, kind in ((ARGUMENTS, "argument"), (OPTIONS, "option")):
        records = [one.get_help_record(context) for one in params if one.param_type_name == kind]
        yield from _listed(title, [(_typed(name), _with_marks(text)) for name, text in records], columns)
    below = (command.get_command(context, name) for name in getattr(command, "commands", {}))
    yield from _listed(COMMANDS, [(one.name, one.short_help or one.help or "") for one in below], columns)


def _listed(title: str, rows: Sequence[tuple[str, str]], columns: int) -> Iterator[str]:
    from rich.cells import cell_len

    from kosho.cli.layout import wrapped

    if not rows:
        return
    yield from ("", pgettext("parser", title))
    first = min(max(cell_len(name) for name, _ in rows), FIRST) + 2
    for name, text in rows:
        said, *rest = wrapped(text.partition("\n\n")[0], columns - 2 - first - 2)
        gap = first - cell_len(name)
        if gap < 2:
            yield f"  {name}"
            yield f"{' ' * (first + 2)}{said}"
        else:
            yield f"  {name}{' ' * gap}{said}"
        yield from (f"{' ' * (first + 2)}{line}" for line in rest)


def _typed(name: str) -> str:
    """The name of an option and the type of its value, in the language that is spoken."""
    return re.sub("|".join(TYPES), lambda match: pgettext("parser", match[0]), name)


def _with_marks(text: str) -> str:
    """What is said of an option, with the parser's marks behind it in the language that is spoken."""
    match = re.fullmatch(
        r"(?P<text>.*?)(?:  )?\[(?P<marks>[^\[\]]*(?:default: |env var: |required|<=)[^\[\]]*)\]", text
    )
    if match is None:
        return text
    marks: list[str] = []
    for mark in match["marks"].split("; "):
        word, _, value = mark.partition(": ")
        if word == "default":
            marks.append(pgettext("parser", DEFAULT, value=value))
        elif word == "env var":
            marks.append(pgettext("parser", VARIABLE, value=value))
        else:
            marks.append(pgettext("parser", REQUIRED) if mark == REQUIRED else mark)
    return f"{match['text']} [{'; '.join(marks)}]"


def texts_of_help(command: Any) -> Iterator[str]:
    """All that a command and its options say of themselves, and the commands below it, as in the catalogue."""
    held = [command.help, command.short_help, command.epilog]
    for one in (*command.params, command.get_help_option(typer.Context(command))):
        held += [getattr(one, "help", None), getattr(one, "show_default", None)]
    yield from (paragraphs(text) for text in held if isinstance(text, str) and text)
    for name in getattr(command, "commands", {}):
        yield from texts_of_help(command.commands[name])


def paragraphs(text: str) -> str:
    r"""A text with a line a paragraph: where its lines end in the source says nothing.

    >>> from kosho.cli.helped import paragraphs
    >>> paragraphs("One line\nand its end.\n\nAnother.")
    'One line and its end.\n\nAnother.'
    """
    return "\n\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text.strip()))


@contextmanager
def _in_words(command: Any, context: Any) -> Generator[None, None, None]:
    """A command whose texts are in the language that is spoken, which is not the source's, while inside."""
    with ExitStack() as stack:
        for one, name, told in _translated(command, context):
            stack.enter_context(_changed(one, name, told))
        yield


def _translated(command: Any, context: Any) -> Iterator[tuple[Any, str, str]]:
    """What is told in other words: of which part, which of its texts, and how."""
    below = [command.get_command(context, name) for name in getattr(command, "commands", {})]
    for one in (command, *below):
        yield from _texts(one, ("help", "short_help", "epilog"), _help)
    yield from _texts(command, ("options_metavar", "subcommand_metavar"), _placeholder)
    for one in command.get_params(context):
        yield from _texts(one, ("help", "show_default"), _help)
        yield from _texts(one, ("metavar",), _placeholder)
        if one.param_type_name == "argument" and one.metavar is None and one.name.upper() in METAVARS:
            yield one, "metavar", pgettext("metavar", one.name.upper())


def _texts(one: Any, names: Sequence[str], told: Callable[[str], str]) -> Iterator[tuple[Any, str, str]]:
    for name in names:
        text = getattr(one, name, None)
        if isinstance(text, str) and text:
            yield one, name, told(text)


def _help(text: str) -> str:
    return pgettext("help", paragraphs(text))


def _placeholder(text: str) -> str:
    """What stands for a value; words of the parser for options and commands too."""
    if text in (SOME_OPTIONS, SOME_COMMAND):
        return pgettext("parser", text)
    return _METAVAR.sub(lambda match: pgettext("metavar", match[0]), text)


@contextmanager
def _changed(holder: Any, name: str, value: object) -> Generator[None, None, None]:
    before = getattr(holder, name)
    setattr(holder, name, value)
    try:
        yield
    finally:
        setattr(holder, name, before)
