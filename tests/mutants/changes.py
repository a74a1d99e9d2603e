"""Small changes of a program that a test should notice: each replaces a piece of one file."""

from __future__ import annotations

import ast
from dataclasses import dataclass

SWAPS: dict[type[ast.AST], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "/",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
    ast.And: "or",
    ast.Or: "and",
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any", "minimum": "maximum", "maximum": "minimum"}
"""Names and attributes that are called."""


@dataclass(frozen=True)
class Change:
    """A piece of a file, from and to a byte, and what stands there instead."""

    line: int
    start: int
    end: int
    new: str
    old: str

    def made(self, content: bytes) -> bytes:
        """The file with the change; what follows stays on its lines."""
        new = self.new.encode()
        lost = content.count(b"\n", self.start, self.end) - new.count(b"\n")
        new = new[:-1] + b"\n" * lost + new[-1:]  # before a bracket
        return content[: self.start] + new + content[self.end :]

    def __str__(self) -> str:
        return f"{self.line}: {self.old} → {self.new}"


def changes(content: bytes) -> list[Change]:
    """All changes of a file, in order; texts, types and what is said of errors are left alone."""
    return sorted(_Finder(content).found, key=lambda one: (one.start, one.new))


class _Finder(ast.NodeVisitor):
    def __init__(self, content: bytes) -> None:
        self._content = content
        lines = content.splitlines(keepends=True)
        self._starts = [sum(map(len, lines[:k])) for k in range(len(lines) + 1)]
        self.found: list[Change] = []
        self.visit(ast.parse(content))

    def _at(self, node: ast.AST) -> tuple[int, int]:
        start = self._starts[node.lineno - 1] + node.col_offset  # type: ignore[attr-defined]
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset  # type: ignore[attr-defined]

    def _note(self, line: int, place: tuple[int, int], new: str) -> None:
        old = self._content[slice(*place)].decode()
        if old != new:
            self.found.append(Change(line, *place, new, " ".join(old.split())))

    def _between(self, left: ast.AST, right: ast.AST, operator: ast.AST) -> None:
        """Put another operator where one stands between two operands."""
        new = SWAPS.get(type(operator))
        start, end = self._at(left)[1], self._at(right)[0]
        gap = self._content[start:end].decode()
        word = gap.replace("(", " ").replace(")", " ").split("#")[0].strip()
        if new is not None and word and gap.count(word) == 1:
            place = start + len(gap[: gap.index(word)].encode())
            self._note(left.lineno, (place, place + len(word.encode())), new)  # type: ignore[attr-defined]

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, operator, right in zip(
            [node.left, *node.comparators], node.ops, node.comparators, strict=False
        ):
            self._between(left, right, operator)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self._between(node.left, node.right, node.op)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:], strict=False):
            self._between(left, right, node.op)
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, ast.Not):
            start, _ = self._at(node)
            self._note(node.lineno, (start, start + len("not")), "")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        value = node.value
        if isinstance(value, bool):
            self._note(node.lineno, self._at(node), str(not value))
        elif isinstance(value, int | float):
            for new in (value + 1, 1.1 * value) if isinstance(value, float) else (value + 1,):
                if new != value:
                    self._note(node.lineno, self._at(node), repr(new))

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func
        word = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
        if word in CALLS:
            end = self._at(name)[1]
            self._note(node.lineno, (end - len(word), end), CALLS[word])
        self.generic_visit(node)

    def visit_Continue(self, node: ast.Continue) -> None:
        self._note(node.lineno, self._at(node), "break")

    def visit_Break(self, node: ast.Break) -> None:
        self._note(node.lineno, self._at(node), "continue")

    def visit_If(self, node: ast.If) -> None:
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self._note(node.lineno, self._at(node), self._text(node.body))
        self._note(node.lineno, self._at(node), self._text(node.orelse))
        self.generic_visit(node)

    def _text(self, node: ast.AST) -> str:
        return f"({self._content[slice(*self._at(node))].decode()})"

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        """Formats and words are for people; what stands in them is made elsewhere."""

    def visit_Raise(self, node: ast.Raise) -> None:
        """What is said of an error."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_arg(self, node: ast.arg) -> None:
        """Types."""

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        """What a class holds; not how it is made (`frozen`, `slots`)."""
        for one in node.body:
            self.visit(one)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for one in (*node.args.defaults, *filter(None, node.args.kw_defaults), *node.body):
            self.visit(one)
