"""Attacks on accounts: exchanged keys, names of other organisations, and what stays in a browser.

Source: security.md T17, 3.2, B7 and B18.
"""

import base64
import re

import pytest

from suar.accounts import workers
from suar.accounts.codes import KeyKind, Way
from suar.accounts.models import PublicKey, Worker, Wrap
from suar.accounts.roles import Role
from suar.core import clock
from suar.crypto.pairs import BoxPair
from suar.demo import cast as casting
from tests.accounts.cast_fixtures import cast, gathered  # noqa: F401 - fixtures
from tests.accounts.conftest import anonymous_client, sign_in_fields, signed_in_client
from tests.accounts.live_server import site_url  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@pytest.mark.parametrize("role", [Role.VILLAGE_TEAM, Role.DIRECTORY_EDITOR])
def test_keys_exchanged_after_the_comparison_get_nothing(cast, role):  # noqa: F811 - a fixture
    nadia = casting.hire(cast.village.organisation, "nadia", "Nadia", role, by=None, at=clock.now())
    team = cast.village.team.id if role is Role.VILLAGE_TEAM else ""
    path = f"/candidates/{nadia.id}/{team}".rstrip("/")
    lead = signed_in_client(cast.esi)
    page = {**dict(HIDDEN.findall(lead.get(path).content.decode())), "compared": "on"}
    key = PublicKey.objects.filter(owner=nadia.id, kind=KeyKind.USER_READ)
    right, wrong = bytes(key.get().public), BoxPair.new().public
    key.update(public=wrong)
    assert lead.post(path, page).status_code == 409
    assert not Wrap.objects.filter(holder=nadia.id, way=Way.MEMBER).exists() and not key.get().certificate
    key.update(public=right)
    assert lead.post(path, page).status_code == 302, "the control: the keys that were compared"


def test_inviting_reveals_no_name_of_other_organisations(cast):  # noqa: F811 - a fixture
    elsewhere = cast.kartika.worker
    assert elsewhere.organisation_id != cast.gita.worker.organisation_id
    gita, answers = signed_in_client(cast.gita), []
    for name in (elsewhere.name, "nobody-has-this"):
        answer = gita.post("/workers/invite", {"name": name, "display_name": "Nadia", "role": "VILLAGE_TEAM"})
        made = Worker.objects.filter(display_name="Nadia").latest("made_at")
        answers.append((answer.status_code, made.name.removeprefix(name)[:1], len(made.name.removeprefix(name))))
    assert answers[0] == answers[1]


def test_two_invitations_of_one_name_are_two_accounts(cast):  # noqa: F811 - a fixture
    by = cast.gita.acting(at=clock.now())
    names = {workers.invite("nadia", "Nadia", Role.VILLAGE_TEAM, by=by)[0].name for _ in range(5)}
    assert len(names) == 5


def test_the_cookie_left_after_signing_out_names_nobody(cast):  # noqa: F811 - a fixture
    client = anonymous_client()
    client.post("/sign-in", sign_in_fields(cast.ben))
    client.post("/language", {"language": "id"})
    assert len(client.cookies) > 2, "the control"
    client.post("/sign-out")
    left = {name: morsel.value for name, morsel in client.cookies.items() if morsel.value}
    assert len(left) == 1
    [signed] = left.values()
    packed = signed.partition(":")[0]
    unpacked = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    for text in [*left, signed, unpacked]:
        assert "suar" not in text.lower() and "ben" not in text.lower()
