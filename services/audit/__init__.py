"""Audit: figures, members, records and entries, each at a cut. Reads only, and only what outcomes holds."""
