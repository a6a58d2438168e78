"""What docs/reference/ says, one module a page, each read from the code it describes."""
