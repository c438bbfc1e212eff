"""What a mail server's answer means for a mail. Codes only: the words may quote the mail."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from enum import Enum, auto

from notices.conversation import LostWithText

TROUBLE = (smtplib.SMTPException, OSError)
# After the whole mail: these are about the address. Others (554) are about what it says.
ADDRESS_IS_WRONG = frozenset({550, 551, 553})
SERVER_CLOSES = 421


class Verdict(Enum):
    LATER = auto()
    NEVER = auto()
    UNKNOWN = auto()  # the line broke while the server may have taken it


@dataclass(frozen=True)
class Answer:
    """What to do with the mail, with the address and with the connection."""

    verdict: Verdict
    code: str
    wrong_address: bool = False
    connection_lost: bool = False


def code_of(problem: BaseException) -> str:
    """The answer's number, or the kind of trouble where there was none."""
    if isinstance(problem, LostWithText) and problem.__cause__:
        problem = problem.__cause__
    return str(_number(problem) or type(problem).__name__[:40])


def read(problem: Exception) -> Answer:
    """What this problem means for the mail that was being sent."""
    number, code = _number(problem), code_of(problem)
    match problem:
        case smtplib.SMTPNotSupportedError():
            return Answer(Verdict.NEVER, code)
        case smtplib.SMTPRecipientsRefused() if number >= 500:
            return Answer(Verdict.NEVER, code, wrong_address=True)
        case smtplib.SMTPDataError() if number >= 500:
            return Answer(Verdict.NEVER, code, wrong_address=number in ADDRESS_IS_WRONG)
        case smtplib.SMTPResponseException() | smtplib.SMTPRecipientsRefused() if number >= 400:
            never = Verdict.NEVER if number >= 500 else Verdict.LATER
            return Answer(never, code, connection_lost=number == SERVER_CLOSES)
    if isinstance(problem, LostWithText):
        return Answer(Verdict.UNKNOWN, code, connection_lost=True)
    return Answer(Verdict.LATER, code, connection_lost=True)


def _number(problem: BaseException) -> int:
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        return max((int(answer[0]) for answer in problem.recipients.values()), default=0)
    return int(problem.smtp_code) if isinstance(problem, smtplib.SMTPResponseException) else 0
