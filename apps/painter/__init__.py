"""Draw Scenes in a process of its own: a Scene in, a picture and what lies over it out."""
