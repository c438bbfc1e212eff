"""How long the portal keeps what it told people."""

from web.retention import NOT_PERSONAL, Rule, Rules

TOLD = Rule(
    keep="one year after it was sent",
    why="shows a person, and their school, what they were told, when and why",
    then="deleted",
)
MAIL = Rule(
    keep="ninety days after it was sent, failed or was given up",
    why="answers the question whether a mail was sent, and lets the office send a failed one again",
    then="deleted; the notice it carried stays for its year",
)
FEED = Rule(
    keep="until the person takes it back, or their last post ends",
    why="lets the calendar they use at work show what they owe",
    then="deleted; whoever has the address gets nothing any more",
)

RULES: Rules = {
    "notices.Notice.recipient": TOLD,
    "notices.Notice.about": TOLD,
    "notices.Notice.standing_in_for": TOLD,
    "notices.Notice.kind": TOLD,
    "notices.Notice.occasion": TOLD,
    "notices.Notice.stage": TOLD,
    "notices.Notice.on_date": TOLD,
    "notices.Notice.due_on": TOLD,
    "notices.Notice.title": TOLD,
    "notices.Notice.url": TOLD,
    "notices.Notice.created_at": TOLD,
    "notices.Notice.read_at": TOLD,
    "notices.Notice.in_doubt_on": TOLD,
    "notices.Mail.kind": MAIL,
    "notices.Mail.recipient": MAIL,
    "notices.Mail.to": MAIL,
    "notices.Mail.subject": MAIL,
    "notices.Mail.text": MAIL,
    "notices.Mail.html": MAIL,
    "notices.Mail.headers": MAIL,
    "notices.Mail.from_address": MAIL,
    "notices.Mail.reply_to": MAIL,
    "notices.Mail.message_id": MAIL,
    "notices.Mail.digest_on": MAIL,
    "notices.Mail.status": MAIL,
    "notices.Mail.created_at": MAIL,
    "notices.Mail.not_before": MAIL,
    "notices.Mail.claimed_at": MAIL,
    "notices.Mail.sent_at": MAIL,
    "notices.Mail.last_error": MAIL,
    "notices.CalendarFeed.person": FEED,
    "notices.CalendarFeed.token_hash": FEED,
    "notices.CalendarFeed.created_at": FEED,
    "notices.Heartbeat.name": NOT_PERSONAL,
    "notices.Heartbeat.beat_at": NOT_PERSONAL,
    "notices.Batch.claimed_at": NOT_PERSONAL,
    "notices.Lease.name": NOT_PERSONAL,
    "notices.Lease.holder": NOT_PERSONAL,
    "notices.Lease.taken_at": NOT_PERSONAL,
    "notices.Lease.until": NOT_PERSONAL,
}
