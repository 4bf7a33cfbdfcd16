"""The page's parts as trame widgets; each mirrors the logic module of the same name one folder up."""
