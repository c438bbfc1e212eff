"""One mail in SMTP. Where the server allows it (PIPELINING, RFC 2920) in two round trips, not four.

`smtplib` waits for the answer to each line. It also does not say whether the text had begun to
leave when the line broke, and that decides whether a mail may have arrived.
"""

from __future__ import annotations

import re
import smtplib
from functools import lru_cache
from smtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

from django.core.mail import EmailMessage
from django.core.mail.message import sanitize_address

Reply = tuple[int, bytes]
OK, OK_ELSEWHERE, GO_ON, CLOSING = 250, 251, 354, 421
# A school sends thousands of mails under one name.
_address = lru_cache(maxsize=64)(sanitize_address)
_A_DOT_FIRST = re.compile(rb"(?m)^\.")


class LostWithText(SMTPException):
    """The line broke after the text had begun to leave: nobody knows whether it arrived."""


def hand_over(smtp: SMTP, message: EmailMessage) -> None:
    """Give the server one message for one recipient.

    Raises what `smtplib` raises for an answer that is no, OSError or SMTPServerDisconnected for a
    line that broke before the text, LostWithText for one that broke after.
    """
    encoding = message.encoding or "utf-8"
    sender = _address(message.from_email, encoding)
    recipient = sanitize_address(message.recipients()[0], encoding)
    text: bytes = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    try:
        if smtp.has_extn("pipelining"):
            _ask_at_once(smtp, sender, recipient, len(text))
        else:
            _ask_one_by_one(smtp, sender, recipient, len(text))
        _give(smtp, text)
    except (SMTPSenderRefused, SMTPRecipientsRefused, SMTPDataError):
        _begin_anew(smtp)
        raise


def _ask_at_once(smtp: SMTP, sender: str, recipient: str, size: int) -> None:
    lines = (_mail(smtp, sender, size), _rcpt(recipient), "DATA")
    smtp.send("".join(f"{line}\r\n" for line in lines))
    mail = smtp.getreply()
    if mail[0] == CLOSING:
        smtp.close()
        raise SMTPSenderRefused(*mail, sender)
    rcpt = smtp.getreply()
    if rcpt[0] == CLOSING:
        smtp.close()
        raise SMTPRecipientsRefused({recipient: rcpt})
    data = smtp.getreply()
    try:
        _check_mail(mail, sender)
        _check_rcpt(rcpt, recipient)
    except SMTPException:
        if data[0] == GO_ON:  # nothing but an end: there is nobody to send it to
            smtp.send(b".\r\n")
            smtp.getreply()
        raise
    _check_data(data, GO_ON)


def _ask_one_by_one(smtp: SMTP, sender: str, recipient: str, size: int) -> None:
    _check_mail(smtp.docmd(_mail(smtp, sender, size)), sender)
    _check_rcpt(smtp.docmd(_rcpt(recipient)), recipient)
    _check_data(smtp.docmd("DATA"), GO_ON)


def _give(smtp: SMTP, text: bytes) -> None:
    end = b".\r\n" if text.endswith(b"\r\n") else b"\r\n.\r\n"
    try:
        smtp.send(_A_DOT_FIRST.sub(b"..", text) + end)
        answer = smtp.getreply()
    except (OSError, SMTPServerDisconnected) as problem:
        raise LostWithText(type(problem).__name__) from problem
    _check_data(answer, OK)


def _mail(smtp: SMTP, sender: str, size: int) -> str:
    option = f" SIZE={size}" if smtp.has_extn("size") else ""
    return f"MAIL FROM:{smtplib.quoteaddr(sender)}{option}"


def _rcpt(recipient: str) -> str:
    return f"RCPT TO:{smtplib.quoteaddr(recipient)}"


def _check_mail(answer: Reply, sender: str) -> None:
    if answer[0] != OK:
        raise SMTPSenderRefused(*answer, sender)


def _check_rcpt(answer: Reply, recipient: str) -> None:
    if answer[0] not in (OK, OK_ELSEWHERE):
        raise SMTPRecipientsRefused({recipient: answer})


def _check_data(answer: Reply, wanted: int) -> None:
    if answer[0] != wanted:
        raise SMTPDataError(*answer)


def _begin_anew(smtp: SMTP) -> None:
    """After a no the next mail begins with a clean slate; a line that broke shows itself then."""
    try:
        smtp.rset()
    except SMTPServerDisconnected:
        smtp.close()
