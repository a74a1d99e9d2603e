"""Tests of Kosho: a package of its own, so that no `tests` that another library installs takes its place."""
