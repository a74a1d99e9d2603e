"""Published results, computed again through the public interface.

>>> from kosho.replications import cp2015
>>> cp2015.BLOC
('Mexico', 'Canada', 'USA')
"""

from __future__ import annotations

from kosho.replications import cp2015, gegravity, lashkaripour2021, ossa2014, usa_tariffs_2025

__all__ = ["cp2015", "gegravity", "lashkaripour2021", "ossa2014", "usa_tariffs_2025"]
