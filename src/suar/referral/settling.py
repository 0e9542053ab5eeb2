"""Writing into a record that a colleague may write into at the same moment."""

from collections.abc import Callable
from uuid import UUID

from suar.accounts.keys import Keys
from suar.kernel.refusals import Conflict
from suar.vault import keyring
from suar.vault.keyring import OpenRecord


def settle(record: UUID, *, keys: Keys, act: Callable[[OpenRecord], None]) -> OpenRecord:
    """Open a record and act on it; when overtaken, act once more on what is there now.

    Only for acts that add to what is there and take nothing away.
    """
    opened = keyring.open_record(record, keys=keys)
    try:
        act(opened)
    except Conflict:
        opened = keyring.open_record(record, keys=keys)
        act(opened)
    return opened
