"""The taps of one invented talk, step by step, as a browser would send them."""

from urllib.parse import urlencode

Taps = list[tuple[str, str]]

STEPS: dict[str, Taps] = {
    "SAFE": [
        ("q-SF_HEARD", "NO"),
        ("q-SF_NEAR", "NO"),
        ("q-SF_PHONE", "YES"),
        ("q-TI_KNOWS", "NONE"),
    ],
    "NEEDS": [
        ("n-ND_PAIN", "YES"),
        ("n-ND_PAIN-acted", "SPOKE"),
        ("n-ND_PAIN-who", "SYN nurse at the clinic"),
        ("needs-all-asked", "yes"),
    ],
    "AGE": [("age-band", "ADULT"), ("age-doubt", "NO")],
    "CONSENT": [("q-CN_BACK", "YES"), ("q-CN_ANSWER", "YES")],
    "SIGNS": [
        ("q-SG_ARRANGED", "YES"),
        ("s-SG_ARRANGED", "I_A_RECRUIT"),
        ("s-SG_ARRANGED", "I_A_TRANSPORT"),
        ("q-SG_DEBT", "YES"),
        ("s-SG_DEBT", "I_M_DEBT"),
        ("q-SG_PAID", "YES"),
        ("s-SG_PAID", "I_P_NO_PAY"),
        ("q-SG_WORK", "YES"),
        ("s-SG_WORK", "I_P_HOURS"),
    ],
    "WRITE": [("q-SN_SEEN", "YES"), ("s-SN_SEEN", "I_O_FEAR")],
}
FULL_STEPS: dict[str, Taps] = {
    "SAFE": [
        *STEPS["SAFE"],
        ("q-TI_OUTSIDE", "NO"),
        ("q-LG_UNDERSTAND", "YES"),
        ("q-LG_INTERPRETER", "NONE_NEEDED"),
    ],
    **{step: STEPS[step] for step in ("NEEDS", "AGE", "CONSENT")},
    "SIGNS": [
        ("q-Q06", "YES"),
        ("s-Q06", "I_A_RECRUIT"),
        ("s-Q06", "I_A_TRANSPORT"),
        ("q-Q10", "YES"),
        ("s-Q10", "I_M_PAPERS"),
        ("q-Q19", "YES"),
        ("s-Q19", "I_M_DEBT"),
        ("q-Q18", "YES"),
        ("s-Q18", "I_P_NO_PAY"),
        ("q-Q21", "SKIPPED"),
    ],
    "WRITE": [*STEPS["WRITE"], ("m-BR_BARRIERS", "P_MISTRUST")],
}
STEPS_OF = {"short": STEPS, "full": FULL_STEPS}


def outcome(name: str, number: str, *, version: int) -> Taps:
    """Give what is sent at the end of the talk, with the least that is kept."""
    return [
        ("version", str(version)),
        ("outcome", "PRESUMED_VICTIM"),
        ("reason", "RS_SAME"),
        ("keep", "on"),
        ("never", "no"),
        ("name", name),
        ("contact", number),
        ("hours", "08-10"),
        ("do_not", "SYN do not call in the evening"),
        ("story", "SYN " + "what was told, in the person's own words. " * 12),
    ]


def body(taps: Taps, **more: str) -> str:
    """Write taps as a form is posted."""
    return urlencode([*taps, *more.items()])
