"""PDFs, printed copies and the check of their codes."""

from django.urls import URLPattern, path

from governance.views import proof

urlpatterns: list[URLPattern] = [
    path("policies/<int:pk>/pdf/", proof.policy_pdf, name="policy_pdf"),
    path("policies/versions/<int:pk>/pdf/", proof.version_pdf, name="version_pdf"),
    path("receipts/<str:reference>/pdf/", proof.receipt_pdf, name="receipt_pdf"),
    path("check/", proof.check, name="check"),
    path("check/<str:code>/", proof.check_code, name="check_code"),
]
