"""Who speaks in a transcript: named at the head of a turn, or the one who answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kosho.record.reading.mentions import Mention, Mentions, PersonMention

__all__ = ["Voices"]


@dataclass
class Voices:
    """Those who speak in one document."""

    mentions: Mentions
    head: int
    """Where the first turn begins: what stands before says whose answers it holds."""
    home: str | None
    """Whose minister answers in a press conference, where that is told."""
    _known: dict[str, tuple[Mention, ...]] = field(default_factory=dict)

    def speaker(self, voice: str | None) -> tuple[Mention, ...]:
        """Whom the words at the head of a turn mean; nobody where there are none."""
        if voice is None:
            return ()
        given = voice
        if given not in self._known:
            if voice in ("A", "Answer"):
                return self._who_answers()
            voice = _HONOUR.sub("", voice)
            shown = voice.title() if voice.isupper() else voice
            home = (self.home,) if self.home else ()
            unknown = Mention(0, 0, "person", home, PersonMention(shown, "", self.home, None, None))
            words = set(voice.lower().split())
            named = (m for m in self.mentions.all if m.person and words & set(m.person.name.lower().split()))
            post = re.compile(rf"\b{re.escape(voice)}\b", re.IGNORECASE)
            posted = (m for m in self.mentions.all if m.person and m.first and post.search(m.person.role))
            self._known[given] = (next(named, None) or next(posted, unknown),)
        return self._known[given]

    def _who_answers(self) -> tuple[Mention, ...]:
        """Who answers: the one person whom the head names with a post, or a spokesman of its own."""
        head = self.mentions.within(0, self.head, "person")
        named = {m.person.name: m for m in head if m.person and m.first}
        if not named and self.home:
            return (Mention(0, 0, "party", (self.home,)),)
        return tuple(named.values()) if len(named) == 1 else ()


_HONOUR = re.compile(
    r"^(?:the\s)?(?:(?:Rt\.?\s)?Hon|H\.?E|Mr|Ms|Mrs|Dr|Sir|Dame)\.?\s|^[Tt]he\s", re.IGNORECASE
)
