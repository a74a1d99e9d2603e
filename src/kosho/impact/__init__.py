"""Law into counterfactuals: duties, standards, time, digital rules, subsidies, coercion, value chains."""

from kosho.impact.effects import Effects, effects
from kosho.impact.tariff_shock import shock

__all__ = ["Effects", "effects", "shock"]
