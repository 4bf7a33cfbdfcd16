"""One file per part of a page: state, view, widget, actions, keys."""
