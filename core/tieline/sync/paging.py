"""All links of a mapping, without holding them all."""

from __future__ import annotations

from collections.abc import Iterator

from tieline.store.nouns import Link
from tieline.sync.context import Context


def link_pages(context: Context, mapping: str) -> Iterator[list[Link]]:
    """In order of the id; each page is read when it is wanted."""
    after, limit = "", context.options.page_of_links
    while True:
        with context.store.reading() as tx:
            links = tx.find_links(context.back_office, mapping, after=after, limit=limit)
        yield links
        if len(links) < limit:
            return
        after = links[-1].id


def all_links(context: Context, mapping: str) -> Iterator[Link]:
    for page in link_pages(context, mapping):
        yield from page
