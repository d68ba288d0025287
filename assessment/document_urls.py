"""Routes of the papers, included below ``/c/<centre>/`` by the app's own."""

from django.urls import path

from assessment.views import documents

urlpatterns = [
    path("document/<uuid:document_id>/", documents.document, name="document"),
    path("sheet/<uuid:sheet_id>/papers/", documents.papers, name="documents"),
]
