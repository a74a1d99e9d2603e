"""Everything the manual says to type works, and prints what the manual says."""

from __future__ import annotations

import pytest
from tests.snippets import ROOT, Reader, pages


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_page(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("KOSHO_DATA", str(tmp_path / "data"))
    Reader(page, tmp_path).follow()


@pytest.mark.parametrize(
    ("text", "fails"),
    [
        ("```python\n1 / 0\n```\n", "division by zero"),
        ("```python\n>>> 1 + 1\n3\n```\n", "Expected"),
        ("```console\nkosho rate USA JPN\n```\n", "ended with 2"),
        ("```console\nkosho cases\n```\n\n```text\nno such line\n```\n", "printed instead"),
        ("```console\nkosho nothing\n```\n", "ended with 2"),
        ("<!-- not run: it would fail -->\n\n```console\nkosho cases --nothing\n```\n", "no option"),
        ("```console\nmake nothing\n```\n", "make has no"),
    ],
)
def test_what_does_not_work_is_found(text, fails, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tests.snippets.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    with pytest.raises(Exception, match=fails) as found:
        Reader(page, tmp_path).follow()
    assert "page.md:" in found.value.__notes__[0]
