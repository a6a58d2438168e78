"""What followed from training, placement and follow-up, told from verified copies of their logs.

Nothing is recorded here. Every table follows from the entries alone: lose the database, and
following the logs again gives the same tables.
"""
