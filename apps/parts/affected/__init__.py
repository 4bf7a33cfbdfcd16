"""Show what a level affects, and two levels side by side."""
