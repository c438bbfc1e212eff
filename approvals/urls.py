"""Addresses of business cases."""

from django.urls import path

from approvals.views import checklist, deciding, risks, trial, writing

app_name = "approvals"
AT = "schools/<slug:school>/business-cases/"
ONE = f"{AT}<int:number>/"
urlpatterns = [
    path(AT, deciding.case_list, name="cases"),
    path("schools/<slug:school>/accounts/<int:pk>/case/", deciding.of_account, name="of_account"),
    path(f"{AT}new/", writing.begin, name="begin"),
    path(ONE, deciding.case_detail, name="case"),
    path(f"{ONE}question/<slug:step>/", writing.question, name="question"),
    path(f"{ONE}check/", writing.check, name="check"),
    path(f"{ONE}send/", writing.send, name="send"),
    path(f"{ONE}sent/", writing.sent, name="sent"),
    path(f"{ONE}colleague/", writing.helper, name="helper"),
    path(f"{ONE}print/", deciding.case_print, name="case_pdf"),
    path(f"{ONE}vote/", deciding.vote, name="vote"),
    path(f"{ONE}withdraw/", deciding.withdraw, name="withdraw"),
    path(f"{ONE}revoke/", deciding.revoke, name="revoke"),
    path(f"{ONE}retry/", deciding.retry, name="retry"),
    path(f"{ONE}chase/", deciding.chase, name="chase"),
    path(f"{AT}questions/", checklist.questions, name="questions"),
    path(f"{AT}questions/<int:pk>/stop/", checklist.question_retire, name="question_retire"),
    path(f"{ONE}checklist/", checklist.overview, name="checklist"),
    path(f"{ONE}checklist/<slug:question>/", checklist.answer, name="answer"),
    path(f"{ONE}checklist/<slug:question>/clear/", checklist.clear_answer, name="clear_answer"),
    path(f"{ONE}risks/", risks.risk_list, name="risks"),
    path(f"{ONE}risks/add/", risks.risk_add, name="risk_add"),
    path(f"{ONE}risks/suggested/", risks.risk_adopt, name="risk_adopt"),
    path(f"{ONE}risks/<int:pk>/", risks.risk_change, name="risk_change"),
    path(f"{ONE}risks/<int:pk>/remove/", risks.risk_remove, name="risk_remove"),
    path(f"{ONE}risks/ask/<slug:side>/", risks.assessor, name="assessor"),
    path(f"{ONE}risks/sign/<slug:side>/", risks.risk_sign, name="risk_sign"),
    path(f"{ONE}trial/", trial.case_trial, name="trial"),
    path(f"{ONE}trial/evaluate/", trial.evaluate, name="evaluate"),
]
