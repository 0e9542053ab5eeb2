"""Kinds of acts, as the privacy officer reads them: what somebody did, without about whom."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

KINDS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (_("asked for a page that is not theirs, or not there"), ("refused",)),
    (_("opened a record"), ("open",)),
    (_("looked at a list of records"), ("list",)),
    (_("read this log"), ("see_log",)),
    (_("signed in, or proved who they are"), ("sign_in", "step_up", "welcome", "recover")),
    (_("signed out"), ("sign_out",)),
    (_("made a record"), ("new_person", "new_case", "new_report", "new_talk", "new_codes")),
    (_("destroyed a record, or narrowed it to codes"), ("forget", "keep_only_coded")),
    (_("gave a record to a colleague"), ("hand_to",)),
    (_("kept somebody away from a record, or let them know again"), ("never_tell", "may_know_again", "hold_by_name")),
    (_("wrote down, narrowed or took back a yes"), ("give_consent", "narrow_consent", "withdraw_consent")),
    (_("sent or answered a referral"), ("send_referral", "renew_link", "link", "link_preview", "referral_*")),
    (
        _("wrote in a record"),
        (
            "open_case",
            "name_person",
            "keep_no",
            "keep_plan",
            "add_note",
            "follow_up",
            "conclude_talk",
            "call_somebody",
            "ask_second_reading",
            "second_reading",
        ),
    ),
    (
        _("asked a partner house to read codes, read for one, or took it back"),
        ("ask_partner", "answer_for_partner", "close_partner_reading", "end_partner_reading"),
    ),
    (_("agreed with a partner house, or ended it"), ("agree_partner", "end_partner")),
    (_("closed a case, or opened it again"), ("ask_closing", "close_case", "keep_open", "reopen_case")),
    (
        _("changed the directory"),
        (
            "import_directory",
            "confirm_service",
            "make_booklet",
            "change_entry",
            "draft_entry",
            "add_entry",
            "throw_draft_away",
            "check_draft",
            "publish_draft",
            "refuse_draft",
            "make_entry_link",
            "end_entry_link",
            "settle_wrong",
            "merge_entries",
            "bring_recording",
            "publish_recording",
            "remove_recording",
            "correct_words",
            "publish_words",
            "refuse_words",
            "undo_words",
        ),
    ),
    (
        _("changed the questions of the talk"),
        (
            "draft_questions",
            "change_questions",
            "discard_questions",
            "use_questions",
            "use_shipped_questions",
            "import_questions",
        ),
    ),
    (_("saved the questions of the talk as a file"), ("export_questions",)),
    (
        _("changed accounts, teams or keys"),
        (
            "invite",
            "invite_again",
            "admit",
            "certify",
            "activate",
            "enable",
            "disable",
            "make_team",
            "found_organisation",
            "make_organisation_keys",
            "pin_partner",
            "renew_escrow",
            "ready",
            "change_password",
            "add_factor",
            "remove_factor",
            "new_recovery_sheet",
            "prove_recovery_sheet",
        ),
    ),
    (_("made or tried a backup"), ("new_backup_sheet", "backup", "prove_backup", "restore")),
)
OTHER = _("did something else")
OF_VERB = {verb: words for words, verbs in KINDS for verb in verbs}


def kind(verb: str) -> str:
    """Say the kind of an act; one that no list knows is said to be something else."""
    family = f"{verb.partition('_')[0]}_*"
    return str(OF_VERB.get(verb) or OF_VERB.get(family) or OTHER)
