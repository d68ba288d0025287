"""Every address of the site. Whatever belongs to a centre stands below ``/c/<centre>/``."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health, pages

# Platform staff sign in where everybody does: with its rate limits and second factor.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    # An address is proven by the invitation that it received; nobody changes it by themselves.
    path("accounts/email/", pages.not_here),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("", include("config.pages_urls")),
    path("verify/", include("assessment.verify_urls")),
    path("catalogue/", include("centres.catalogue_desk_urls")),
    path("c/<slug:centre>/", include("centres.urls")),
    path("c/<slug:centre>/", include("portfolios.urls")),
    path("c/<slug:centre>/", include("assessment.urls")),
    path("c/<slug:centre>/", include("quality.urls")),
]

if settings.DEMO:
    urlpatterns.append(path("demo/", include("config.demo.urls")))

handler400 = "config.pages.bad_request"
handler500 = "config.pages.server_fault"
