"""Maoming (茂名) 好心家政: sixty thousand person-times, a third of them to the Bay Area; capacity kept apart."""
