"""How long files are kept, and why."""

from web.retention import NOT_PERSONAL, Rule, Rules

WITH_WHAT_IT_PROVES = Rule(
    keep="as long as the policy or decision it belongs to; a day, when an import is not confirmed",
    why="the school's own document, or the scan that proves a decision taken on paper",
    then="row and bytes are deleted together",
)

RULES: Rules = {
    "files.StoredFile.organisation": NOT_PERSONAL,
    "files.StoredFile.purpose": NOT_PERSONAL,
    "files.StoredFile.name": WITH_WHAT_IT_PROVES,
    "files.StoredFile.content_type": NOT_PERSONAL,
    "files.StoredFile.size": NOT_PERSONAL,
    "files.StoredFile.sha256": WITH_WHAT_IT_PROVES,
    "files.StoredFile.key": NOT_PERSONAL,
    "files.StoredFile.uploaded_by": WITH_WHAT_IT_PROVES,
    "files.StoredFile.uploaded_at": NOT_PERSONAL,
}
