"""What a journey types on the public site, and what staff read and answer of it."""

import re
from uuid import UUID, uuid4

from django.conf import settings
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from suar.contact.models import Desk
from suar.core import clock
from suar.demo import hearing, letters
from suar.demo.cast import Cast
from suar.feedback.models import Hearing
from tests.bars.canaries import Journey, post
from tests.contact.uploads import a_pdf, attached, brought, open_file
from tests.contact.writing import ask_for_help, came_back, press, resume_token_of
from tests.feedback.submissions import complain, say
from tests.people import client_of
from tests.website.asking import ask


def look_from_outside(way: Journey) -> None:
    """Ask the public site with what its form does not offer."""
    typed = {"place": way.canary("village"), "needs": way.canary("wish")}
    with override_settings(ROOT_URLCONF="suar.website.public_urls"):
        assert ask(Client(headers={"host": "localhost"}), **typed).status_code == 400


def write_letters(way: Journey, cast: Cast) -> None:
    """Ask for help on the public site, come back, and let the team read and answer."""
    if not Desk.objects.exists():
        letters.write_letter(cast, at=clock.now())
    letter = {"words": way.canary("asked"), "contact": way.canary("reach"), "kind": "digits"}
    door = {"ROOT_URLCONF": "suar.website.public_urls", "MIDDLEWARE": settings.MIDDLEWARE_PUBLIC}
    elsewhere = f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    with override_settings(**door):
        asker = Client(headers={"host": "localhost"}, REMOTE_ADDR=elsewhere)
        enclosed = brought(a_pdf() + b"% " + way.canary("enclosure").encode(), way.canary("enclosed"))
        page, code = ask_for_help(asker, **letter, files=[enclosed])
        page = came_back(asker, code)
        way.shown += page.content.decode()
        press(asker, "write", page=page, resume_token=resume_token_of(page), words=way.canary("more"))
        page = came_back(asker, code)
        press(asker, "contact", page=page, resume_token=resume_token_of(page), contact=way.canary("other"))
        ask_for_help(asker, **{**letter, "kind": "none"}, meeting=way.canary("meeting"))
        paper = brought(a_pdf() + b"% " + way.canary("paper").encode(), way.canary("named"))
        attached(asker, came_back(asker, code), paper)
        page = came_back(asker, code)
        way.shown += page.content.decode() + open_file(asker, page, code).content.decode("latin-1")
    chioma = client_of(cast.chioma)
    for path in linked(chioma.get(reverse("requests")), "request"):
        page = chioma.get(path)
        shown = page.content.decode()
        way.shown += shown
        if "canary" in shown and letter["words"] in shown and 'name="answer"' in shown:
            post(chioma, f"{path}/answer", answer=way.canary("answer"), version=hidden(page, "version"))
            way.shown += chioma.get(path).content.decode()


def say_how_it_was(way: Journey, cast: Cast) -> None:
    """Say how the help was and complain on the public site, and let who hears read and answer."""
    if not Hearing.objects.exists():
        cast.players.update(hearing.make_hearers(cast, at=clock.now()).players)
    door = {"ROOT_URLCONF": "suar.website.public_urls", "MIDDLEWARE": settings.MIDDLEWARE_PUBLIC}
    elsewhere = f"2001:db8:{uuid4().hex[:4]}:{uuid4().hex[:4]}::1"
    with override_settings(**door):
        asker = Client(headers={"host": "localhost"}, REMOTE_ADDR=elsewhere)
        made = say(asker, words=way.canary("spoken_of"))
        way.shown += came_back(asker, made.context["code"].text).content.decode()
        complain(asker, words=way.canary("complained"))
    nur = client_of(cast.nur)
    for path in linked(nur.get(reverse("feedback_inbox")), "feedback_thread"):
        page = nur.get(path)
        way.shown += page.content.decode()
        typed = {"answer": way.canary("heard"), "version": hidden(page, "version")}
        post(nur, f"{path}/answer", **typed)
        page = nur.get(path)
        way.shown += page.content.decode()
        post(nur, f"{path}/done", done="DN_RULE", version=hidden(page, "version"))


def linked(page: HttpResponse, route: str) -> list[str]:
    """Return the addresses of a route with one id that a page links to, each once."""
    pattern = reverse(route, args=[UUID(int=0)]).replace(str(UUID(int=0)), r"[0-9a-f-]{36}")
    return list(dict.fromkeys(re.findall(f'href="({pattern})"', page.content.decode())))


def hidden(page: HttpResponse, name: str) -> str:
    """Return the value of a hidden field of a page."""
    return re.search(rf'name="{name}"\s+value="([^"]*)"', page.content.decode())[1]
