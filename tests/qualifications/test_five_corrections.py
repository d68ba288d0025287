"""The mistakes of the five documents: each is a correction, beside the value that it is about."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.qualifications.fixture_recount import DOCUMENTS, content_of, criteria_by_key

Content = dict[str, dict[str, Any]]

# Each inconsistency that the careful reading of the documents found, and the corrections for it.
CORRECTIONS = {
    "8577": {
        "AC 3.1 and 3.2 of 303 copy 2.1 and 2.2": ["Unit 303, AC 3.1", "Unit 303, AC 3.2"],
        "302 has no heading": ["Unit 302, heading"],
        "capitals vary": ["Titles of units, capitals"],
        "loose digits 1 to 8": ["Units, loose digits"],
        "a bracket is missing": ["Rules of combination, Award"],
        "credits are paired with awards by order alone": [
            "Rules of combination, which credits are whose"
        ],
        "candidates for clients": ["Unit 302, AC 1.1"],
        "be able reflect": ["Unit 303, outcome 2"],
        "stray path": ["Rules of combination, stray text"],
        "no numbers, hours or times": ["Units, accreditation numbers, guided hours and total time"],
        "no method": ["Units, method of assessment"],
        "no descriptors": ["Units, descriptors of a pass and of a referral"],
        "no full title": ["Qualification, full title"],
        "no date": ["Qualification, date and version"],
    },
    "8581": {
        "level 5 in a level 7 document": [
            "Level of the qualification, box",
            "Level of the qualification, Award line",
        ],
        "no Award": ["Rules of combination, Award"],
        "credits are paired with awards by order alone": ["Rules of combination, units"],
        "won for own": ["Unit 703, title"],
        "a missing how": ["Unit 703, AC 2.2"],
        "opening for operating": ["Unit 703, AC 3.1"],
        "stray path and digit": ["Document, stray text"],
        "practise as a noun": ["Document, spelling"],
        "an article before a plural": ["Unit 702, AC 1.1"],
        "702 joins 2.1 and 2.2 of 701": ["Unit 702, AC 2.1", "Unit 702, AC 2.2"],
        "hours without at least": ["Unit 701, AC 2.1, hours", "Unit 702, AC 2.1, hours"],
        "no numbers, hours or times": ["Units, accreditation numbers, guided hours and total time"],
        "no method": ["Units, method of assessment"],
        "no descriptors": ["Units, descriptors of a pass and of a referral"],
        "no full title": ["Qualification, full title"],
        "no date": ["Qualification, date and version"],
    },
    "8588": {
        "the first table lost titles and a total time": ["Pathways, titles and total time"],
        "induction and tutorials in one sentence": ["Pathways, induction and tutorial hours"],
        "phrases of other handbooks": [
            "Assessment methods, onscreen tests",
            "Assessment strategy, practical mentoring",
        ],
        "an appendix without its label": ["Appendix 1"],
        "and for or in 500 1.3": ["Unit 500, AC 1.3, too few benefits"],
        "a negative missing in 500 1.4": ["Unit 500, AC 1.4, referral descriptor"],
        "a model of evaluation in one place alone": ["Unit 500, AC 1.4, evaluation model"],
        "two barriers or four": ["Unit 500, AC 1.5, number of barriers"],
        "a word missing in 500 3.1": ["Unit 500, AC 3.1, membership body"],
        "variants of a criterion": [
            "Unit 500, AC 3.2, statement",
            "Unit 501, AC 3.3, supervision",
            "Unit 502, AC 1.2, statement",
            "Unit 502, AC 1.3, stakeholders",
            "Unit 502, AC 3.3, supervision",
            "Unit 503, AC 1.3, statement",
            "Unit 503, AC 2.3, statement",
        ],
        "over for at least": [
            "Unit 501, AC 1.1, hours planned",
            "Unit 502, AC 1.1, hours planned",
        ],
        "outcomes for goals": ["Unit 501, AC 1.2, goals agreed"],
        "the exception in 501 alone": [
            "Unit 501, AC 2.1, fourth client",
            "Unit 502, AC 2.1, fourth client",
        ],
        "client feedback at two times": [
            "Unit 501, AC 2.3, when clients give feedback",
            "Unit 502, AC 2.3, when clients give feedback",
        ],
        "development missing in 3.1": [
            "Unit 501, AC 3.1, referral and pass",
            "Unit 502, AC 3.1, referral and pass",
        ],
        "no form for supervision": [
            "Unit 501, AC 3.3, form for supervision",
            "Unit 502, AC 3.3, form for supervision",
        ],
        "needs of two clients or of each": ["Unit 502, AC 1.2, whose needs"],
        "examples end at 2.4": ["Unit 502, AC 3.1 to 3.4, examples of evidence"],
        "Unit Outcome twice": [
            "Unit 502, result sheet, last lines",
            "Unit 503, result sheet, last lines",
        ],
        "one meeting or several": ["Units 501 and 502, aim, meeting with the supervisor"],
        "forms named and not supplied": [
            "Units 501 and 502, form for supervision outcomes",
            "Units 501 and 502, form for a summary review",
        ],
        "documents shown again that do not exist": [
            "Unit 503, AC 2.1, SWOT shown again",
            "Unit 503, AC 2.2, plan shown again",
            "Unit 503, AC 2.3, monitoring form shown again",
        ],
        "Continuous or Continuing": ["Unit 503, AC 2.3, CPD"],
        "time counters": [
            "All units, recorded discussion, time counters",
            "All units, result sheets, time counters",
        ],
    },
    "D5": {
        "12 credits on the unit's page": ["Unit D5.02, credit value"],
        "scrambled columns": ["List of units, columns"],
        "units of another award": ["Assessment overview, units"],
        "strokes read as 1, or lost": [
            "Mark sheet D5.01, boxes",
            "Mark sheet D5.01, box of the barriers",
            "Mark sheet D5.02 and D5.03, box of section 1",
        ],
        "11 for 1.1": ["Unit D5.01, number of the first criterion"],
        "numbers away from their text": [
            "Unit D5.01, numbers of the criteria",
            "Unit D5.03, numbers of the criteria",
        ],
        "5.03 for D5.03": ["Diary, heading"],
        "single characters": ["Whole document, single characters"],
        "ends of items away from them": ["Unit D5.01, indicative content"],
        "2007 or 2008": ["Unit D5.03, available from"],
        "standards out of order": ["Unit D5.03, occupational standards"],
        "minimum credits and hours": ["Credits and guided hours of the Certificate"],
        "what the 45 hours hold": ["Guided hours of the Certificate, what they hold"],
        "no accreditation number": ["Accreditation number"],
        "no word counts": ["Assessments, word counts"],
        "marks without a criterion": ["Mark sheet D5.01, section on the context"],
        "and for or on the sheets": [
            "Mark sheet D5.01, bullets on outcome 2",
            "Unit D5.03, AC 3.3, bullet of the mark sheet",
        ],
        "slips in the task": ["Diary, task of section 1"],
        "a title without mentoring": ["Diary, title of section 2"],
        "a stray to": ["Unit D5.03, outcome 3"],
        "no learner's name": ["Mark sheets, learner's name"],
    },
    "D7": {
        "the sheet breaks off": [
            "Mark sheet D7.02 and D7.03, section 2",
            "Mark sheet D7.02 and D7.03, section 3, heading",
            "Mark sheet D7.02 and D7.03, section 3, first criterion",
        ],
        "clipped outcomes": [
            "D7.01, outcome 1",
            "D7.02, outcomes 1, 2 and 3",
            "D7.03, outcomes 1 and 2",
        ],
        "two criteria in two units": [
            "D7.02, AC 3.2",
            "D7.02, AC 3.3",
            "D7.03, AC 3.2",
            "D7.03, AC 3.3",
        ],
        "worded for level 5": ["D7.03, aim", "Diary, task"],
        "the supervisor is left out": ["Mark sheet D7.02 and D7.03, bullet for D7.03 AC 3.1"],
        "a missing on": ["Mark sheet D7.02 and D7.03, bullet for AC 3.2"],
        "a Cyrillic letter": ["Mark sheet D7.01, column heading"],
        "loose digits": ["Indicative content, loose digits"],
        "two items in one line": ["D7.02, indicative content"],
        "two sentences in one": ["Competence of staff, first sentence"],
        "no learner's name": ["Mark sheets, learner's name"],
        "no word counts": ["Assessments, word counts"],
    },
}


@pytest.fixture(scope="module")
def content() -> Content:
    return {number: content_of(number) for number in DOCUMENTS}


def corrections(content: Content) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, document in content.items():
        for correction in document["corrections"]:
            yield number, correction


@pytest.mark.parametrize("number", DOCUMENTS)
def test_every_inconsistency_of_a_document_has_its_corrections(
    content: Content, number: str
) -> None:
    fields = [correction["field"] for correction in content[number]["corrections"]]
    expected = [field for found in CORRECTIONS[number].values() for field in found]
    assert sorted(fields) == sorted(expected)
    assert len(set(fields)) == len(fields)


def test_every_correction_says_what_was_found_what_is_used_and_why(content: Content) -> None:
    for number, correction in corrections(content):
        texts = [correction[key].strip() for key in ("field", "raw", "used", "reason")]
        assert all(texts), (number, correction)
        assert correction["raw"] != correction["used"]
        assert len(correction["raw"].split()) <= 18, (number, correction["raw"])


def test_a_correction_of_one_unit_or_criterion_stands_beside_it(content: Content) -> None:
    for number, correction in corrections(content):
        field = correction["field"]
        units = {unit["ref"]: unit for unit in content[number]["units"]}
        ref, criterion = correction.get("unit"), correction.get("criterion")
        if ref:
            assert ref in units, field
            assert units[ref]["number"] in field or field.startswith(("Diary", "Appendix")), field
        if criterion:
            assert ref and f"{ref} {criterion}" in criteria_by_key(content[number]), field
        # Whatever names one unit, or one criterion, is tied to it.
        named = {unit["number"] for unit in units.values() if unit["number"] in field}
        if len(named) == 1:
            assert ref and units[ref]["number"] in named, field
        if (found := re.search(r"\bAC (\d\.\d)\b(?! to)", field)) and len(named) == 1:
            assert criterion == found[1], field
