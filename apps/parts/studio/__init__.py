"""Parts of the studio's page."""
