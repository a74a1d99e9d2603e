"""What Japanese words say of a meeting: when, where, how long, which round, who."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from kosho.record.reading.japanese.dates import find_days
from kosho.record.reading.japanese.phrases import dated, place_of
from kosho.record.reading.japanese.text import Text
from kosho.record.reading.tables import table

__all__ = ["each_of_several", "meeting_fields", "took"]


def meeting_fields(known: Text, start: int, end: int) -> dict[str, Any]:
    """Fields of the meeting that the words at `start:end` tell of; absent where they do not say."""
    words, forms = known.text[start:end], table("japanese")
    fields: dict[str, Any] = {
        "event_type": next(k for k, p in forms["event_types"].items() if re.search(p, words))
    }
    level = next((k for k, p in forms["levels"].items() if re.search(p, words)), None)
    fields |= {"level": level} if level else {}
    number = re.search(r"第\s?(\d{1,3})\s?回|(\d{1,3})回目", words)
    if number:
        fields["round"] = int(number[1] or number[2])
        series = re.match(r"(?:[一-龥ァ-ヶA-Z・]+?)(?:会談|協議|会合|対話|会議|委員会)", words[number.end() :])
        fields |= {"series": series[0]} if series and len(series[0]) > 4 else {}
    days = [day for day in find_days(known.text, start, end, known.published) if day.value]
    in_the_end = [day for day in days if not _ONCE_PLANNED.match(known.text, day.end)]
    fields |= dated(next(iter(in_the_end or days), None))
    hours = re.search(
        r"(?P<hours>\d+)時間(?P<half>半)?(?:(?P<minutes>\d+)分)?|(?<![時\d])(?P<only>\d+)分間?", words
    )
    if hours:
        fields["duration_min"] = 60 * int(hours["hours"] or 0) + int(
            hours["minutes"] or hours["only"] or (30 if hours["half"] else 0)
        )
    clock = re.search(r"(午前|午後)?(\d{1,2})時(?:(\d{1,2})分)?(?!間)", words)
    if clock:
        hour = int(clock[2]) % 12 + 12 if clock[1] == "午後" else int(clock[2])
        fields["time"] = f"{hour:02d}:{int(clock[3] or 0):02d}"
    place = place_of(words)
    fields |= {"place": place} if place else {}
    here = [c for one in known.named if start <= one.start and one.end <= end for c in known.codes(one)]
    parties = list(dict.fromkeys(here))
    if len(parties) == 1 and known.bilateral and len(known.sides) > 1:
        parties = list(known.sides)
    return fields | ({"parties": parties} if parties else {})


_ONCE_PLANNED = re.compile(r"(?:の|に|を)?[^、。]{0,6}?(?:予定|計画)(?:だった|であった|していた|されていた)")
"""Behind a day that another one has taken the place of: `6月12日の予定だったが、6月20日に`."""
took = re.compile(r"[\s　]*(?:同)?(?:会談|協議|会合|対話|会議|電話会談)(?:は|が)、?約?\d+(?:時間|分)")
"""Words that only say how long the meeting just told of took: `会談は約50分行われた`."""

_ONE_OF_SEVERAL = re.compile(r"と約?\d+(?:分|時間)(?:半)?間?、")


def each_of_several(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A meeting, or each of several that one verb tells of: `Aと約90分、Bと約30分それぞれ会談した`."""
    if "それぞれ" not in text[start:end]:
        return [(start, end)]
    cuts = [m.end() for m in _ONE_OF_SEVERAL.finditer(text, start, end)]
    places = [start, *cuts, end]
    return list(pairwise(places))
