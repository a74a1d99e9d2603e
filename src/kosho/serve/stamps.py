"""What an answer rests on: version, law and tables, as hashes, so that it can be made again and compared."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from kosho._version import __version__
from kosho.cache import code

__all__ = ["stamp"]


def stamp(words: Sequence[str]) -> dict[str, str]:
    """Version and hashes of a question.

    >>> from kosho.serve.stamps import stamp
    >>> sorted(stamp(["cases", "--json"]))
    ['kosho', 'law', 'rerun', 'world']
    """
    law, world = (code(pattern).hex()[:16] for pattern in ("law/**/*", "world/data/*"))
    whole = sha256("\0".join([__version__, law, world, *words]).encode() + code()).hexdigest()[:16]
    return {"kosho": __version__, "law": law, "world": world, "rerun": whole}
