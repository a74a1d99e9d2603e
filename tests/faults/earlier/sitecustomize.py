"""Python on a machine whose clock was set back; read by every process that has this folder on its path.

`CLOCK_BACK` is by how many seconds, `CLOCK_LOOKS` after how many looks at it. Only the clock of the day is
set back: the one that measures spans goes on, and what a file system notes on files is of days to come.
`date.today` asks `time.time`; `datetime.now` does not, and numpy ends where its class is another one.
"""

import itertools
import os
import time

_back = float(os.environ.get("CLOCK_BACK", "0"))
_looks = itertools.count(-int(os.environ.get("CLOCK_LOOKS", "0")))
_time, _time_ns, _gmtime, _localtime = time.time, time.time_ns, time.gmtime, time.localtime


def _shift() -> float:
    return _back if next(_looks) >= 0 else 0.0


def _now() -> float:
    return _time() - _shift()


time.time = _now
time.time_ns = lambda: _time_ns() - int(_shift() * 1e9)
time.gmtime = lambda seconds=None: _gmtime(_now() if seconds is None else seconds)
time.localtime = lambda seconds=None: _localtime(_now() if seconds is None else seconds)
