"""Questions instead of a signature, comprehension checks, evidence of reading."""

from django.urls import URLPattern, path

from governance.views import checks, questions, reading_evidence

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
    # a version's check
    path("policies/versions/<int:pk>/quiz/", checks.quiz, name="quiz"),
    path("policies/versions/<int:pk>/quiz/new/", checks.question_new, name="quiz_new"),
    path("policies/versions/<int:pk>/quiz/take/", checks.take, name="quiz_take"),
    path("policies/versions/<int:pk>/quiz/results/", checks.results, name="quiz_results"),
    path("policies/quiz/<int:pk>/", checks.question_edit, name="quiz_edit"),
    path("policies/quiz/<int:pk>/remove/", checks.question_remove, name="quiz_remove"),
    # evidence of reading
    path("policies/versions/<int:pk>/reading/", reading_evidence.tell, name="reading_evidence"),
]
