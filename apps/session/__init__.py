"""What one visitor shows: Scene, controller, replay, live values."""
