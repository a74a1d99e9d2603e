"""The built site fetches nothing from elsewhere.

The theme's script would load Mermaid, and a replacement for a browser function of before 2020, from a public
server if a page needed them. None does; the addresses are taken out, with the source maps that repeat them.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig


def on_post_build(*, config: MkDocsConfig, **_: Any) -> None:
    """Clean the theme's files in the built site."""
    assets = Path(config.site_dir) / "assets"
    for path in assets.rglob("*.map"):
        path.unlink()
    for path in [*assets.rglob("*.js"), *assets.rglob("*.css")]:
        text = path.read_text(encoding="utf-8")
        cleaned = re.sub(r"https://unpkg\.com/", "", text)
        cleaned = re.sub(r"(//|/\*)# sourceMappingURL=\S+( \*/)?", "", cleaned)
        if cleaned != text:
            path.write_text(cleaned, encoding="utf-8")
