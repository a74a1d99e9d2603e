"""Formulas become MathML while the site is built: pages need no script, no network, and can be copied from.

`pymdownx.arithmatex` marks what stands between dollar signs; browsers draw MathML themselves, with the font
STIX Two Math (SIL Open Font License), which is copied from the package ziamath.
"""

from __future__ import annotations

import html
import re
from importlib.resources import files
from typing import Any

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

FONT = "assets/fonts/STIXTwoMath-Regular.ttf"

_FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\(?P<opens>[(\[])(?P<tex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)


def mathml(tex: str, *, block: bool) -> str:
    """The formula as a `<math>` element.

    Raises:
        ValueError: it holds a command that the converter does not know.
    """
    element = convert(tex, display="block" if block else "inline")
    strange = re.search(r"\\[A-Za-z]+|<mi>&</mi>", element)
    if strange:  # commands and column marks that the converter does not know are handed through as letters
        raise ValueError(f"{strange[0]} is not known here")
    return element


def on_files(files_: Files, /, *, config: MkDocsConfig, **_: Any) -> Files:
    """Put the font beside the pages."""
    font = files("ziamath") / "fonts" / "STIXTwoMath-Regular.ttf"
    files_.append(File.generated(config, FONT, content=font.read_bytes()))
    return files_


def on_page_content(content: str, /, *, page: Page, **_: Any) -> str:
    """Replace every formula of a page."""

    def drawn(found: re.Match[str]) -> str:
        tex, block = html.unescape(found["tex"]).strip(), found["opens"] == "["
        try:
            element = mathml(tex, block=block)
        except Exception as error:  # the converter has no base class for what it raises
            raise PluginError(f"{page.file.src_uri}: the formula {tex!r} cannot be drawn: {error}") from error
        return f'<div class="formula">{element}</div>' if block else element

    return _FORMULA.sub(drawn, content)
