"""Routes of the demonstration; included only where ``DEMO=1``."""

from django.urls import path

from config.demo import views

app_name = "demo"

urlpatterns = [path("sign-in/<uuid:user_id>/", views.sign_in, name="sign-in")]
