"""Invented lists of people of three name traditions, with brothers and sisters and slips of the pen."""

import random

from support import linkage_world as world

KHMER_WORDS = "chan heng kim lim mao meas ouk pich sok sovann tep vong"
KHMER_GIVEN_WORDS = "bopha chanthou dara kolab makara nary phalla rith sophal sreymom thida veasna"
BURMESE_WORDS = "aung hla htay khin kyaw maung min moe mya naing nyunt ohn phyo san soe thein tin tun win zaw"
KHMER, KHMER_GIVEN, BURMESE = (words.split() for words in (KHMER_WORDS, KHMER_GIVEN_WORDS, BURMESE_WORDS))
OVERLAPS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
SIBLINGS = 0.06


def person(chance):
    """Return one person in the order of `linkage_world.COLUMNS`."""
    tradition = chance.randrange(3)
    if tradition == 0:
        given, family = " ".join(chance.choices(KHMER_GIVEN, k=chance.randint(1, 2))), chance.choice(KHMER)
    elif tradition == 1:
        given, family = " ".join(chance.choices(BURMESE, k=chance.randint(1, 2))), chance.choice(BURMESE)
    else:
        given = chance.choice(world.FIRST) + chance.choice(["", " " + chance.choice(world.FIRST)])
        family = "".join(chance.choices(world.PARTS, k=chance.randint(2, 4)))
    day = f"{chance.randint(1975, 2010)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    places = world.PLACES[4 * tradition : 4 * tradition + 6]
    return [given, family, day, chance.choice(["female", "male"]), chance.choice(places)]


def population(size, chance):
    """Return people, some of them with a brother or sister of one family name and place."""
    people = []
    while len(people) < size:
        people.append(person(chance))
        if chance.random() < SIBLINGS:
            other = person(chance)
            people.append([other[0], people[-1][1], other[2], other[3], people[-1][4]])
    chance.shuffle(people)
    return people[:size]


def two_lists(seed, *, people=3_000, overlap=None):
    """Return two lists of rows and the pairs of rows that are one person."""
    chance = random.Random(f"{seed}/traditions")
    on_both = round(people * (OVERLAPS[seed % len(OVERLAPS)] if overlap is None else overlap))
    everybody = population(2 * people - on_both, chance)
    rows = [[*range(people)], [*range(people - on_both, 2 * people - on_both)]]
    lists = []
    for order in rows:
        chance.shuffle(order)
        lists.append([world.with_slips(everybody[at], chance) for at in order])
    place = {at: row for row, at in enumerate(rows[1])}
    return lists, {(row, place[at]) for row, at in enumerate(rows[0]) if at in place}
