"""Typing errors as people make them."""


def without_a_letter(text: str) -> str:
    """Leave out the letter in the middle of the longest word."""
    word = max(text.split(), key=len)
    return text.replace(word, word[: len(word) // 2] + word[len(word) // 2 + 1 :], 1)
