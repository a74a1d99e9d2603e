from __future__ import annotations

from pathlib import Path

import pytest

from kosho.atomic_write import write_together, write_whole


def test_text_and_bytes_arrive_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.txt", "交渉\n")
    write_whole(tmp_path / "b.bin", b"\x00\xff")
    assert (tmp_path / "a.txt").read_bytes() == "交渉\n".encode()
    assert (tmp_path / "b.bin").read_bytes() == b"\x00\xff"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.bin"]


def test_permissions_of_an_old_file_stay(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o600)
    write_whole(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


def test_what_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_whole(path, "new \ud800")
    assert path.read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]
    with pytest.raises(FileNotFoundError):
        write_whole(tmp_path / "absent" / "a.txt", "new")


def test_files_that_belong_together_change_together(tmp_path: Path) -> None:
    first, second = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("old")
    second.mkdir()
    with pytest.raises(IsADirectoryError):
        write_together({first: "new", second: "new"})
    assert first.read_text() == "old"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.txt", "b.txt"]


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    try:
        (tmp_path / "link.txt").symlink_to("a.txt")
    except OSError:
        pytest.skip("links cannot be made here")
    write_whole(tmp_path / "link.txt", "new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "a.txt").read_text() == "new"


def test_what_fails_once_a_file_is_in_its_place_is_told_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, failure = Path.replace, OSError("no room")

    def replaced(self: Path, to: Path) -> Path:
        if to.name == "b.txt":
            raise failure
        return before(self, to)

    monkeypatch.setattr(Path, "replace", replaced)
    with pytest.raises(OSError, match="no room") as caught:
        write_together({tmp_path / name: "new" for name in ("a.txt", "b.txt", "c.txt")})
    assert caught.value is failure
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


def test_a_new_file_can_be_read_by_all_and_written_by_its_owner(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.txt", "new")
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o644
