"""The offline verifier: counts a published figure again from its export, and believes nobody.

    python3 verifier/verify.py BUNDLE --policy FILE

It uses the standard library only and shares no code with the ledger: what it knows, it knows from
`docs/reference/format.md` and `docs/reference/bundle.md`. `verify.py` is these modules in one file,
to be read in one go and carried on a USB stick; `python3 -m verifier.single` writes it anew.

Findings → notes, policy, statement (what was signed) → archive, bundle (the files) → shredding,
replay, rules (what is counted) → check (the steps) → cli.
"""
