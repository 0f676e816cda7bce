"""Gettext catalogues, written so that the same words give the same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

_HEADER = 'msgid ""\nmsgstr ""\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n{type}\n\n'
_TYPE = '"Content-Type: text/plain; charset=utf-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"'


@dataclass(frozen=True, slots=True)
class Written:
    """One entry as it stands in a file; `line` is that of its `msgid`."""

    source: str
    translation: str
    line: int
    fuzzy: bool = False


def written(language: str, entries: Mapping[str, str], places: Mapping[str, Sequence[str]]) -> bytes:
    """A file in the order of `entries`; `places` tells translators where each stands."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalog = Catalog()
    for source, translation in entries.items():
        catalog.add(source, translation, locations=[(place, 0) for place in places.get(source, ())])
    out = BytesIO()
    write_po(out, catalog, width=100, omit_header=True, include_lineno=False)
    head = _HEADER.format(language=language, type=_TYPE)
    return head.encode() + out.getvalue()


def entries(po: bytes) -> Iterable[Written]:
    """Everything in a file, in its order. Raises ValueError with the line of what is no catalogue."""
    from babel.messages.pofile import PoFileError, read_po

    try:
        catalog = read_po(BytesIO(po), abort_invalid=True)
    except PoFileError as error:
        raise ValueError(f"line {error.lineno}: {error}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 ({error.reason})") from None
    return [Written(str(one.id), str(one.string or ""), one.lineno or 0, one.fuzzy) for one in catalog if one.id]
