"""Readers of input-output tables: one module a source."""
