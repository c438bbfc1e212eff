"""Questions instead of a signature, comprehension checks, evidence of reading."""

from django.urls import URLPattern, path

from governance.views import questions

urlpatterns: list[URLPattern] = [
    # questions
    path("policies/<int:pk>/ask/", questions.ask, name="question_ask"),
    path("policies/questions/", questions.mine, name="question_mine"),
    path("policies/questions/to-answer/", questions.inbox, name="question_inbox"),
    path("policies/questions/<int:pk>/", questions.question, name="question"),
    path("policies/questions/<int:pk>/answer/", questions.answer, name="question_answer"),
    path("policies/questions/<int:pk>/add/", questions.add, name="question_add"),
    path("policies/questions/<int:pk>/close/", questions.close, name="question_close"),
    path("policies/questions/<int:pk>/share/", questions.share, name="question_share"),
    path("policies/answers/<int:pk>/take-down/", questions.take_down, name="question_take_down"),
]
