"""Entries added to the lists of a YAML text, every other character of it left as it is.

A person keeps the record by hand, with comments and an order of their own. Rewriting it through a parser that
keeps comments takes half a minute for ten thousand statements; putting lines in takes a second.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from kosho.yamlfile import Key

__all__ = ["Addition", "keyed", "spliced"]

Addition = tuple[Key, Mapping[str, Any]]
"""Path of a list, and an entry for its end."""

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
COMMENT = re.compile(r"[ \t]*#[^\r\n]*")
"""What stands behind a value on its line, and stays there."""
WIDTH = 110
STEP = 2
"""Columns by which a list is indented that is not there yet."""


def spliced(text: str, additions: Sequence[Addition]) -> str:
    """`text` with every entry at the end of its list; a list of the top level that is missing is begun.

    Raises:
        KeyError: a list inside something else is not there.
        yaml.YAMLError: the text is not YAML.
    """
    mark = "\N{ZERO WIDTH NO-BREAK SPACE}"
    if text.startswith(mark):  # the reader passes over it and counts from the character after
        return mark + spliced(text[1:], additions)
    root = yaml.compose(text, Loader=LOADER)
    grouped: dict[Key, list[Mapping[str, Any]]] = {}
    for path, entry in additions:
        grouped.setdefault(path, []).append(entry)
    missing = [path for path in grouped if len(path) == 1 and _at(root, path) is None]
    places = [_place(text, root, path, grouped[path]) for path in grouped if path not in missing]
    newline = "\r\n" if "\r\n" in text else "\n"
    for start, end, piece in sorted(places, reverse=True):
        text = text[:start] + piece.replace("\n", newline) + text[end:]
    for path in missing:
        begun = f"{path[0]}:\n{_items(grouped[path], STEP, apart=True)}"
        text = (text.rstrip("\r\n") + 2 * newline if text else "") + begun.replace("\n", newline)
    return text


def keyed(text: str, key: str, name: str, entry: Mapping[str, Any]) -> str:
    """`text` with `name: entry` at the end of the mapping of the top level under `key`, which may be missing.

    Raises:
        KeyError: under the key is no mapping written one entry below another.
        yaml.YAMLError: the text is not YAML.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    body = _field(name, dict(entry))
    node = _at(yaml.compose(text, Loader=LOADER), (key,))
    if node is None:
        begun = f"{key}:\n{textwrap.indent(body, ' ' * STEP)}"
        return (text.rstrip("\r\n") + 2 * newline if text else "") + begun.replace("\n", newline)
    if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
        raise KeyError(key)
    end = _line_end(text, _leaf(node).end_mark.index)
    piece = textwrap.indent(body, " " * node.value[0][0].start_mark.column)
    lead = "" if text[end - 1] == "\n" else "\n"
    return text[:end] + (lead + piece).replace("\n", newline) + text[end:]


def _at(node: yaml.Node | None, path: Key) -> yaml.Node | None:
    for step in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == step), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        else:
            return None
    return node


def _place(
    text: str, root: yaml.Node | None, path: Key, entries: Sequence[Mapping[str, Any]]
) -> tuple[int, int, str]:
    """Where the entries go: from, to (characters), and the text to put there."""
    node = _at(root, path)
    if node is None:
        raise KeyError(path)
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        # Nothing in it: `statements:` alone or `statements: []`. A list inside an entry holds something.
        start, end = node.start_mark.index, node.end_mark.index
        comment = COMMENT.match(text, end)
        kept = comment[0] if comment else ""
        return start, end + len(kept), kept + "\n" + _items(entries, STEP, apart=True).rstrip("\n")
    if node.flow_style:
        end = node.end_mark.index - 1
        comma = "" if text[:end].rstrip().endswith(",") else ", "
        return end, end, comma + ", ".join(_flow(entry) for entry in entries)
    end = _line_end(text, _leaf(node).end_mark.index)
    last = text.rfind("\n", 0, node.value[-1].start_mark.index) + 1
    apart = len(node.value) > 1 and not text[:last].splitlines()[-1].strip()
    items = _items(entries, node.start_mark.column, apart=apart)
    lead = "" if text[end - 1] == "\n" else "\n"
    return end, end, lead + ("\n" if apart else "") + items


def _leaf(node: yaml.Node) -> yaml.Node:
    """The last thing written in a node; the end of a block itself is that of the next one's start."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return node


def _line_end(text: str, index: int) -> int:
    if index and text[index - 1] == "\n":
        return index
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _items(entries: Sequence[Mapping[str, Any]], column: int, *, apart: bool) -> str:
    found: list[str] = []
    for entry in entries:
        body = "".join(_field(key, value) for key, value in entry.items())
        found.append("- " + textwrap.indent(body, "  ")[2:])
    return textwrap.indent(("\n" if apart else "").join(found), " " * column)


def _field(key: str, value: Any) -> str:
    """One key; a list of plain values on its line, as people write them."""
    nested = isinstance(value, Mapping) or (
        isinstance(value, list) and any(isinstance(v, Mapping) for v in value)
    )
    if not nested and isinstance(value, list):
        return f"{_flow(key)}: {_flow(value)}\n"
    return yaml.safe_dump(
        {key: value}, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False
    )


def _flow(value: Any) -> str:
    text = yaml.safe_dump(
        value, sort_keys=False, allow_unicode=True, width=float("inf"), default_flow_style=True
    )
    return text.removesuffix("\n").removesuffix("\n...")
