"""One verb per file. Each has a function `run`, or a Typer `app` where the verb has verbs of its own."""
