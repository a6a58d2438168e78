"""`python -m services.followup`."""

from services.followup.main import main

main()
