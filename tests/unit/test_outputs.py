"""What a user asked to be written: known before the work, and whole or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kosho import outputs
from kosho.errors import InputError


def test_all_files_that_cannot_be_written_are_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    wrong = [tmp_path, tmp_path / "absent" / "a.svg", tmp_path / "file" / "a.svg"]
    with pytest.raises(InputError) as caught:
        outputs.require_file(*wrong, None, tmp_path / "fine.svg")
    told = str(caught.value).splitlines()
    assert len(told) == 3
    assert "it is a folder" in told[0]
    assert "there is no folder" in told[1]
    assert "make it first" in told[1]
    assert "is no folder" in told[2]
    assert [one.name for one in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_pipe_or_a_device_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="device or a pipe"):
        outputs.require_file(pipe)
    with pytest.raises(InputError, match="cannot be written"):
        outputs.save({tmp_path / "a.csv": "new", pipe: "new"})
    assert pipe.is_fifo()
    assert [one.name for one in tmp_path.iterdir()] == ["pipe.csv"]


def test_a_folder_is_made_only_in_one_that_is_there(tmp_path: Path) -> None:
    outputs.require_folder(tmp_path / "new")
    assert not (tmp_path / "new").exists()
    with pytest.raises(InputError, match="there is no folder"):
        outputs.require_folder(tmp_path / "absent" / "new")
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="it is no folder"):
        outputs.require_folder(tmp_path / "file")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_what_fails_on_the_way_leaves_everything_as_it_was(
    code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("old")
    before = os.fsync
    done: list[int] = []

    def full(handle: int) -> None:
        done.append(handle)
        if len(done) == 2:
            raise OSError(code, os.strerror(code))
        before(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=f"cannot be written: {os.strerror(code)}"):
        outputs.save({tmp_path / "a.txt": "new", tmp_path / "new" / "b.txt": "new"}, folder=tmp_path / "new")
    assert len(done) == 2
    assert (tmp_path / "a.txt").read_text() == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("way", ["system", "told", "another"])
def test_a_folder_of_ours_without_room_is_told_as_the_one_it_is_in(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    paths = [tmp_path / "elsewhere.txt"]

    def fill() -> None:
        with outputs.scratch() as folder:
            paths.append(paths[0] if way == "another" else folder / "case" / "case.yaml")
            error = OSError(errno.ENOSPC, "No space left on device", str(paths[1]))
            raise error if way == "system" else outputs.refused(paths[1], error)

    with pytest.raises(InputError) as caught:
        fill()
    (told,) = caught.value.problems
    assert told.message == "cannot be written: No space left on device"
    assert told.file == str(paths[0] if way == "another" else tmp_path)


def test_what_fails_elsewhere_is_not_told_of_a_folder_of_ours(tmp_path: Path) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", str(tmp_path / "mine.txt"))
    with pytest.raises(OSError, match=r"mine\.txt") as caught, outputs.scratch():
        raise error
    assert caught.value is error
    with pytest.raises(InputError, match="cannot be written: no room"), outputs.scratch():
        raise OSError("no room")


def test_a_file_that_is_there_may_be_written_where_it_may_be_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "brief.html"
    path.write_text("old", encoding="utf-8")
    outputs.require_file(path)
    monkeypatch.setattr("kosho.outputs.os.access", lambda *_given: False)
    with pytest.raises(InputError, match="it is there and may not be changed"):
        outputs.require_file(path)
    outputs.require_file(tmp_path / "new.html")
    assert path.read_text(encoding="utf-8") == "old"


def test_a_folder_is_tried_itself_where_it_is_there_and_else_the_one_that_it_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[tuple[Path, Path]] = []
    monkeypatch.setattr(outputs, "_try", lambda *given: tried.append(given))
    outputs.require_folder(tmp_path)
    outputs.require_folder(tmp_path / "new")
    outputs.require_file(tmp_path / "new.csv")
    assert tried == [
        (tmp_path, tmp_path),
        (tmp_path, tmp_path / "new"),
        (tmp_path, tmp_path / "new.csv"),
    ]


def test_folders_that_are_made_are_told_innermost_first(tmp_path: Path) -> None:
    assert outputs.make_folder(tmp_path / "a" / "b") == [tmp_path / "a" / "b", tmp_path / "a"]
    assert outputs.make_folder(tmp_path / "a" / "b") == []


def test_files_end_as_what_is_written_does(tmp_path: Path) -> None:
    outputs.require_file(tmp_path / "A.CSV", ending=".csv")
    with pytest.raises(InputError) as caught:
        outputs.require_file(tmp_path / "a.csv", tmp_path / "b.svg", tmp_path / "c", ending=".csv")
    assert [str(one) for one in caught.value.problems] == ["--out: b.svg is no .csv", "--out: c is no .csv"]


def test_what_is_at_fault_is_the_folder_or_the_first_file_that_has_none(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    fine, absent, folder = tmp_path / "a.csv", tmp_path / "no" / "b.csv", tmp_path / "folder"
    for files in ((fine, absent, folder), (fine, folder, absent)):
        with pytest.raises(InputError) as caught:
            outputs.save(dict.fromkeys(files, "x"))
        assert caught.value.problems[0].file == str(files[1])
    assert not fine.exists()
