"""Invented people as houses wrote them: seeded, with slips of the pen and cells left empty."""

import csv
import io
import random

NAMES = """siti dewi putri ayu rina maya lina sri wati nur agus budi joko eko dedi rudi hadi andi
tono yusuf fajar bayu rizal ilham asep ujang iwan dani reza galih"""
FIRST = NAMES.split()
SOUNDS = "sa ri tu han wi ja ko mul ya no ra di har to su pra man ta"
PARTS = SOUNDS.split()
TOWNS = """cirebon indramayu karawang bekasi bogor sukabumi garut cianjur subang majalengka kuningan
brebes tegal cilacap"""
PLACES = TOWNS.split()
COLUMNS = ["given_name", "family_name", "date_of_birth", "sex", "place_of_birth"]
LETTERS = "abdeghijklmnoprstuwy"


def people(number, *, seed):
    """Give people as lists of words, in the order of COLUMNS."""
    chance = random.Random(f"{seed}/people")
    return [
        [
            chance.choice(FIRST) + chance.choice(["", " " + chance.choice(FIRST)]),
            "".join(chance.choices(PARTS, k=chance.randint(2, 4))),
            f"{chance.randint(1960, 2010)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}",
            chance.choice(["female", "male"]),
            chance.choice(PLACES),
        ]
        for _ in range(number)
    ]


def with_slips(person, chance):
    """Write a person again: one word in six with a slip, one in twenty left empty."""
    return ["" if chance.random() < 0.05 else slip(word, chance) if chance.random() < 0.16 else word for word in person]


def slip(word, chance):
    """Leave a letter out, double it, or take another."""
    if not word:
        return word
    at, kind = chance.randrange(len(word)), chance.randrange(3)
    other = str(chance.randrange(10)) if word[at].isdigit() else chance.choice(LETTERS)
    return word[:at] + ["", word[at] * 2, other][kind] + word[at + 1 :]


def as_csv(rows, columns=COLUMNS):
    """Write rows as a file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()
