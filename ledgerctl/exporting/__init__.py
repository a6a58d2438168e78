"""A figure's bundle: collected from the ledger, laid out as docs/reference/bundle.md has it, byte for byte the same."""
