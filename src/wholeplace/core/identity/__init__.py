"""Who is who: names made comparable."""

from wholeplace.core.identity.folding import fold, fold_words

__all__ = ["fold", "fold_words"]
