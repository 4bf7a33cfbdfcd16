"""Search of places: names, their pinyin, written coordinates."""
