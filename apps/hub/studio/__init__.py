"""Studio of a hub: desks with storyboards, thumbnails, recordings."""
