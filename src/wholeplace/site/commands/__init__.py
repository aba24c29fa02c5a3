"""The nouns that run the installation itself; the rest are in wholeplace.cli."""
