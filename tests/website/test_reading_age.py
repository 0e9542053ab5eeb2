"""Sentences a child of eleven can read: short ones, of short words, measured in each language."""

import re
import unicodedata

import pytest
from django.conf import settings

from suar.website.texts import load_words

SENTENCE = re.compile(r"(?<=[.?!:؟။។៖])\s+|(?<=[。？！：])")  # noqa: RUF001 - marks of Chinese
CLAUSE = re.compile(r"[\s，、；]+")  # noqa: RUF001 - marks of Chinese
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - a typographic mark in words
# By language: most words in a sentence, on average, letters from which a word is long, and how
# many of a hundred words may be so long. docs/translate.md says how a language gets its row.
# Khmer, Lao and Burmese write no space between words: letters of a sentence are counted, and of
# each clause that stands between spaces; about four letters make a word of Khmer. Thai ends a
# sentence with a space, as it does a clause, so both are the same there. In Chinese a letter is a
# syllable.
LIMITS = {
    "en": (20, 12, 8, 5),
    "id": (18, 11, 11, 4),
    "ar": (18, 10, 9, 2),
    "km": (50, 26, 26, 3),
    "ru": (18, 10, 11, 3),
    "ro": (20, 12, 9, 5),
    "vi": (24, 13, 6, 3),
    "sq": (20, 12, 9, 5),
    "th": (46, 18, 32, 5),
    "zh-hans": (34, 16, 16, 3),
    "lo": (58, 28, 28, 2),
    "my": (44, 23, 13, 2),
    "sr-latn": (20, 12, 9, 5),
}
BY_LETTERS = {"km", "th", "zh-hans", "lo", "my"}
ENDED_BY_SPACE = {"th"}


def letters_of(text):
    """Count the letters that carry a syllable; signs above and below belong to them."""
    return sum(unicodedata.category(sign) == "Lo" for sign in text)


def sentences(texts, language):
    """Yield the length of each sentence, and of each of its words or clauses."""
    ends = CLAUSE if language in ENDED_BY_SPACE else SENTENCE
    for each in (part for text in texts for part in ends.split(text)):
        by_letters = language in BY_LETTERS
        parts = [*map(letters_of, CLAUSE.split(each))] if by_letters else [*map(len, WORD.findall(each))]
        if any(parts):
            yield sum(parts) if by_letters else len(parts), parts


def measured(texts, language):
    """Return the longest sentence, the average, and how many of a hundred words are long."""
    lengths, every = zip(*sentences(texts, language), strict=True)
    parts = [item for of_one in every for item in of_one]
    long = sum(part >= LIMITS[language][2] for part in parts)
    return max(lengths), sum(lengths) / len(lengths), 100 * long / len(parts)


def too_hard(texts, language):
    longest, average, _letters, long = LIMITS[language]
    found = measured(texts, language)
    return [item for item in zip(found, (longest, average, long), strict=True) if item[0] > item[1]]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_what_is_read_is_easy_to_read(language):
    assert too_hard(load_words(language).words.values(), language) == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (
            "en",
            "It is in the sense of the aforementioned provisions that entitlements may be claimed.",
        ),
        (
            "en",
            "You may go and you may stay and you may call and you may ask and you may wait and you "
            "may come back to us.",
        ),
        ("km", "ដំបូងខ្ញុំយល់ព្រមធ្វើការហើយគេបានសន្យាថាឱ្យប្រាក់ឈ្នួលច្រើន"),
        (
            "km",
            "អ្នកអាចទៅ " + "ហើយអាចមកវិញ " * 6,
        ),
        ("th", "หน่วยงานที่เกี่ยวข้องจะพิจารณาให้ความช่วยเหลือตามหลักเกณฑ์ที่กำหนดไว้ในกฎหมาย"),
        (
            "zh-hans",
            "依照前述规定而提出的要求应当由有管辖权的机关在法定期限内作出书面答复。",
        ),
        ("ar", "يستطيعون ويستخدمونها ومساعدتهم واستفساراتهم"),
        ("ru", "Осуществление вышеперечисленных обязательств представляется затруднительным."),
        ("lo", "ຕອນທຳອິດຂ້ອຍຕົກລົງເຮັດວຽກແລະເຂົາສັນຍາວ່າຈະໃຫ້ຄ່າແຮງຫຼາຍ"),
        ("my", "အစမှာအလုပ်လုပ်ဖို့သဘောတူခဲ့ပြီးလုပ်ခအများကြီးပေးမယ်လို့ကတိပေးခဲ့တယ်"),
    ],
)
def test_a_hard_sentence_is_detected(language, text):
    assert too_hard([text], language)


def test_the_signs_and_the_boxes_are_shorter_still():
    for language, (_, average, _, _) in LIMITS.items():
        words = load_words(language).words
        signs = [text for key, text in words.items() if ".looks." in key or "check." in key]
        assert measured(signs, language)[1] <= average - 2
