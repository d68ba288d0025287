"""Pages of the site itself."""

from django.urls import path

from config import pages

app_name = "pages"

urlpatterns = [
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("appeals/", pages.appeals, name="appeals"),
]
