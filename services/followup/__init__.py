"""Follow-up: visits planned, made and missed, wages observed, issues opened and settled.

It may record what a visitor learned, with the proof of a wage and the kind of an issue; what was
said stays in the vault. It follows placement to plan the visits due 30, 90 and 180 days after a start.
"""
