"""Worker processes: started afresh, one BLAS thread each, kept for the next batch, ended with their parent.

They are plain interpreters that read tasks from a pipe. Unlike those of `multiprocessing` they never import the
caller's script, so that scripts need no guard, and nothing is forked that holds a lock. They watch the pipe and
so end with their parent even where that is killed; one that is killed itself leaves its task to the others. The
parent works too, instead of waiting.

loky (BSD) was measured in its place: 2,000 packages of the `talks` world, two busy cores, in turns, medians of
seven: 2 workers of loky took 1.13 times as long as these (1.66 in a second run), one worker beside the parent
1.23 times; the first batch, with start-up, 1.53 times (1.43) and 1.16 times.
"""

from __future__ import annotations

from kosho.parallel.answering import serve, tell
from kosho.parallel.companion import Beside, beside
from kosho.parallel.processors import at_most, cores, one_thread
from kosho.parallel.running import ready, run, run_in_order, start
from kosho.parallel.sharing import Shared
from kosho.parallel.workers import GONE, Worker

__all__ = [
    "GONE",
    "Beside",
    "Shared",
    "Worker",
    "at_most",
    "beside",
    "cores",
    "one_thread",
    "ready",
    "run",
    "run_in_order",
    "serve",
    "start",
    "tell",
]
