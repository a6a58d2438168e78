"""Handing in registers: checked rows become resolved persons, and resolved persons become entries."""
