"""What the pages of referral show, put together once, so that templates only print."""

from suar.referrals.pages.card import Card, card
from suar.referrals.pages.changes import ChangeLine, change_lines
from suar.referrals.pages.lists import Inbox, Line, inbox, lines
from suar.referrals.pages.message import Message, message
from suar.referrals.pages.never import NeverList, NeverPage, never_list, never_page
from suar.referrals.pages.options import (
    MatchLine,
    NeedLine,
    Options,
    need_line,
    options,
)
from suar.referrals.pages.paper import yes_on_paper
from suar.referrals.pages.parts import ActChoice, acts_for, refused, rows
from suar.referrals.pages.reach import Reach, reach, reach_of
from suar.referrals.pages.received import Item, by_link, item, received, take_form
from suar.referrals.pages.sent import (
    SentLine,
    SentPage,
    previews_of,
    readings_of,
    sent,
    sent_lines,
)

__all__ = [
    "ActChoice",
    "Card",
    "ChangeLine",
    "Inbox",
    "Item",
    "Line",
    "MatchLine",
    "Message",
    "NeedLine",
    "NeverList",
    "NeverPage",
    "Options",
    "Reach",
    "SentLine",
    "SentPage",
    "acts_for",
    "by_link",
    "card",
    "change_lines",
    "inbox",
    "item",
    "lines",
    "message",
    "need_line",
    "never_list",
    "never_page",
    "options",
    "previews_of",
    "reach",
    "reach_of",
    "readings_of",
    "received",
    "refused",
    "rows",
    "sent",
    "sent_lines",
    "take_form",
    "yes_on_paper",
]
