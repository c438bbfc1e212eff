"""Reading, signing, writing and managing policies."""

from django.urls import path

from governance.views import importing, managing, reading, signers, writing

urlpatterns = [
    # reading and signing
    path("policies/", reading.my_policies, name="my_policies"),
    path("policies/<int:pk>/", reading.read, name="read"),
    path("policies/<int:pk>/sign/", reading.sign, name="sign"),
    path("policies/<int:pk>/history/", reading.history, name="history"),
    path("policies/versions/<int:pk>/", reading.version, name="version"),
    path("receipts/<str:reference>/", reading.receipt, name="receipt"),
    # who has signed
    path("schools/<slug:school>/policies/<int:pk>/signatures/", signers.signers, name="signers"),
    path(
        "schools/<slug:school>/policies/<int:pk>/signatures.csv",
        signers.signers_csv,
        name="signers_csv",
    ),
    path("schools/<slug:school>/exemptions/", signers.exemption_list, name="exemptions"),
    path("schools/<slug:school>/exemptions/new/", signers.exemption_new, name="exemption_new"),
    path(
        "schools/<slug:school>/exemptions/<int:pk>/end/",
        signers.exemption_end,
        name="exemption_end",
    ),
    # managing
    path("schools/<slug:school>/policies/", managing.manage, name="manage"),
    path("schools/<slug:school>/policies/new/", managing.new, name="new"),
    path("schools/<slug:school>/policies/import/", importing.import_file, name="import"),
    path(
        "schools/<slug:school>/policies/import/<int:file>/",
        importing.import_preview,
        name="import_preview",
    ),
    path("policies/<int:pk>/import/", importing.import_version, name="import_version"),
    path(
        "policies/<int:pk>/import/<int:file>/",
        importing.import_version_preview,
        name="import_version_preview",
    ),
    path("policies/<int:pk>/manage/", managing.policy, name="policy"),
    path("policies/<int:pk>/details/", managing.details, name="details"),
    path("policies/<int:pk>/signatories/", managing.signatories, name="signatories"),
    path("policies/<int:pk>/new-version/", managing.new_version, name="new_version"),
    path("policies/<int:pk>/withdraw/", managing.withdraw, name="withdraw"),
    path("policies/<int:pk>/reviewed/", managing.reviewed, name="reviewed"),
    # a draft on its way
    path("policies/versions/<int:pk>/edit/", writing.edit, name="edit"),
    path("policies/versions/<int:pk>/audience/", writing.audience, name="audience"),
    path("policies/versions/<int:pk>/send/", writing.send, name="send"),
    path("policies/versions/<int:pk>/take-back/", writing.take_back, name="take_back"),
    path("policies/versions/<int:pk>/sign-off/", writing.sign_off_page, name="sign_off"),
    path("policies/versions/<int:pk>/send-back/", writing.send_back, name="send_back"),
    path(
        "policies/versions/<int:pk>/signed-elsewhere/",
        writing.signed_elsewhere,
        name="signed_elsewhere",
    ),
    path("policies/versions/<int:pk>/publish/", writing.publish, name="publish"),
    path("policies/versions/<int:pk>/discard/", writing.discard, name="discard"),
]
