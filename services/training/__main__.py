"""`python -m services.training`."""

from services.training.main import main

main()
