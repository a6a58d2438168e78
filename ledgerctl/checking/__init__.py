"""`ledgerctl fsck`: every copy of every log held against every other. Nothing is repaired."""
