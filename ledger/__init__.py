"""The kernel: entries, logs, decisions, transport.

It knows nothing of training, placement or follow-up, and imports none of them.
"""
