"""`python -m tests.catalogues [--check]`: bring the catalogues up to date, or say where they are not."""

from __future__ import annotations

import argparse
import sys

from kosho.language import SOURCE, known
from tests.catalogues import path_of, refreshed, told, unwrapped, written


def main() -> int:
    """Write, or with `--check` only compare; 1 where a catalogue is not up to date or a message in none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    stale = len(bare := unwrapped())
    sys.stdout.write("".join(f"{place}\n" for place in bare))
    for tag in known():
        if tag == SOURCE:
            continue
        path, text = path_of(tag), written(refreshed(tag))
        if not check:
            path.write_text(text, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != text:
            sys.stdout.write(f"{path.name} of {tag} is not up to date: make catalogues\n")
            stale += 1
        sys.stdout.write("\n".join(told(tag)) + "\n")
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
