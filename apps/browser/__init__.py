"""Scripts, styles and custom elements that the browser loads."""
