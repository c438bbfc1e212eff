"""The people of the demo trust. All of them are invented."""

from __future__ import annotations

from dataclasses import dataclass

from people.models import Membership
from people.roles import Role

E = Membership.Employment
PASSWORD = "welcome-to-the-demo"  # noqa: S105  printed on the screen; the demo refuses production


@dataclass(frozen=True)
class Part:
    """One person of the demo: where, what they are called, what they do there.

    `login`: the part of the address before the @; empty for people without one.
    `shown`: listed among the logins that are printed, with this explanation.
    """

    place: str
    login: str
    name: str
    job: str
    department: str = ""
    roles: tuple[Role, ...] = (Role.STAFF,)
    employment: str = E.PERMANENT
    manager: str = ""
    shown: str = ""
    term_time_only: bool = False


TRUST, PRIMARY, HIGH = "willowmere", "thistledown", "merrowgate"

LEADERS = [
    Part(
        TRUST,
        "trust",
        "Philippa Ashdown-Reyes",
        "Chief executive",
        "Central team",
        (Role.STAFF, Role.TRUST_LEAD),
        shown="Trust lead: both schools at a glance",
    ),
    Part(
        TRUST,
        "safeguarding",
        "Idris Calloway",
        "Trust safeguarding lead",
        "Central team",
        (Role.STAFF, Role.TRUST_SAFEGUARDING),
        manager="trust",
    ),
    Part(
        TRUST,
        "trust-it",
        "Benedikt Sorrel",
        "Trust IT manager",
        "Central team",
        (Role.STAFF, Role.TRUST_IT),
        manager="trust",
    ),
    Part(
        PRIMARY,
        "head",
        "Marguerite Oyelaran",
        "Headteacher",
        "Leadership",
        (Role.STAFF, Role.HEAD, Role.SLT),
        shown="Head teacher of the primary school",
    ),
    Part(
        PRIMARY,
        "deputy",
        "Tomasz Fennimore",
        "Deputy headteacher",
        "Leadership",
        (Role.STAFF, Role.SLT, Role.DEPUTY_DSL),
        manager="head",
        shown="Senior leader: writes and publishes policies",
    ),
    Part(
        PRIMARY,
        "dsl",
        "Rosalind Achterberg",
        "Assistant headteacher, DSL",
        "Leadership",
        (Role.STAFF, Role.SLT, Role.DSL),
        manager="head",
        shown="Designated safeguarding lead",
    ),
    Part(
        PRIMARY,
        "office",
        "Winifred Castellane",
        "School business manager",
        "Office",
        (Role.STAFF, Role.OFFICE),
        manager="head",
        shown="School office: people, invitations",
    ),
    Part(
        PRIMARY,
        "it",
        "Dev Ramanujan-Pike",
        "IT technician",
        "Office",
        (Role.STAFF, Role.IT),
        manager="office",
        shown="IT: resets a lost second factor",
    ),
    Part(
        PRIMARY,
        "chair",
        "Solomon Whitcombe-Adeyemi",
        "Chair of governors",
        "",
        (Role.GOVERNOR, Role.CHAIR),
        E.GOVERNOR,
        shown="Chair of governors: signs policies off",
    ),
    Part(
        PRIMARY,
        "governor",
        "Greta Lindqvist-Moore",
        "Parent governor",
        "",
        (Role.GOVERNOR,),
        E.GOVERNOR,
        shown="Governor: figures, no names",
    ),
    Part(
        PRIMARY,
        "clerk",
        "Ambrose Tillery",
        "Clerk to the governors",
        "",
        (Role.CLERK,),
        E.CONTRACTOR,
    ),
    Part(
        PRIMARY, "dpo", "Henrietta Voss", "Data protection officer", "", (Role.DPO,), E.CONTRACTOR
    ),
    Part(
        HIGH,
        "head",
        "Leopold Nakagawa-Burns",
        "Principal",
        "Leadership",
        (Role.STAFF, Role.HEAD, Role.SLT),
        shown="Head teacher of the high school",
    ),
    Part(
        HIGH,
        "deputy",
        "Xanthe Pomeroy",
        "Vice principal",
        "Leadership",
        (Role.STAFF, Role.SLT),
        manager="head",
    ),
    Part(
        HIGH,
        "dsl",
        "Cormac Delacroix-Shah",
        "DSL",
        "Leadership",
        (Role.STAFF, Role.DSL),
        manager="head",
    ),
    Part(
        HIGH,
        "office",
        "Ottoline Baptiste",
        "Office manager",
        "Office",
        (Role.STAFF, Role.OFFICE),
        manager="head",
    ),
    Part(
        HIGH,
        "it",
        "Ezekiel Thornquist",
        "Network manager",
        "Office",
        (Role.STAFF, Role.IT),
        manager="office",
    ),
    Part(
        HIGH,
        "chair",
        "Philomena Garside-Wu",
        "Chair of governors",
        "",
        (Role.GOVERNOR, Role.CHAIR),
        E.GOVERNOR,
        shown="Chair of the high school's governors",
    ),
    Part(HIGH, "governor", "Barnaby Oduya", "Community governor", "", (Role.GOVERNOR,), E.GOVERNOR),
]

TEACHERS = [
    Part(
        PRIMARY,
        "teacher",
        "Nerys Blackwood-Amari",
        "Year 2 teacher",
        "Key stage 1",
        manager="deputy",
        shown="Teacher with policies to sign",
    ),
    Part(
        PRIMARY,
        "signed",
        "Quentin Adebayo-Frost",
        "Year 6 teacher",
        "Key stage 2",
        manager="deputy",
        shown="Teacher who has signed everything",
    ),
    Part(PRIMARY, "i.marsh", "Isolde Marsh", "Year 1 teacher", "Key stage 1", manager="deputy"),
    Part(PRIMARY, "k.osei", "Kwabena Osei-Lyle", "Year 3 teacher", "Key stage 2", manager="deputy"),
    Part(
        PRIMARY, "f.obrien", "Fionnuala O'Brien", "Year 4 teacher", "Key stage 2", manager="deputy"
    ),
    Part(PRIMARY, "z.petrov", "Zoë Petrov-Hale", "Year 5 teacher", "Key stage 2", manager="deputy"),
    Part(
        PRIMARY,
        "l.grantham",
        "Lysander Grantham",
        "Reception teacher",
        "Early years",
        manager="dsl",
    ),
    Part(PRIMARY, "m.iwu", "Mabel Iwu", "Nursery teacher", "Early years", manager="dsl"),
    Part(
        PRIMARY,
        "p.thorne",
        "Peregrine Thorne",
        "Teaching assistant",
        "Key stage 1",
        manager="teacher",
        term_time_only=True,
    ),
    Part(
        PRIMARY,
        "s.quill",
        "Saoirse Quill",
        "Teaching assistant",
        "Key stage 2",
        manager="signed",
        term_time_only=True,
    ),
    Part(
        PRIMARY,
        "a.demir",
        "Aylin Demir-Stone",
        "Teaching assistant",
        "Early years",
        manager="l.grantham",
        term_time_only=True,
    ),
    Part(
        PRIMARY,
        "j.farrow",
        "Jocasta Farrow",
        "Teaching assistant",
        "Key stage 2",
        manager="z.petrov",
        term_time_only=True,
    ),
    Part(PRIMARY, "r.singh", "Ranjit Singh-Calder", "SENCO", "Inclusion", manager="head"),
    Part(
        PRIMARY,
        "e.booth",
        "Evadne Booth",
        "Learning mentor",
        "Inclusion",
        manager="r.singh",
        term_time_only=True,
    ),
    Part(
        PRIMARY,
        "h.wynn",
        "Hal Wynn",
        "Music teacher",
        "Inclusion",
        manager="deputy",
        employment=E.FIXED_TERM,
    ),
    Part(
        PRIMARY,
        "c.supply",
        "Clementine Yarrow",
        "Supply teacher",
        "Key stage 1",
        manager="deputy",
        employment=E.AGENCY,
    ),
    Part(PRIMARY, "", "Gus Merriweather", "Caretaker", "Site", manager="office"),
    Part(
        PRIMARY,
        "n.volunteer",
        "Nkechi Lund",
        "Reading volunteer",
        "Key stage 1",
        (),
        E.VOLUNTEER,
        manager="teacher",
    ),
    Part(
        PRIMARY,
        "parent",
        "Cosima Featherstone",
        "Runs the friends' page",
        "",
        (),
        E.PARENT,
        shown="Parent who runs an account",
    ),
    Part(
        PRIMARY,
        "student",
        "Theo Abernathy",
        "Student teacher",
        "Key stage 2",
        employment=E.STUDENT_TEACHER,
        manager="signed",
    ),
    Part(
        HIGH,
        "teacher",
        "Araminta Holloway-Diaz",
        "Head of drama",
        "Drama",
        manager="deputy",
        shown="Head of drama at the high school",
    ),
    Part(HIGH, "b.kent", "Bartholomew Kent-Okafor", "Drama teacher", "Drama", manager="teacher"),
    Part(HIGH, "v.amos", "Verity Amos", "Head of science", "Science", manager="deputy"),
    Part(HIGH, "t.beck", "Torvald Beck", "Physics teacher", "Science", manager="v.amos"),
    Part(HIGH, "u.rahman", "Umaira Rahman-Cole", "Chemistry teacher", "Science", manager="v.amos"),
    Part(HIGH, "d.fell", "Dorothea Fell", "Biology teacher", "Science", manager="v.amos"),
    Part(HIGH, "w.pryce", "Wilfred Pryce-Zhou", "Head of English", "English", manager="deputy"),
    Part(HIGH, "y.nolan", "Yvaine Nolan", "English teacher", "English", manager="w.pryce"),
    Part(HIGH, "g.achebe", "Gideon Achebe-Ross", "English teacher", "English", manager="w.pryce"),
    Part(HIGH, "o.vane", "Octavia Vane", "Head of mathematics", "Mathematics", manager="deputy"),
    Part(HIGH, "r.tan", "Rufus Tan", "Mathematics teacher", "Mathematics", manager="o.vane"),
    Part(
        HIGH,
        "s.ekwueme",
        "Seraphina Ekwueme",
        "Mathematics teacher",
        "Mathematics",
        manager="o.vane",
    ),
    Part(HIGH, "j.ivory", "Jasper Ivory-Mendes", "Head of PE", "PE", manager="deputy"),
    Part(HIGH, "m.kaur", "Minerva Kaur-Bright", "PE teacher", "PE", manager="j.ivory"),
    Part(
        HIGH,
        "f.dray",
        "Florian Dray",
        "Librarian",
        "Support",
        manager="office",
        term_time_only=True,
    ),
    Part(
        HIGH,
        "c.ode",
        "Calista Ode",
        "Cover supervisor",
        "Support",
        manager="deputy",
        term_time_only=True,
    ),
    Part(HIGH, "p.lomax", "Pascoe Lomax", "Science technician", "Science", manager="v.amos"),
    Part(
        HIGH,
        "k.supply",
        "Kestrel Hargreave",
        "Supply teacher",
        "English",
        manager="w.pryce",
        employment=E.AGENCY,
    ),
    Part(
        HIGH,
        "n.coach",
        "Ngozi Tremaine",
        "Football coach",
        "PE",
        (),
        E.VOLUNTEER,
        manager="j.ivory",
    ),
    Part(HIGH, "a.new", "Ansel Whitlock", "Art teacher", "Art", manager="deputy"),
]

CAST = LEADERS + TEACHERS
