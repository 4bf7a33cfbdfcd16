"""Studio: storyboards as files, edits with undo, preview; no page."""
