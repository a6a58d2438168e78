"""`python -m services.outcomes`."""

from services.outcomes.main import main

main()
