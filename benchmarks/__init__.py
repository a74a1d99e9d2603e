"""How fast the solver is, against a plain one, within one run."""
