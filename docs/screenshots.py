"""Pictures of a brief for the README: a desk, a telephone, the deals in the dark. `make screenshots` runs it.

    python docs/screenshots.py out/japan-us-2025/brief.html docs/assets

Needs Chromium or Chrome, and Pillow, which the `pdf` extra brings.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FRAME = """<!doctype html><body style="margin:0;overflow:hidden">
<iframe src="{page}" style="width:{width}px;height:30000px;border:0"></iframe>
<script>
const frame = document.querySelector("iframe");
frame.addEventListener("load", () => {{
  const part = frame.contentDocument.getElementById("{part}");
  frame.style.marginTop = `-${{part.getBoundingClientRect().top}}px`;
}});
</script>"""
"""A window onto a part of the page: a browser without a screen draws nothing that lies below an address."""
COLOURS = 48
"""Of a picture: text and lines need few, and files stay small."""


@dataclass(frozen=True)
class Shot:
    """What is photographed: a part of the page in a window."""

    name: str
    width: int
    height: int
    part: str = ""
    dark: bool = False


SHOTS = (
    Shot("brief-first-page", 1280, 900),
    Shot("brief-phone", 400, 900),
    Shot("brief-deals-dark", 1280, 1500, part="deals", dark=True),
)


def browser() -> str:
    """A browser that draws without a screen."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        sys.exit(f"no browser at hand: install one of {', '.join(BROWSERS)}")
    return found


def take(shot: Shot, page: Path, folder: Path) -> Path:
    """Photograph a part of the page and keep it with few colours."""
    target = folder / f"{shot.name}.png"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        raw, address = Path(profile) / "shot.png", page.resolve().as_uri()
        if shot.part:
            window = Path(profile) / "window.html"
            window.write_text(FRAME.format(page=address, width=shot.width, part=shot.part), encoding="utf-8")
            address = window.as_uri()
        subprocess.run(
            [
                browser(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--allow-file-access-from-files",
                "--virtual-time-budget=20000",
                *(["--blink-settings=preferredColorScheme=0"] if shot.dark else []),
                f"--user-data-dir={profile}",
                f"--window-size={shot.width},{shot.height}",
                f"--screenshot={raw}",
                address,
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        picture = Image.open(raw).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(target, optimize=True)
    return target


def main() -> None:
    """Take them all."""
    page, folder = (Path(one) for one in sys.argv[1:3])
    if not page.is_file():
        sys.exit(f"{page} is not there: write the brief first")
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        print(take(shot, page, folder))


if __name__ == "__main__":
    main()
