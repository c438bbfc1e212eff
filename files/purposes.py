"""What files are kept for, and which kinds of file each purpose takes."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models

from files.sniff import DOCX


class Purpose(models.TextChoices):
    POLICY_SOURCE = "policy-source", "The file a policy was imported from"
    SIGN_OFF_SCAN = "sign-off-scan", "Scan of a decision taken outside the portal"
    TRAINING_CERTIFICATE = "training-certificate", "Certificate of a training"
    SIGNATURE_SCAN = "signature-scan", "Scan of signatures on paper"
    EVIDENCE_PACK = "evidence-pack", "Evidence pack"


@dataclass(frozen=True)
class Allowed:
    """The content types of a purpose, and how to say them to a person."""

    types: frozenset[str]
    said: str


ALLOWED = {
    Purpose.POLICY_SOURCE: Allowed(
        frozenset({"text/plain", "text/html", "application/pdf", DOCX}),
        "a text, Markdown, Word (.docx), PDF or HTML file",
    ),
    Purpose.SIGN_OFF_SCAN: Allowed(
        frozenset({"application/pdf", "image/png", "image/jpeg"}), "a PDF, PNG or JPEG file"
    ),
    Purpose.TRAINING_CERTIFICATE: Allowed(
        frozenset({"application/pdf", "image/png", "image/jpeg"}), "a PDF, PNG or JPEG file"
    ),
    Purpose.SIGNATURE_SCAN: Allowed(
        frozenset({"application/pdf", "image/png", "image/jpeg"}), "a PDF, PNG or JPEG file"
    ),
    Purpose.EVIDENCE_PACK: Allowed(frozenset({"application/zip"}), "an evidence pack"),
}
