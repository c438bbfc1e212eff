"""The pages of policies, one file for each group."""

from governance.urls import (
    appendices,
    evidence,
    paper,
    policies,
    proof,
    public,
    questions,
    reviews,
    staying_safe,
    training,
)

app_name = "governance"
urlpatterns = [
    *policies.urlpatterns,
    *appendices.urlpatterns,
    *evidence.urlpatterns,
    *paper.urlpatterns,
    *proof.urlpatterns,
    *public.urlpatterns,
    *questions.urlpatterns,
    *reviews.urlpatterns,
    *staying_safe.urlpatterns,
    *training.urlpatterns,
]
