"""What the browser loads: scripts, styles, custom elements."""
