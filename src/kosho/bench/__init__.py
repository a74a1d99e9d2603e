"""How quick Kosho is on this machine, beside plain ways to the same answers, in one run."""

from kosho.bench.speeds import Speed, machine, speeds

__all__ = ["Speed", "machine", "speeds"]
