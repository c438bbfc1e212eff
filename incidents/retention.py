"""How long what is written about a case is kept, and why."""

from collections.abc import Iterable

from web.retention import NOT_PERSONAL, Rule, Rules

SEALED = Rule(
    keep="as long as the school keeps the case (setting, seven years), a legal hold longer",
    why="what was reported, what was found and what was done to protect somebody",
    then="two people dispose of the case: its key is destroyed and nothing written opens again",
)
PEOPLE = Rule(
    keep="as long as the school keeps the case (setting, seven years), a legal hold longer",
    why="who was concerned, who is kept out and who was let in",
    then="deleted when two people dispose of the case",
)
FILE = Rule(
    keep="as long as the school keeps the case (setting, seven years), a legal hold longer",
    why="what was seen, with where it came from and who touched it",
    then="the case’s key is destroyed when two people dispose of it, and the bytes are deleted; "
    "a file locked away is destroyed by two people and never by itself",
)
HANDLING = Rule(
    keep="as long as the school keeps the case; who handled and who looked at it stays after",
    why="shows who did what about a concern, and who looked at it",
    then="a person's name is erased six years after they leave the school",
)
DRAFT = Rule(
    keep="30 days after it was last changed",
    why="a report survives signing out",
    then="deleted, or gone as soon as the report is sent",
)
REQUEST = Rule(
    keep="three years after the request ended (setting), a legal hold on one of its cases longer",
    why="shows what somebody who asked for their data was given, what was not, and on what ground",
    then="deleted with its key; that a case was exported stays on the case as long as it is kept",
)
SETTING = Rule(
    keep="as long as the school has the route",
    why="who set whom the school tells",
    then="a person's name is erased six years after they leave the school",
)


def _fields(model: str, names: str) -> Iterable[str]:
    return [f"incidents.{model}.{name}" for name in names.split()]


def _all(rule: Rule | str, **models: str) -> Rules:
    return dict.fromkeys(
        [key for model, names in models.items() for key in _fields(model, names)],
        rule,  # type: ignore[arg-type]
    )


RULES: Rules = {
    **_all(
        SEALED,
        Case="sealed_what sealed_where sealed_platform sealed_handle sealed_when sealed_done "
        "sealed_behalf sealed_factors sealed_override sealed_set_aside sealed_closing",
        LegalHold="sealed_why",
        CasePerson="sealed_name sealed_why_removed",
        Conflict="sealed_why sealed_why_lifted",
        Access="sealed_why",
        SupportOffer="sealed_note",
        ChronologyEntry="sealed_body",
        Message="sealed_body",
        CaseAction="sealed_text sealed_note",
        Referral="sealed_why sealed_number sealed_outcome",
        Takedown="sealed_where sealed_note",
        Consent="sealed_note sealed_basis",
        DataBreach="sealed_risk sealed_why sealed_number",
        CaseExport="sealed_why sealed_recipient",
        AccountRequest="sealed_which sealed_why sealed_presence sealed_seen sealed_refusal",
        ContentRequest="sealed_what sealed_where sealed_why sealed_refusal sealed_ending",
        ContentLook="sealed_what",
    ),
    **_all(
        PEOPLE,
        Case="reporter",
        CasePerson="role relation user index added_by added_at removed_at removed_by",
        Conflict="person cause recorded_by recorded_at lifted_at lifted_by",
        Access="person cause until asked_by asked_at agreed_by given_at ended_at ended_by",
        SupportOffer="what answer offered_by offered_at answered_at",
        PublicReport="receipt_hash relation",
        Consent="status asked_by decided_at",
        AccountRequest="kind status asked_at asked_by added_at shown_at themselves answered_at "
        "answered_by",
    ),
    **_all(
        HANDLING,
        Case="owner triaged_by proposed_by ended_by",
        LegalHold="placed_by lifted_by",
        CaseLink="made_by",
        Disposal="proposed_by confirmed_by",
        Alert="person",
        CaseLine="actor details",
        ChronologyEntry="written_by",
        CaseView="person what at",
        Message="sent_by",
        PaperReport="entered_by",
        CaseAction="owner added_by done_by",
        Referral="decided_by made_by",
        Takedown="added_by",
        DataBreach="assessed_by decided_by",
        Evidence="added_by quarantined_by destroy_asked_by destroyed_by",
        Custody="person what at",
        CaseExport="made_by made_at profile",
        ContentRequest="asked_by leading_by it_by refused_by ended_by shut_by",
        ContentLook="person at",
    ),
    **_all(
        FILE,
        Evidence="sealed_name sealed_sha256 sealed_source sealed_platform sealed_handle "
        "sealed_captured_by sealed_note sealed_quarantine sealed_destroy blob",
    ),
    **_all(
        REQUEST,
        SubjectRequest="person asker relation index received_on identity_on handler recorded_by "
        "recorded_at ended_at ended_by outcome sealed_name sealed_asked_by sealed_note "
        "sealed_longer sealed_ending",
        RequestedCase="found added_by added_at ready_at ready_by checked_at checked_by "
        "sealed_why_added sealed_why_left sealed_sent_back",
        EntryDecision="entry choice ground decided_by decided_at sealed_words sealed_note",
        RequestBundle="made_by made_at sealed_manifest",
    ),
    **_all(DRAFT, Draft="person sealed saved_at"),
    **_all(SETTING, Route="changed_by"),
    **_all(
        NOT_PERSONAL,
        TermFigures="name first_day last_day tables floors drawn_at",
        Case="reference kind status clock severity suggested nature visible spread impact about "
        "image_gate reported_at triaged_at opened_at proposed_at ended_at outcome disposed_at",
        CaseKey="wrapped wrapped_with destroyed_at",
        LegalHold="placed_at lifted_at",
        CaseLink="made_at",
        Disposal="proposed_at confirmed_at",
        Route="kind first also clock changed_at",
        PlaybookItem="kind code text",
        Alert="clock since at",
        CaseLine="at verb target_type content_hash previous hash",
        ChronologyEntry="kind happened_at written_at",
        Draft="reference",
        PaperReport="written_on",
        Message="at",
        CaseAction="code due_at added_at done_at result",
        Referral="body status added_at decided_at made_at",
        Takedown="status needed_at requested_at ended_at",
        DataBreach="status aware_at assessed_at decided_at",
        Evidence="public_id kind view scan scanned_at captured_at added_at quarantined_at "
        "destroy_asked_at destroyed_at",
        CaseExport="public_id fingerprint",
        SubjectRequest="reference wrapped wrapped_with",
        RequestBundle="public_id fingerprint",
        ContentRequest="reference status hours asked_at leading_at it_at opened_at until "
        "refused_at ended_at shut_at",
        ContentLook="noted_at",
    ),
}
