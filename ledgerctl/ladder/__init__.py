"""The outcome ladder: how far the persons of one cohort have come, as a table and as a picture."""
