"""Wall of a hub: its desk, watchers and operators."""
