"""An earlier name of `suar.accounts.permissions`."""

from suar.accounts.permissions import open_to_all
from suar.accounts.permissions import permission_required as gate

__all__ = ["gate", "open_to_all"]
