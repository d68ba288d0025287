"""The catalogue desk of the platform's own staff; no centre in its path, no row of any centre."""

from django.urls import path

from centres.views import catalogue_desk, catalogue_edit

app_name = "catalogue"

HERE = "<uuid:specification_id>/"
UNIT = f"{HERE}units/<int:unit>/"

urlpatterns = [
    path("", catalogue_desk.specifications, name="list"),
    path("import/", catalogue_desk.import_file, name="import"),
    path(HERE, catalogue_desk.outline, name="outline"),
    path(f"{HERE}draft/", catalogue_desk.draft, name="draft"),
    path(f"{HERE}export/", catalogue_desk.export, name="export"),
    path(f"{HERE}differences/", catalogue_desk.differences, name="differences"),
    path(f"{HERE}publish/", catalogue_desk.publish, name="publish"),
    path(f"{HERE}discard/", catalogue_desk.discard, name="discard"),
    path(f"{HERE}head/", catalogue_edit.head, name="head"),
    path(f"{HERE}sizes/", catalogue_edit.sizes, name="sizes"),
    path(f"{HERE}verbs/", catalogue_edit.verbs, name="verbs"),
    path(f"{HERE}corrections/", catalogue_edit.corrections, name="corrections"),
    path(f"{HERE}sheets/<int:sheet>/", catalogue_edit.sections, name="sections"),
    path(UNIT, catalogue_edit.unit_facts, name="unit"),
    path(f"{HERE}pathways/<int:pathway>/", catalogue_edit.pathway, name="pathway"),
    path(f"{UNIT}outcomes/add/", catalogue_edit.add_outcome, name="outcome-add"),
    path(f"{UNIT}outcomes/remove/", catalogue_edit.remove_outcome, name="outcome-remove"),
    path(f"{UNIT}rules/", catalogue_edit.rules, name="rules"),
    path(f"{UNIT}outcomes/<int:outcome>/", catalogue_edit.outcome, name="outcome"),
    path(f"{UNIT}outcomes/<int:outcome>/add/", catalogue_edit.add_criterion, name="criterion-add"),
    path(
        f"{UNIT}outcomes/<int:outcome>/remove/",
        catalogue_edit.remove_criterion,
        name="criterion-remove",
    ),
    path(f"{UNIT}criteria/<str:number>/", catalogue_edit.criterion, name="criterion"),
]
