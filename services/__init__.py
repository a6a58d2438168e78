"""The services: four that write a log each, one that projects them, one that answers."""
