"""The review calendar, reviews and their outcomes, comments at sign-off."""

from django.urls import path

from governance.views import commenting, reviews

urlpatterns = [
    path("schools/<slug:school>/policies/reviews/", reviews.reviews, name="reviews"),
    path("schools/<slug:school>/policies/reviews.csv", reviews.reviews_csv, name="reviews_csv"),
    path("policies/<int:pk>/review/", reviews.review, name="review"),
    path("policies/<int:pk>/review/open/", reviews.review_open, name="review_open"),
    path("policies/reviews/<int:pk>/cancel/", reviews.review_cancel, name="review_cancel"),
    path("policies/versions/<int:pk>/comment/", commenting.comment, name="comment"),
    path("policies/comments/<int:pk>/done/", commenting.comment_done, name="comment_done"),
    path("policies/versions/<int:pk>/trail/", commenting.version_trail, name="version_trail"),
]
