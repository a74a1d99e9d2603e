"""Facts that somebody else proposes, held against the document: what its words do not bear out is left out.

A model of the user's own, or an assistant, proposes; `check` finds each quote in the text and keeps of a fact
only what those words say under Kosho's own reading of names, numbers and dates. A person still decides.
"""

from __future__ import annotations

from kosho.record.grounding.ask import Asked, Model, beside, propose
from kosho.record.grounding.facts import LARGEST, facts_in
from kosho.record.grounding.server import endpoint
from kosho.record.grounding.verify import Verdict, check

__all__ = ["LARGEST", "Asked", "Model", "Verdict", "beside", "check", "endpoint", "facts_in", "propose"]
