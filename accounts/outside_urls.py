"""What everybody sees of the accounts, and what is printed of them."""

from django.urls import URLPattern, path

from accounts.views import printing, public

SEEN = "s/<slug:school>/accounts/"
AT = "schools/<slug:school>/accounts/"
urlpatterns: list[URLPattern] = [
    path(SEEN, public.accounts, name="public"),
    path(f"{SEEN}v1.json", public.accounts_json, name="public_json"),
    path(f"{SEEN}poster.pdf", public.poster, name="public_poster"),
    path(f"{SEEN}check/", public.real, name="real"),
    path(f"{SEEN}<int:pk>/rules/", public.rules, name="public_rules"),
    # for the school's own people
    path(f"{AT}register.pdf", printing.register, name="register_pdf"),
    path(f"{AT}<int:pk>/outside/", printing.outside, name="outside"),
    path(f"{AT}<int:pk>/card.pdf", printing.card, name="card"),
    path(f"{AT}<int:pk>/rules.pdf", printing.rules, name="rules_pdf"),
]
