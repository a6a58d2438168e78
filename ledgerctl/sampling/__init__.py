"""Verification samples: drawn by lot from a published figure, looked at in the field, and what they say of it."""
