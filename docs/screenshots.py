"""Pictures for the README: a brief at a desk, on a telephone, in the dark and in Japanese; the live table.

`make screenshots` runs it.

    python docs/screenshots.py out/japan-us-2025/brief.html out/ja/brief.html docs/assets

Needs Chromium or Chrome, and Pillow, which the `pdf` extra brings.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
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
JAPANESE = Shot("brief-japanese", 1280, 900)


def browser() -> str:
    """A browser that draws without a screen."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        sys.exit(f"no browser at hand: install one of {', '.join(BROWSERS)}")
    return found


LIVE = Shot("live-table", 1280, 1150)
PACKAGE = "/?case=japan-us-2025&options=cars:all-15,metals:add-25,rest:all-15,lng:more-3500"


@contextmanager
def live() -> Generator[str, None, None]:
    """The address of a package on the live table, once its packages are priced."""
    words = [sys.executable, "-m", "kosho", "serve", "japan-us-2025", "--port", "0"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server:
        address = "" if server.stdout is None else server.stdout.readline().split()[0].rstrip("/")
        try:
            for part in ("", "/package/full"):
                options = PACKAGE.partition("options=")[2]
                asked = f"{address}/api/v1/tables/japan-us-2025{part}?options={options}"
                with urllib.request.urlopen(asked, timeout=600) as answer:  # noqa: S310 - of the server above
                    answer.read()
            yield address + PACKAGE
        finally:
            server.terminate()


def take(shot: Shot, page: Path | str, folder: Path) -> Path:
    """Photograph a part of a page, of a file or an address, and keep it with few colours."""
    target = folder / f"{shot.name}.png"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        raw = Path(profile) / "shot.png"
        address = page if isinstance(page, str) else page.resolve().as_uri()
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
    page, japanese, folder = (Path(one) for one in sys.argv[1:4])
    for one in (page, japanese):
        if not one.is_file():
            sys.exit(f"{one} is not there: write the brief first")
    folder.mkdir(parents=True, exist_ok=True)
    for shot in SHOTS:
        print(take(shot, page, folder))
    print(take(JAPANESE, japanese, folder))
    with live() as address:
        print(take(LIVE, address, folder))


if __name__ == "__main__":
    main()
