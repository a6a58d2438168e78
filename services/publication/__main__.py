"""`python -m services.publication`."""

from services.publication.main import main

main()
