"""Signatures on paper and on a shared tablet, and bulk records."""

from django.urls import URLPattern, path

from governance.views import corrections, groups, paper, tablet

OF_A_POLICY = "schools/<slug:school>/policies/<int:pk>/"
SHEET = "schools/<slug:school>/paper/<int:pk>/"
urlpatterns: list[URLPattern] = [
    # on paper
    path(f"{OF_A_POLICY}paper/", paper.overview, name="paper"),
    path(f"{OF_A_POLICY}paper/print/", paper.print_sheet, name="paper_print"),
    path(f"{OF_A_POLICY}paper/new/", paper.new, name="paper_new"),
    path(SHEET, paper.sheet, name="paper_sheet"),
    path(f"{SHEET}details/", paper.change, name="paper_change"),
    path(f"{SHEET}people/", paper.people, name="paper_people"),
    path(f"{SHEET}scan/", paper.scans, name="paper_scans"),
    path(f"{SHEET}scan/remove/", paper.scan_remove, name="paper_scan_remove"),
    path(f"{SHEET}check/", paper.check, name="paper_check"),
    path(f"{SHEET}throw-away/", paper.throw_away, name="paper_throw_away"),
    path("receipts/<str:reference>/annul/", corrections.annul, name="annul"),
    path("receipts/<str:reference>/not-right/", corrections.dispute, name="dispute"),
    # on a shared tablet: while one is handed round, nothing but what lies below tablet/ opens
    path(f"{OF_A_POLICY}tablet/", tablet.start, name="tablet_start"),
    path("tablet/", tablet.find, name="tablet"),
    path("tablet/read/", tablet.read, name="tablet_read"),
    path("tablet/sign/", tablet.sign, name="tablet_sign"),
    path("tablet/done/", tablet.done, name="tablet_done"),
    path("tablet/end/", tablet.end, name="tablet_end"),
    # parents and pupils
    path("schools/<slug:school>/groups/", groups.group_list, name="groups"),
    path(f"{OF_A_POLICY}groups/new/", groups.group_new, name="group_new"),
    path("schools/<slug:school>/groups/<int:pk>/", groups.group, name="group"),
    path(
        "schools/<slug:school>/groups/<int:pk>/correct/", groups.group_correct, name="group_correct"
    ),
]
