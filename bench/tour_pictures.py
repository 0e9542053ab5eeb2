"""The plan of the tour: what a newcomer sees of the thread, page by page, one sentence each."""

from bench.picturing import Picture

PUBLIC = [
    Picture(
        "public-start",
        "/",
        "Somebody looks for help on a borrowed phone: no account, no name, no script needed, and one touch to leave.",
        having="form.form",
    ),
    Picture(
        "public-found",
        "/",
        "What fits comes with a reason and a way to reach it.",
        language="id",
        having=".card, .entry",
    ),
    Picture(
        "public-service",
        "/en/s/ID",
        "A service says what it costs, which papers it asks for "
        "and what happens first; hidden places have no address here.",
        width_px=320,
        dark=True,
        height_px=1100,
    ),
    Picture(
        "public-read",
        "/id/read/1",
        "What work at sea may look like, what one is entitled to and who helps, in plain words with their sources.",
        language="id",
        height_px=1100,
    ),
    Picture(
        "public-check",
        "/",
        "Checking for oneself: the answers never leave the page, and there is no verdict at its end.",
        having=".check",
    ),
    Picture(
        "public-ask",
        "/",
        "Asking for help without an account: the page says who reads, on which days, and how soon.",
        having='textarea[name="words"]',
        height_px=1100,
    ),
    Picture("left", "/weather", "Whoever leaves is at a page about the weather, and Back leads nowhere."),
]
STAFF = [
    Picture(
        "sign-in",
        "/sign-in",
        "A worker comes in by another door: name, password and a code from a phone or a printed sheet.",
        language="id",
    ),
    Picture(
        "day",
        "/",
        "My day: what is due, what came in, what waits for others.",
        width_px=1280,
        having='.list a[href^="/people/"]',
    ),
    Picture(
        "talk-safe",
        "/talk/ID/SAFE",
        "The talk begins with safety. When somebody controlling is near, it offers to stop and does not go on.",
        having='button[name="stop"]',
    ),
    Picture(
        "talk-needs",
        "/talk/ID/NEEDS",
        "What hurts now comes first, and sending a form is not help: the worker says whom they spoke to.",
        language="id",
        having='[name="n-ND_PAIN-who"]',
        height_px=1100,
    ),
    Picture(
        "talk-consent",
        "/talk/ID/CONSENT",
        "The person says whether to go on, and may say no.",
        width_px=320,
        dark=True,
        height_px=1250,
    ),
    Picture(
        "talk-signs", "/talk/ID/SIGNS", "Signs are themes to talk about, never a score.", language="id", width_px=1280
    ),
    Picture("talk-outcome", "/talk/ID/outcome", "The worker decides, with a reason; only then may a name be kept."),
    Picture(
        "options",
        "/people/ID/options",
        "Services that fit this person, each with its reasons.",
        width_px=1280,
        having='a[href$="0000000d0001"]',
    ),
    Picture(
        "consent",
        "/people/ID/options/ID",
        "One sentence is read aloud: who, what, what for, until when. Yes and no are the same size.",
        language="id",
        height_px=1100,
    ),
    Picture(
        "told", "/people/ID/send/ID", "Before it leaves, the worker sees exactly what is told.", having="main form"
    ),
    Picture(
        "link",
        "/people/ID/send/ID",
        "A provider without an account gets a link, and the code by voice.",
        having="#link",
    ),
    Picture(
        "inbox-item",
        "/inbox/ID",
        "The receiver sees who asks and for what, and nothing about the person until they accept.",
        width_px=1280,
        language="id",
    ),
    Picture(
        "case",
        "/people/ID",
        "Then a case exists, with what was consented to, a plan and the next follow-up.",
        width_px=1280,
        having='form[action$="/plan"]',
    ),
    Picture("by-link", "/l/TOKEN", "The other provider answers from the link alone.", width_px=320),
    Picture(
        "person",
        "/people/ID",
        "A no comes with a reason and the next services that fit.",
        language="id",
        having='li[data-kind="declined"]',
    ),
    Picture(
        "withdraw",
        "/people/ID/yes/ID",
        "A yes can be taken back at any time; the page says what that can do and what it cannot.",
        having='main a[href$="/less"]',
        height_px=900,
    ),
    Picture("team", "/team", "The lead sees the clocks of the team and lets colleagues in.", width_px=1280),
    Picture("readers", "/people/ID/readers", "And who opened a record, and when.", width_px=1280, language="id"),
    Picture(
        "directory",
        "/directory/import/ID",
        "The directory takes files in the field's standard, and says first what would change.",
        width_px=1280,
        having='button[name="answer"]',
    ),
    Picture(
        "absent",
        "/nothing",
        "Whoever may not see a record finds the page of an address that is not there.",
        width_px=320,
        dark=True,
    ),
]
