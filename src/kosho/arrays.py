"""Types of bare arrays, as kernels pass them: doubles, positions and masks."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "Index", "Mask", "Single"]

Array: TypeAlias = NDArray[np.float64]
"""Doubles."""
Single: TypeAlias = NDArray[np.float32]
"""Single precision, for preconditioners and cached inverses."""
Index: TypeAlias = NDArray[np.intp]
"""Positions."""
Mask: TypeAlias = NDArray[np.bool_]
"""Which entries."""
