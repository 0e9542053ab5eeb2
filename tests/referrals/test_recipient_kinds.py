"""The kind of recipient limits the fields that may be shared."""

import pytest

from suar.consent.codes import RecipientKind
from suar.referrals import disclosure


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        ([], RecipientKind.OTHER),
        (["COO_INFO"], RecipientKind.OTHER),
        (["HEA_GENERAL"], RecipientKind.HEALTH),
        (["JUS_WAGES", "HEA_GENERAL"], RecipientKind.LEGAL),
        (["COO_GUARDIAN"], RecipientKind.CHILD),
        (["COO_GUARDIAN", "RET_CHILD"], RecipientKind.CHILD),
        (["RET_CHILD", "HOU_MEN"], RecipientKind.RETURN),
    ],
)
def test_needs_decide_the_kind_of_recipient(types, kind):
    assert disclosure.recipient_kind(types) is kind
