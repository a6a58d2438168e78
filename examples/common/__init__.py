"""What the example generators share: chance, people, employers, and how clerks type."""
