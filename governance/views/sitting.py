"""Reading and signing everything one owes in one sitting: each policy with its own record (P11)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from governance import checks, reading
from governance.forms.appendices import SittingForm
from governance.models import Policy
from governance.reading import Standing
from governance.services import signing
from governance.texts import text_parts
from people.http import Request
from web.errors import RuleBroken
from web.forms import refuse

# Nobody reads more at once, and a page of more would not load on a phone.
MOST = 10


@require_http_methods(["GET", "POST"])
def sitting(request: Request) -> HttpResponse:
    owed = reading.owed_documents(request.user, timezone.localdate())[:MOST]
    standings = {standing.parts[0].policy.pk: standing for standing in owed}
    names = [(pk, one.parts[0].version.title) for pk, one in standings.items()]
    if request.method == "GET":
        shown = " ".join(one.displayed for one in standings.values())
        initial = {"displayed": shown}
        form = SittingForm(person=request.user, documents=names, initial=initial)
        return _render(request, list(standings.values()), form)
    form = SittingForm(request.POST, person=request.user, documents=names)
    if form.is_valid():
        read: list[int] = form.cleaned_data["read"]
        # Of what was on the page, the texts that were ticked.
        hashes = {text for pk in read for text in standings[pk].displayed.split()}
        on_page = hashes & set(form.cleaned_data["displayed"].split())
        try:
            signature = signing.sign_together(
                read,
                by=request.user,
                displayed=" ".join(on_page),
                typed_name=form.cleaned_data["typed_name"],
            )
        except signing.Superseded as problem:
            messages.warning(request, str(problem))
            return redirect("governance:sitting")
        except signing.NotTheName as problem:
            form.add_error("typed_name", str(problem))
        except RuleBroken as problem:
            refuse(form, problem)
        except Policy.DoesNotExist:
            messages.warning(request, "A policy was withdrawn meanwhile. Nothing was recorded.")
            return redirect("governance:sitting")
        else:
            return redirect(signature)
    elif not standings:
        messages.info(request, "There is nothing left to sign.")
        return redirect("governance:my_policies")
    return _render(request, list(standings.values()), form, status=422)


def _render(
    request: Request, standings: list[Standing], form: SittingForm, *, status: int = 200
) -> HttpResponse:
    wanted = [
        version
        for one in standings
        if one.organisation and one.organisation.setting("policies.check_before_signing")
        for version in one.to_sign
    ]
    context = {
        "to_pass": [quiz for quiz in checks.quizzes(request.user, wanted) if not quiz.passed],
        "documents": [(one, text_parts(one, {}, among_others=True)) for one in standings],
        "form": form,
    }
    return render(request, "governance/sitting.html", context, status=status)
