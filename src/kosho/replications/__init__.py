"""Published results, computed again through the public interface.

>>> from kosho.replications import cp2015
>>> cp2015.BLOC
('Mexico', 'Canada', 'USA')
"""

from __future__ import annotations

from kosho.replications import cp2015

__all__ = ["cp2015"]
