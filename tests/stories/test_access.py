"""Nobody stumbles on the staff door: axe finds nothing, nothing is too wide, by day or in the dark.

In the language and the width of this leg; the whole round of `rounds.py`, by real processes.
"""

from pathlib import Path
from typing import Any

import pytest
from django.urls import resolve

from tests.routes import staff_routes
from tests.stories.new_installation import new_installation
from tests.stories.page_checks import NARROW_PX, Look
from tests.stories.rounds import NEW_PASSWORD, Inspector

pytestmark = pytest.mark.story
DOOR = "suar.website.staff_urls"
FAULTY = "<html lang=en><title>x</title><main><h1>x</h1><img src=''>{}</main>"
ACTS_ONLY = {
    "finish_next_step",
    "stop_follow_ups",
    "choose_follow_ups",
    "start_calendar",
    # Addresses that take a form and lead on to a page that was looked at, or give no page.
    "shipped_file",
    "sign_in_challenge",
    "sign_out",
    "step_up",
    "leave",
    "language",
    "remove_factor",
    "invite_again",
    "disable_worker",
    "enable_worker",
    "certify_worker",
    "exit_picture",
    "asset",
    "confirm_entry",
    "hide_entry",
    "settle_reports",
    "discard_draft",
    "talk",
    "change_erasure",
    "answer_erasure_ask",
    "erasure_certificate",
    "change_profile",
    "record_contact",
    "follow_referral",
    "write_to_receiver",
    "answer_referral",
    "accept_referral",
    "write_to_sender",
    "arrived",
    "referral_act",
    "write_to_sender_of_case",
    "note",
    "undo",
    "undo_merge",
    "plan_step",
    "plan_task",
    "finish_task",
    "exclude_tie",
    "save_draft",
    "strike_community_work",
    "name_person",
    "open_talk",
    "late_note",
    "agree_closing",
    "keep_open",
    "reopen_case",
    "settle_request",
    "draft_file",
    "shipped_questions",
    "version_file",
    "booklet_file",
    "mark_feedback_read",
    "close_feedback",
    "download_request_file",
    "answer_correction",
    "attachment_preview",
    "import_rest",
    "attachment_saved",
    "recording_sound",
    "words_file",
    "ask_recovery",
    "cover_keys",
    "open_lost_keys",
    "cancel_recovery",
    "cancel_reset",
    "go_on_with_key",
}
BEFORE_THE_FIRST = {"set_up", "set_up_papers"}
SET_UP = {
    "organisation": "Rumah Contoh",
    "team": "Tim satu",
    "name": "sari",
    "display_name": "Sari",
    "new_password": NEW_PASSWORD,
    "again": NEW_PASSWORD,
    "administrator": "tono",
    "administrator_display_name": "Tono",
}


def test_every_page_passes_axe_in_light_and_dark_mode(look: Look) -> None:
    assert look.checked >= len(look.pages) // look.checks_every > 5
    assert {str(seen): seen.faults for seen in look.pages.values() if seen.faults} == {}


def test_no_page_scrolls_sideways_at_this_width_or_on_the_smallest_phone(look: Look) -> None:
    assert {str(seen): seen.too_wide for seen in look.pages.values() if seen.too_wide} == {}


def test_every_url_with_a_page_was_visited(look: Look) -> None:
    seen = {
        resolve(page.address.split("?")[0], DOOR).url_name for page in look.pages.values() if page.path != "/nothing"
    }
    routes = {route.name for route in staff_routes()}
    assert routes - seen - ACTS_ONLY == BEFORE_THE_FIRST
    assert seen & ACTS_ONLY <= {"talk", "step_up"}


@pytest.mark.long
def test_the_set_up_passes_axe_in_the_browser(
    browser: Any, tmp_path: Path, story_language: str, story_width_px: int
) -> None:
    with new_installation(tmp_path) as (demonstration, code):
        look = Look(demonstration.staff, demonstration.files)
        with Inspector(browser, demonstration, look, story_language, story_width_px).beside() as sari:
            sari.go("/set-up")
            sari.go_on_without_a_word()
            for name, typed in {"set_up_code": code, **SET_UP}.items():
                sari.type(name, typed)
            sari.go_on()
            assert sari.page.locator(".sheet").count() == 5, "three shares, a sheet, an invitation"
            sari.press("main a.act")
            sari.press('main a[href$="/codes"]')
            sari.type("password", NEW_PASSWORD)
            sari.go_on()
            sari.press("main a.act")
            sari.go("/set-up/state")
            sari.press('main a[href$="/papers"]')
            sari.go("/talk")
    assert len(look.pages) >= 9
    assert {str(seen): seen.faults for seen in look.pages.values() if seen.faults} == {}
    assert {str(seen): seen.too_wide for seen in look.pages.values() if seen.too_wide} == {}
    assert (look.stopped, look.elsewhere, look.unguarded) == ([], [], [])


def test_every_page_has_one_heading_and_a_language(look: Look, story_language: str) -> None:
    assert len(look.pages) > 60
    assert {seen.headings for seen in look.pages.values()} == {1}
    # The first page after signing in still speaks the worker's language until now.
    assert {seen.language for seen in look.pages.values() if seen.path != "/"} == {story_language}


def test_the_check_finds_planted_faults(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(FAULTY.format("<p style='width: 2000px; color: #777'>x"))
    look = Look("about:blank")
    look.at(page)
    page.close()
    (seen,) = look.pages.values()
    assert any(fault.startswith("image-alt") for fault in seen.faults)
    assert NARROW_PX in seen.too_wide
