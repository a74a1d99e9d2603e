from __future__ import annotations
from pathlib import Path
from typing import NamedTuple
class Document(NamedTuple):
    name: str
    text: str
def decode(path: Path) -> Document:
    return Document(path.name, path.read_bytes().decode())
