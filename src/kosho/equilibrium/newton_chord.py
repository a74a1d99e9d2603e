"""Newton steps with one Jacobian for a whole family of shocks, taken where the family has its centre.

What prices and expenditure do to each other at home is inverted country by country; call that L. What trade
and wages add is nearly of low rank: with J the Jacobian and E = I + J L, E is about W Q', and then minus the
inverse of J is L + R Q' with -J R = W. Q spans what the transpose of E makes of random vectors, through E and
back once (Halko, Martinsson & Tropp 2011); R comes from the formula of Woodbury and one step of refinement. So
no Jacobian is written out, and a world of any size has a chord. At 20 x 28 a step costs a third of one with the
dense inverse. Single precision is enough: steps are corrected by the next look at the equations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kosho.arrays import Array
from kosho.equilibrium import batch_loops
from kosho.equilibrium.adjoint import Adjoint, Unknowns
from kosho.equilibrium.batch_loops import Loops
from kosho.equilibrium.batch_system import Family
from kosho.equilibrium.kernel import Values

__all__ = ["Chord"]

Single = NDArray[np.float32]

RANK, LOW_RANK, HIGH_RANK = 96, 84, 132
"""Of what is not local: where members go through passes; and, in whole panels, where all steps are one piece of
machine code, in small and in large worlds. There a package takes 6 looks with the middle one at 20 x 28, and
9 with the last at 80 x 50, where it takes 11 with the first."""
ALIKE = 1e-12
"""Of a smallest over a largest eigenvalue, below which digits of the former are lost."""
APART = 1e-6
"""Between the points whose difference is a derivative."""


@dataclass(frozen=True, eq=False)
class Chord:
    """The inverse of a Jacobian, but for its sign: what is local, and a correction of low rank r."""

    local: Single  # (N, 2 S, 2 S) prices, then expenditure; wages stay as they are
    reach: Single  # (N + 2 SN, r)
    sight: Single  # (r, N + 2 SN)

    @classmethod
    def at(cls, values: Values, loops: Loops = batch_loops, most: int = RANK) -> Chord:
        """From the equations' derivatives at a point; what is not local of rank `most`."""
        adjoint = Adjoint.at(values)
        rank = min(most, adjoint.size)
        near = _Near.at(values, adjoint, batch_loops if rank % loops.WIDTH else loops)
        size = len(near.state)
        basis = near.back(np.random.default_rng(0).standard_normal((size, rank)))
        basis = _orthogonal(near.back(near.there(_orthogonal(basis))))
        far = near.there(basis)
        mixed = _times(near.local, far)
        core = np.linalg.inv(np.eye(rank) - basis.T @ far)
        reach = mixed @ core
        # What W Q' leaves out is in the inverse too; one step of refinement takes most of it out.
        left = far - near.equations(reach)
        reach += _times(near.local, left) + reach @ (basis.T @ left)
        return cls(*(np.ascontiguousarray(one, np.float32) for one in (near.local, reach, basis.T)))

    def step(self, gaps: Any) -> Any:
        """The step that would close `gaps`, both `(N + 2 SN, b)` in single precision."""
        step = _times(self.local, gaps)
        step += self.reach @ (self.sight @ gaps)
        return step


@dataclass(frozen=True, eq=False)
class _Near:
    """E and its transpose at a point. L is signed such that a step is L times gaps."""

    adjoint: Adjoint  # in single precision
    local: Array  # (N, 2 S, 2 S)
    family: Family
    state: Array  # (N + 2 SN, 1)
    gaps: Array

    @classmethod
    def at(cls, values: Values, adjoint: Adjoint, loops: Loops) -> _Near:
        """At a point."""
        family, point = Family.alone(values.system, adjoint.scale, loops), values.point
        spending = np.where(adjoint.spending > 0, 1.0, 0.0)
        state = np.concatenate([point.log_wage, point.log_price.T.ravel(), spending.ravel()])[:, None]
        gaps = family.look(np.repeat(state, loops.WIDTH, axis=1), precision=np.float64).gaps[:, :1]
        return cls(adjoint.in_single(), -_local(adjoint), family, state, gaps)

    def equations(self, vectors: Array) -> Array:
        """Minus the Jacobian times vectors `(N + 2 SN, r)`, from differences of looks at the equations."""
        return (self.gaps - self.family.look(self.state + APART * vectors, precision=np.float64).gaps) / APART

    def there(self, vectors: Array) -> Array:
        """E times vectors."""
        return vectors - self.equations(_times(self.local, vectors))

    def back(self, vectors: Array) -> Array:
        """The transpose of E times vectors."""
        count = len(self.local)
        seen = self.adjoint.transposed(Unknowns.unpacked(vectors, count, self.adjoint.blocks)).packed()
        return vectors + _times(self.local.transpose(0, 2, 1), seen)


def _times(local: Any, vectors: Any) -> Any:
    """What is local times vectors `(N + 2 SN, b)`."""
    count, size = len(local), local.shape[1]
    found = np.empty(vectors.shape, vectors.dtype)  # in rows, whatever the order of what is given
    found[:count] = vectors[:count]
    by_country = vectors[count:].reshape(size, count, -1).transpose(1, 0, 2)
    np.matmul(local, by_country, out=found[count:].reshape(size, count, -1).transpose(1, 0, 2))
    return found


def _orthogonal(vectors: Array) -> Array:
    """An orthogonal basis of what tall columns span: from their products with one another, twice, which is all
    matrix products; by Householder where columns are too much alike for that.
    """
    found = vectors
    for _again in range(2):
        size, turn = np.linalg.eigh(found.T @ found)
        if not size[0] > ALIKE * size[-1]:
            return np.linalg.qr(vectors)[0]
        found = found @ (turn / np.sqrt(size))
    return found


def _local(adjoint: Adjoint) -> Array:
    """The inverse `(N, 2 S, 2 S)` of each country's own block: wages held, and incomes but for duties."""
    base, theta = adjoint.base, adjoint.base.theta
    own, net = (np.einsum("jnn->nj", share) for share in (adjoint.share, adjoint.net_share))
    scale, spending, imports = adjoint.scale.T, adjoint.spending.T, adjoint.imports.T
    unit = np.eye(len(theta))
    cost = base.cost_gamma.transpose(0, 2, 1)  # how ln c moves with ln P (N, S, S)
    price = own[:, :, None] * cost - unit
    sold = np.einsum("jni,jni,nj->ij", adjoint.net_share, adjoint.share, spending)
    output = -theta * (adjoint.output.T - sold)  # with ln c at home
    revenue = theta * spending * (net - imports * own)
    duty = np.where(adjoint.spending.T > 0, 1.0 - imports, 0.0)
    cross = (base.gamma * output[:, None, :] + base.alpha[:, :, None] * revenue[:, None, :]) @ cost
    cross /= scale[:, :, None]
    uses = (base.gamma * net[:, None, :] + base.alpha[:, :, None] * duty[:, None, :]) * scale[:, None, :]
    uses = uses / scale[:, :, None] - unit
    price, uses = np.linalg.inv(price), np.linalg.inv(uses)
    return np.block([[price, np.zeros_like(price)], [-uses @ cross @ price, uses]])
