"""Parts of a page, one file each: state, view, widget, actions, keys."""
