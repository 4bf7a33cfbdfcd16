"""Parts of the wall and of its control."""
