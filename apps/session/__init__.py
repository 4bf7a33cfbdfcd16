"""Session of one visitor: Scene, controller, replay, live values."""
