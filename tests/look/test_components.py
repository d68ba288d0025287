"""The tags and components say what they should, in words and shapes, and nothing is inline."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from centres.templatetags import look
from tests.look.urls import Everything

ROOT = Path(__file__).resolve().parents[2]
SPRITE = (ROOT / "templates/components/sprite.html").read_text()
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
DIGEST = "9f2c41ab" * 8


def rendered(source: str, **context: Any) -> str:
    return Template("{% load look %}" + source).render(Context(context))


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def icons_of(html: str) -> set[str]:
    return set(re.findall(r'href="#i-([a-z]+)"', html))


def test_a_state_is_a_word_and_a_shape_before_it_is_a_colour() -> None:
    html = rendered('{% state "ok" "Pass" icon="tick" boxed=True %}')
    assert words(html) == "Pass"
    assert icons_of(html) == {"tick"}
    assert "state-ok state-boxed" in html


def test_an_unknown_kind_or_code_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown kind"):
        rendered('{% state "danger" "Pass" %}')
    with pytest.raises(ValueError, match="Unknown state code: 'failed'"):
        rendered('{% standing_state "failed" %}')


def test_every_state_has_an_icon_that_the_sprite_draws() -> None:
    drawn = set(re.findall(r'id="i-([a-z]+)"', SPRITE))
    assert {shown.icon for shown in look.STATES.values()} <= drawn
    assert set(look.KIND_ICONS.values()) <= drawn
    named_in_templates = {
        name
        for template in TEMPLATES
        for name in re.findall(r'{% icon "([a-z]+)"', template.read_text())
    }
    assert named_in_templates <= drawn


def test_no_state_is_called_a_failure() -> None:
    assert not any("fail" in shown.word.lower() for shown in look.STATES.values())


def test_a_state_can_be_said_more_exactly() -> None:
    assert words(rendered('{% standing_state "returned" word="Sent back by IQA" %}')) == (
        "Sent back by IQA"
    )


def test_user_text_is_escaped() -> None:
    assert "<b>" not in rendered('{% state "ok" word %}', word="<b>x</b>")
    assert "<b>" not in rendered('{% icon "tick" label=word %}', word='"><b>')


def test_the_strip_groups_by_outcome_and_marks_the_present_one() -> None:
    items = [
        {"number": "1.1", "url": "#a", "state": "pass"},
        {"number": "1.2", "url": "#b", "state": "referral"},
        SimpleNamespace(
            number="2.1", url="#c", kind="off", icon="ring", word="Not decided", current=True
        ),
        {"number": "2.2", "url": "", "state": "undecided"},
    ]
    html = rendered('{% criterion_strip items label="All four" %}', items=items)
    assert [group.count("<a ") + group.count('"still') for group in html.split("<ol>")[1:]] == [
        2,
        2,
    ]
    assert re.findall(r'href="(#[a-c])"', html) == ["#a", "#b", "#c"]
    assert re.findall(r'href="([^"]+)" aria-current="true"', html) == ["#c"]
    assert re.findall(r'aria-label="([^"]+)"', html) == [
        "All four",
        "pass",
        "referral",
        "not decided",
        "not decided",
    ]


def test_a_digest_stands_in_groups_of_four() -> None:
    assert words(rendered("{% digest hex %}", hex=DIGEST)) == " ".join(["9f2c", "41ab"] * 8)
    assert rendered("{% digest raw short=True %}", raw=bytes.fromhex(DIGEST)) == (
        '<span class="hash">9f2c 41ab 9f2c</span>'
    )


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 h"), (40, "0 h 40"), (60, "1 h"), (65, "1 h 05"), (870, "14 h 30"), (None, "")],
)
def test_minutes_read_as_hours(minutes: int | None, text: str) -> None:
    assert rendered("{{ minutes|hours }}", minutes=minutes) == text
    assert words(rendered("{% duration minutes %}", minutes=minutes)) == text


def test_a_moment_is_shown_in_the_current_zone() -> None:
    summer = datetime(2026, 7, 1, 23, 30, 5, tzinfo=UTC)
    with timezone.override("Europe/London"):
        assert words(rendered("{% when at %}", at=summer)) == "2 Jul 2026, 00:30"
        assert words(rendered("{% when at seconds=True %}", at=summer)) == "2 Jul 2026, 00:30:05"
        assert words(rendered("{% when at year=False time=False %}", at=summer)) == "2 Jul"
        assert 'datetime="2026-07-02T00:30:05+01:00"' in rendered("{% when at %}", at=summer)
    assert words(rendered("{% when day %}", day=date(2026, 11, 7))) == "7 Nov 2026"
    assert rendered("{% when nothing %}", nothing=None) == ""


@pytest.mark.parametrize(
    ("days", "due", "since"),
    [
        (0, "today", "today"),
        (1, "tomorrow", "tomorrow"),
        (6, "in 6 days", "in 6 days"),
        (1076, "in 1,076 days", "in 1,076 days"),
        (-1, "1 day over", "yesterday"),
        (-2, "2 days over", "2 days ago"),
    ],
)
def test_a_distance_counts_days(days: int, due: str, since: str) -> None:
    day = timezone.localdate() + timedelta(days=days)
    assert rendered("{% distance day %}", day=day) == due
    assert rendered('{% distance day past="ago" %}', day=day) == since


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "1 byte"),
        (812, "812 bytes"),
        (214_300, "214 KB"),
        (999_499, "999 KB"),
        (999_500, "1.0 MB"),
        (17_600_000, "17.6 MB"),
        (2_500_000_000, "2.5 GB"),
    ],
)
def test_sizes_are_short(size: int, text: str) -> None:
    assert rendered("{{ size|filesize_short }}", size=size) == text


@pytest.mark.parametrize(
    ("have", "of", "width"), [(7, 11, "63.7%"), (0, 11, "0%"), (12, 11, "100%"), (1, 0, "0%")]
)
def test_a_bar_stays_within_its_track(have: int, of: int, width: str) -> None:
    html = rendered('{% bar have of label="Seven of eleven" %}', have=have, of=of)
    assert f'class="a" width="{width}"' in html
    assert 'aria-label="Seven of eleven"' in html


def test_the_pager_keeps_the_query_and_its_place() -> None:
    request = RequestFactory().get("/", {"q": "maple & oak", "page": "2"})
    page = Paginator(range(1236), 50).page(2)
    html = rendered('{% pager page noun="registrations" %}', page=page, request=request)
    assert "51–100 of 1,236 registrations" in words(html)
    assert 'href="?q=maple+%26+oak&amp;page=1" rel="prev"' in html
    assert 'href="?q=maple+%26+oak&amp;page=3" rel="next"' in html
    single = rendered("{% pager page %}", page=Paginator(range(3), 50).page(1), request=request)
    assert words(single) == "1–3 of 3"
    assert "<a" not in single


def test_a_breadcrumb_ends_at_this_page() -> None:
    html = rendered('{% breadcrumb "Queue" "/q" "Asha Rowan, 501" "/d" "Sign" %}')
    assert words(html) == "Queue Asha Rowan, 501 Sign"
    assert html.count("<a ") == 2
    assert 'aria-current="page">Sign' in html
    with pytest.raises(ValueError, match="label and address"):
        rendered('{% breadcrumb "Queue" "Sign" %}')


@pytest.mark.parametrize(
    ("zone", "sentence"),
    [
        ("Europe/London", "Times are shown in UK time."),
        ("America/New_York", "Times are shown as in New York."),
        ("UTC", "Times are shown in UTC."),
    ],
)
def test_the_zone_is_named(zone: str, sentence: str) -> None:
    with timezone.override(zone):
        assert rendered("{% zone_sentence %}") == sentence


def test_the_panels_say_what_they_are_given() -> None:
    refusal = render_to_string(
        "components/refusal.html",
        {
            "title": "Not submitted",
            "why": "Your registration ended on 18 Nov 2026.",
            "items": ["Unit 501"],
            "next_step": "Ask your centre to register you again.",
            "url": "/centre",
            "action": "Write to it",
            "alert": True,
        },
    )
    assert words(refusal) == (
        "Not submitted Your registration ended on 18 Nov 2026. Unit 501 "
        "Ask your centre to register you again. Write to it"
    )
    assert 'role="alert"' in refusal
    gate = render_to_string(
        "components/gate.html",
        {
            "title": "Submitting opens when",
            "items": [
                "2.1 has 18 hours.",
                SimpleNamespace(text="3.4 has evidence.", url="#ac-3-4"),
            ],
        },
    )
    assert words(gate) == "Submitting opens when 2.1 has 18 hours. 3.4 has evidence."
    assert '<a href="#ac-3-4">3.4 has evidence.</a>' in gate
    empty = render_to_string(
        "components/empty.html", {"title": "No evidence yet", "url": "/add", "action": "Add a file"}
    )
    assert words(empty) == "No evidence yet Add a file"
    trail = render_to_string(
        "components/timeline.html",
        {
            "entries": [
                {"title": "Declared", "detail": "Asha Rowan", "state": "valid", "digest": DIGEST},
                {"title": "Your signature", "detail": "Now"},
            ]
        },
    )
    assert words(trail) == "Declared Asha Rowan · 9f2c 41ab 9f2c Your signature Now"
    assert icons_of(trail) == {"tick", "ring"}


def test_a_hint_stands_above_its_field_and_a_refusal_below_it() -> None:
    form = Everything({"name": ""})
    html = Template("{% load crispy_forms_tags %}{{ form|crispy }}").render(Context({"form": form}))
    name = html[html.index('id="div_id_name"') : html.index('id="div_id_roles"')]
    places = [
        name.index(mark)
        for mark in ("<label", 'id="id_name_helptext"', "<input", 'id="id_name_error"')
    ]
    assert places == sorted(places)
    assert 'aria-describedby="id_name_helptext id_name_error"' in name
    assert 'aria-invalid="true"' in name
    assert icons_of(name) == {"alert"}
    assert "Comment <span" in html
    assert "(optional)" in html
    assert '<fieldset id="div_id_roles"' in html
    assert 'aria-describedby="id_roles_helptext id_roles_error"' in html
    assert "The learner is 17 on that day." in words(html)


def test_allauths_forms_speak_our_words() -> None:
    from allauth.account.forms import LoginForm

    refused = LoginForm({"login": "", "password": ""})
    assert not refused.is_valid()
    for form in (LoginForm(), refused):
        html = Template("{% load crispy_forms_tags look %}{{ form|in_plain_words|crispy }}").render(
            Context({"form": form})
        )
        assert "placeholder" not in html
        assert "E-mail address</label>" in html


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_inline(template: Path) -> None:
    source = template.read_text()
    assert not re.search(r"\sstyle\s*=|<style|\son[a-z]+\s*=|javascript:|hx-on", source)
    for attributes in re.findall(r"<script([^>]*)>", source):
        assert "src=" in attributes or 'type="application/json"' in attributes
