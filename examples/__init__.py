"""Example programmes: registers as agencies keep them, and the claims published about them."""
