"""Japan's own words for duties, put into the grammar of `notation.py`."""

from __future__ import annotations

import re
import unicodedata

from kosho.law.schedules.duty import CUSTOMS_VALUE, IN_QUOTA, OUT_OF_QUOTA
from kosho.law.schedules.seasons import season

__all__ = ["english", "is_japanese"]

_SCRIPT = re.compile(r"^[(*]|[\u3040-\u30ff\u4e00-\u9fff\uff01-\uff5e●◎※◆]")
_QUOTA = {"関税割当数量以内のもの": IN_QUOTA, "関税割当数量以外のもの": OUT_OF_QUOTA}
_OTHER = "その他のもの"
_WORDS = (
    # longest first
    ("課税価格", CUSTOMS_VALUE),
    ("無税", "Free"),
    ("免税", "Free"),
    ("又は", " or "),
)
_MORE = ("高い", "大きい", "多い")
_EITHER = re.compile(r"のうち、?いずれか(高い|大きい|多い|低い|小さい|少ない)(?:税率|税額|方|額|もの)")
_UNITS = {"頭": "head", "枚": "No.", "本": "No.", "個": "No.", "羽": "head", "足": "pr"}
_MARKS = re.compile(r"^[*※◎\s]+|\s*◆\d*\s*$")
_PROVISO = (
    r"[。、\s]*\(?ただし、?(?:(?:その|当該)?(?:税率|税額|額|関税の額|関税額)が)?\s*(?P<bound>.+?)\s*"
    r"を{}(?:場合|とき)(?:に)?は、?\s*(?:(?P=bound)|当該額)\s*(?:とする)?。?\)?。?$"
)
_NOT_BELOW = re.compile(_PROVISO.format("下回る"))
_NOT_ABOVE = re.compile(_PROVISO.format("(?:上回る|超える)"))


def is_japanese(text: str) -> bool:
    """Whether the text has words, marks or brackets only Japan's schedule uses."""
    return _SCRIPT.search(text) is not None


def english(text: str) -> str:
    """The duty in the grammar of `notation`; what has no translation keeps its words."""
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    gap = "\u3000" if any("\u3000" in line.strip() for line in lines) else " "
    if gap == " " and (len(lines) < 2 or not all(gap in line.strip() for line in lines)):
        return _one("".join(lines))
    parts = [line.strip().rpartition(gap) for line in lines]
    if not all(condition for condition, _, _ in parts):
        return text
    conditions = [_condition(condition.strip()) for condition, _, _ in parts]
    if conditions[0] == IN_QUOTA and conditions[1:] == [_OTHER]:
        conditions[1] = OUT_OF_QUOTA
    cases = zip(conditions, (_one(duty) for _, _, duty in parts), strict=True)
    return " | ".join(f"[{condition}] {duty}" for condition, duty in cases)


def _condition(words: str) -> str:
    return _QUOTA.get(words) or season(words) or words


def _one(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    plain = _MARKS.sub("", _MARKS.sub("", plain)).strip()
    plain = _NOT_BELOW.sub(r"; not less than \g<bound>", plain)
    plain = _NOT_ABOVE.sub(r"; not more than \g<bound>", plain)
    plain = _without_parentheses(plain)
    plain = _EITHER.sub(lambda at: f", whichever is the {'higher' if at[1] in _MORE else 'lower'}", plain)
    for word, translated in _WORDS:
        plain = plain.replace(word, translated)
    plain = re.sub(r"(\d+)万円", lambda at: f"{at[1]}0000円", plain)
    plain = re.sub(r"/\s*([\d,]*)([頭枚本個羽足])", lambda at: f"/{at[1]}{_UNITS[at[2]]}", plain)
    return re.sub(r"\s*円", " yen", plain)


def _without_parentheses(text: str) -> str:
    """Brackets around the whole mean that another column applies; the duty is what stands in them."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for position, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0 and position < len(text) - 1:
            return text
    return text[1:-1]
