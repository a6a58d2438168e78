"""Publishing figures: what is waited for, what is restated, what moved between two statements."""
