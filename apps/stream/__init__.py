"""Stream frames to the browser: on demand, newest first, paced.

Independent of the page.
"""
