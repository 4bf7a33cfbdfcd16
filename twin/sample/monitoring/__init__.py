"""The sample basin's monitoring: where its 429 stations stand, and what they would measure."""
