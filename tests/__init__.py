"""A package of its own: an installed distribution (pymrio 0.7) brings one of the same name."""
