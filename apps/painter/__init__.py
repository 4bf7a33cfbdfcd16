"""Draw Scenes in a process of its own."""
