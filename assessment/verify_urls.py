"""Routes of the check page, which is open to everybody."""

from django.urls import path

from assessment.views import verify

app_name = "verify"

urlpatterns = [
    path("", verify.check, name="check"),
    path("<str:code>/", verify.check_code, name="code"),
]
