"""How long adoptions are kept, and why."""

from governance.retention.policies import OFFICE
from web.retention import NOT_PERSONAL, Rules

RULES: Rules = {
    "governance.Adoption.by": OFFICE,
    "governance.Adoption.at": NOT_PERSONAL,
}
