"""The shared look as template tags, so that one thing looks and reads the same on every page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from math import ceil
from typing import Any, Literal, NamedTuple

from django import template
from django.core.paginator import Page
from django.forms import BaseForm
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from qualifications.version_names import NOBODY_NAMED, Versioned
from qualifications.version_names import version_name as name_of

register = template.Library()

Kind = Literal["ok", "act", "wait", "off"]

KIND_ICONS: dict[str, str] = {"ok": "tick", "act": "alert", "wait": "half", "off": "ring"}


class State(NamedTuple):
    """How one state of a record is shown: its meaning, its shape and its word."""

    kind: Kind
    icon: str
    word: str


STATES: dict[str, State] = {
    # A criterion in the learner's eyes.
    "covered": State("ok", "tick", "Covered"),
    "claimed": State("wait", "half", "Claimed"),
    "missing": State("off", "ring", "Missing"),
    # A decision.
    "pass": State("ok", "tick", "Pass"),
    "referral": State("act", "return", "Referral"),
    "undecided": State("off", "ring", "Not decided"),
    # Where a unit or a submission stands.
    "not_started": State("off", "ring", "Not started"),
    "started": State("wait", "half", "Started"),
    "draft": State("off", "form", "Draft"),
    "working_towards": State("wait", "half", "Working towards"),
    "submitted": State("wait", "half", "Submitted"),
    "in_review": State("wait", "half", "In review"),
    "decided": State("wait", "half", "Decided"),
    "internally_confirmed": State("wait", "half", "Internally confirmed"),
    "externally_confirmed": State("ok", "tick", "Externally confirmed"),
    "certificated": State("ok", "tick", "Certificated"),
    "planned": State("wait", "dashring", "Planned"),
    "provisional": State("wait", "dashring", "Provisional"),
    "confirmed": State("ok", "tick", "Confirmed"),
    # A quality check.
    "agreed": State("ok", "tick", "Agreed"),
    "returned": State("act", "return", "Returned"),
    "not_sampled": State("off", "dash", "Not sampled"),
    # A signature or a paper.
    "valid": State("ok", "tick", "Valid"),
    "stale": State("act", "stale", "Stale"),
    "superseded": State("off", "pages", "Superseded"),
    "withdrawn": State("off", "dash", "Withdrawn"),
    "altered": State("act", "alert", "Altered"),
    "blocked": State("act", "alert", "Blocked"),
    "declared": State("ok", "tick", "Signed"),
    "unsigned": State("off", "ring", "Not signed"),
    "queued": State("wait", "dashring", "Waiting to be made"),
    "rendering": State("wait", "half", "Being made"),
    "issued": State("ok", "tick", "Issued"),
    "delayed": State("act", "clock", "Delayed"),
    # A date.
    "overdue": State("act", "clock", "Overdue"),
    "lapses": State("act", "clock", "Lapses"),
    # A membership or a registration.
    "active": State("ok", "tick", "Active"),
    "invited": State("wait", "dashring", "Invited"),
    "paused": State("wait", "dashring", "Paused"),
    "ended": State("off", "dash", "Ended"),
    "expired": State("act", "clock", "Expired"),
    # A notice.
    "unread": State("wait", "dashring", "Not read"),
    "read": State("off", "tick", "Read"),
}


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """One icon of the page's sprite: decorative, or spoken where it has a label."""
    extra = f" {css}" if css else ""
    if label:
        return format_html(
            '<svg class="icon{}" role="img" aria-label="{}"><use href="#i-{}"/></svg>',
            extra,
            label,
            name,
        )
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="#i-{}"/></svg>', extra, name
    )


# The tag is called icon and so are the parameters below.
_icon = icon


@register.simple_tag
def state(kind: str, word: str, icon: str = "", boxed: bool = False) -> SafeString:
    """Icon and word of a state; the colour only repeats them. Boxed once a page, in the heading."""
    if kind not in KIND_ICONS:
        raise ValueError(f"Unknown kind of state: {kind!r}. One of: {', '.join(KIND_ICONS)}.")
    return format_html(
        '<span class="state state-{}{}">{} {}</span>',
        kind,
        " state-boxed" if boxed else "",
        _icon(icon or KIND_ICONS[kind]),
        word,
    )


def state_of(code: str) -> State:
    """The state shown for a code; refuses an unknown one, because a page must not guess."""
    try:
        return STATES[code]
    except KeyError:
        raise ValueError(f"Unknown state code: {code!r}.") from None


@register.simple_tag
def standing_state(code: str, word: str = "", boxed: bool = False) -> SafeString:
    """A record's state by its code; ``word`` says it more exactly in the same shape."""
    shown = state_of(code)
    return state(shown.kind, word or shown.word, shown.icon, boxed)


@register.simple_tag
def trail_icon(code: str) -> SafeString:
    """The icon of a state alone, for a line whose title says the word."""
    shown = state_of(code)
    return icon(shown.icon, label=shown.word.lower(), css=f"state-{shown.kind}")


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*steps: str) -> dict[str, Any]:
    """The way to this page: label and address in turn, and last this page's own label."""
    *above, here = steps
    if len(above) % 2:
        raise ValueError("A breadcrumb is label and address in turn, then this page's label.")
    return {"above": list(zip(above[::2], above[1::2], strict=True)), "here": here}


@dataclass(frozen=True)
class StripCell:
    """One criterion of the strip, ready to be drawn."""

    number: str
    url: str
    kind: str
    icon: str
    word: str
    current: bool
    group: str


def _read(item: Any, name: str) -> Any:
    if isinstance(item, Mapping):
        return item.get(name)
    return getattr(item, name, None)


def _strip_cell(item: Any) -> StripCell:
    number = str(_read(item, "number"))
    code = _read(item, "state")
    shown = state_of(code) if code else None
    group = _read(item, "group")
    return StripCell(
        number=number,
        url=_read(item, "url") or "",
        kind=_read(item, "kind") or (shown.kind if shown else "off"),
        icon=_read(item, "icon") or (shown.icon if shown else "ring"),
        word=_read(item, "word") or (shown.word if shown else ""),
        current=bool(_read(item, "current")),
        group=str(group) if group is not None else number.split(".", maxsplit=1)[0],
    )


@register.inclusion_tag("components/criterion_strip.html")
def criterion_strip(items: Iterable[Any], label: str = "Criteria at a glance") -> dict[str, Any]:
    """Every criterion in one line, grouped by outcome.

    Items are objects or mappings with ``number`` and ``url``, and either ``state`` (a code) or
    ``kind``, ``icon`` and ``word``; ``current`` and ``group`` where wanted.
    """
    cells = [_strip_cell(item) for item in items]
    return {
        "label": label,
        "groups": [list(group) for _, group in groupby(cells, key=lambda cell: cell.group)],
    }


def _groups_of_four(digits: str) -> list[str]:
    return [digits[at : at + 4] for at in range(0, len(digits), 4)]


@register.simple_tag
def digest(value: str | bytes | memoryview, short: bool = False) -> SafeString:
    """A hash in groups of four that people can compare by eye; short: its first twelve digits."""
    digits = value.lower() if isinstance(value, str) else bytes(value).hex()
    if short:
        return format_html('<span class="hash">{}</span>', " ".join(_groups_of_four(digits[:12])))
    spans = format_html_join(" ", "<span>{}</span>", ((four,) for four in _groups_of_four(digits)))
    return format_html('<span class="digest">{}</span>', spans)


@register.filter
def hours(minutes: int | None) -> str:
    """Minutes as ``14 h 30``, ``1 h`` or ``0 h 40``; empty for None."""
    if minutes is None:
        return ""
    whole, rest = divmod(int(minutes), 60)
    return f"{whole} h {rest:02}" if rest else f"{whole} h"


@register.simple_tag
def duration(minutes: int | None) -> SafeString:
    """Minutes as ``14 h 30`` in a time element."""
    if minutes is None:
        return SafeString("")
    whole, rest = divmod(int(minutes), 60)
    return format_html(
        '<time class="nowrap" datetime="PT{}H{}M">{}</time>', whole, rest, hours(minutes)
    )


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


@register.simple_tag
def when(
    moment: datetime | date | None, seconds: bool = False, year: bool = True, time: bool = True
) -> SafeString:
    """``17 Nov 2026, 14:32`` in the current zone; a date without its time; nothing for None."""
    if moment is None:
        return SafeString("")
    shown = _local(moment) if isinstance(moment, datetime) else moment
    text = date_format(shown, "j M Y" if year else "j M")
    if time and isinstance(shown, datetime):
        text += date_format(shown, ", H:i:s" if seconds else ", H:i")
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>',
        shown.isoformat(timespec="seconds") if isinstance(shown, datetime) else shown.isoformat(),
        text,
    )


@register.simple_tag
def distance(day: date | datetime | None, past: Literal["over", "ago"] = "over") -> str:
    """How far a day is from today: ``in 6 days``, ``today``, ``2 days over`` or ``4 days ago``."""
    if day is None:
        return ""
    at = _local(day).date() if isinstance(day, datetime) else day
    days = (at - timezone.localdate()).days
    if days == 0:
        return "today"
    if days > 0:
        return "tomorrow" if days == 1 else f"in {days:,} days"
    if past == "ago":
        return "yesterday" if days == -1 else f"{-days:,} days ago"
    return "1 day over" if days == -1 else f"{-days:,} days over"


@register.filter
def filesize_short(size: int | None) -> str:
    """Bytes as ``812 bytes``, ``214 KB`` or ``17.6 MB``; one KB is 1000 bytes."""
    if size is None:
        return ""
    if size < 1000:
        return "1 byte" if size == 1 else f"{size} bytes"
    if size < 999_500:
        return f"{size / 1000:.0f} KB"
    if size < 999_500_000:
        return f"{size / 1_000_000:.1f} MB"
    return f"{size / 1_000_000_000:.1f} GB"


@register.inclusion_tag("components/bar.html")
def bar(have: float, of: float, label: str) -> dict[str, Any]:
    """A share as a bar: ``have`` of ``of``; the label says in words what it shows."""
    share = 0.0 if of <= 0 else min(max(have / of, 0.0), 1.0)
    return {"width": f"{ceil(share * 1000) / 10:g}%", "label": label}


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page[Any], noun: str = "") -> dict[str, Any]:
    """Which rows these are of how many, and links to the pages beside; keeps the query string."""

    def address(number: int) -> str:
        query = context["request"].GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "noun": noun,
        "previous_url": address(page.number - 1) if page.has_previous() else "",
        "next_url": address(page.number + 1) if page.has_next() else "",
    }


# The labels of allauth's forms, in the words that the other pages use.
PLAIN_LABELS = {
    "email": "E-mail address",
    "login": "E-mail address",
    "oldpassword": "Present password",
    "password1": "New password",
    "password2": "New password, once more",
}


@register.filter
def in_plain_words(form: BaseForm) -> BaseForm:
    """One of allauth's forms with our labels, and no text in a field that typing would wipe."""
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        form[name].label = PLAIN_LABELS.get(name, form[name].label)
    return form


@register.inclusion_tag("components/saved_status.html")
def saved_status(time: str = "") -> dict[str, Any]:
    """The line that says whether the typing is saved; autosave.js keeps it true."""
    return {"time": time}


@register.simple_tag(takes_context=True)
def version_name(context: template.Context, version: Versioned) -> str:
    """A version by its label and, if a centre owns it, by the name of the page's centre."""
    centre = context.get("centre") or getattr(getattr(context, "request", None), "centre", None)
    return name_of(version, centre.name if centre else NOBODY_NAMED)


@register.simple_tag
def zone_sentence() -> str:
    """In which zone the page's times are."""
    name = timezone.get_current_timezone_name()
    if name == "Europe/London" or name in {"GMT", "BST"}:
        return "Times are shown in UK time."
    if "/" in name:
        city = name.rsplit("/", maxsplit=1)[1].replace("_", " ")
        return f"Times are shown as in {city}."
    return f"Times are shown in {name}."
