"""Names and values of WordprocessingML, as every module that reads Word documents needs them."""

from xml.etree.ElementTree import Element

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_STRICT = {  # the names of "Strict Open XML", as bytes of the part
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": _OFFICE.encode(),
}
DELETED = {f"{W}del", f"{W}moveFrom"}  # by a tracked change


def value(element: Element | None, name: str = "val") -> str:
    return element.get(f"{W}{name}", "") if element is not None else ""


def whole(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 6 else 0


def is_on(element: Element | None) -> bool | None:
    """What a property that is on or off says; None where it is not there."""
    if element is None:
        return None
    return value(element).lower() not in ("0", "false", "off", "none")


def mark_of(paragraph: Element) -> set[str]:
    """The properties of the paragraph's mark: a deleted one runs it together with the next."""
    properties = paragraph.find(f"{W}pPr/{W}rPr")
    return {one.tag for one in properties} if properties is not None else set()


def of_today(part: bytes) -> bytes:
    """The part with the usual names, if it was saved as Strict Open XML."""
    if b"http://purl.oclc.org/ooxml/" in part:
        for strict, usual in _STRICT.items():
            part = part.replace(strict, usual)
    return part


def main_part(relations: Element | None) -> str:
    """The name of the part that holds the text, as the package tells it."""
    for relation in relations if relations is not None else ():
        if relation.get("Type") == f"{_OFFICE}/officeDocument":
            return relation.get("Target", "").lstrip("/")
    return "word/document.xml"
