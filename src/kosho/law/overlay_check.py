"""What overlays refer to: measures that are there, sources that are listed, ids given once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from kosho.errors import Problems, suggest
from kosho.language import N_, _
from kosho.law.measure import Measure
from kosho.law.overlay import Overlay
from kosho.law.references import References, check_references
from kosho.law.register import Register
from kosho.yamlfile import Key, LineNumbers

__all__ = ["check_overlays", "written_at"]


def check_overlays(
    overlays: Mapping[str, Overlay],
    register: Register,
    sources: Collection[str],
    lines: LineNumbers,
    problems: Problems,
    others: Iterable[Overlay] = (),
) -> None:
    """Note everything that overlays refer to and is not there.

    Args:
        overlays: By id, as a file has them under `overlays`.
        register: The law that they change.
        sources: Ids that may be cited.
        lines: Of the file.
        problems: Where mistakes are noted.
        others: Overlays of other files, whose measures may be excluded too.
    """
    ids = [measure.id for measure in register.measures]
    added = [one for overlay in (*others, *overlays.values()) for _other, one in _placed((), overlay)]
    names = {name for one in (*register.measures, *added) for name in (one.id, one.authority)}
    known = References(sources, register.products, register.lists)

    def unknown(what: str, name: str, among: Iterable[str], place: Key) -> None:
        key = ".".join(map(str, place))
        problems.add(
            _("unknown {what} {name!r}", what=_(what), name=name),
            suggest(name, among),
            line=lines[place],
            key=key,
        )

    for name, overlay in overlays.items():
        here: Key = ("overlays", name)
        for place, measure in _placed(here, overlay):
            if measure.id in ids and "add" in place:
                problems.add(
                    _("measure {id!r} is there already", id=measure.id), _("use replace"), line=lines[place]
                )
            check_references(measure, place, lines, problems, known)
            for other in measure.excludes:
                if other not in names:
                    unknown(_("measure or authority"), other, names, (*place, "excludes"))
        for key, items in (("end", overlay.end), ("replace", overlay.replace)):
            for n, item in enumerate(items):
                if item.measure not in ids:
                    unknown(N_("measure"), item.measure, ids, (*here, key, n, "measure"))


def written_at(overlays: Mapping[str, Overlay], lines: LineNumbers, file: str) -> dict[str, str]:
    """File and line of each measure that overlays bring, as `Register.places`.

    Ids that several overlays use stand for different measures and are left out.
    """
    found: dict[str, list[str]] = {}
    for name, overlay in overlays.items():
        for place, measure in _placed(("overlays", name), overlay):
            found.setdefault(measure.id, []).append(f"{file}:{lines[place]}")
    return {name: at[0] for name, at in found.items() if len(at) == 1}


def _placed(here: Key, overlay: Overlay) -> Iterator[tuple[Key, Measure]]:
    """The measures that an overlay brings, each with its place in the file."""
    yield from (((*here, "add", n), one) for n, one in enumerate(overlay.add))
    yield from (((*here, "replace", n, "by"), one.by) for n, one in enumerate(overlay.replace))
