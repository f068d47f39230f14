"""Finding members by what people type: the beginning of an id, of an address, of any word of a name.

Each kind of match is a range of an index, of which :data:`SEARCHED_AT_MOST` are looked at, the alphabetically first: a letter
that half of all members begin with costs no more than a whole name.
"""

from vinr_engagement.foundation import wording
from vinr_engagement.foundation.database.page import Filters

SEARCHED_AT_MOST = 1_000
"""How many matches of each kind are looked at."""

_AFTER_ALL = "\U0010ffff"
_ACCOUNTS = "select id from accounts where id >= {} and id < {} order by id desc"
_LINKS = "select account from customer_links where customer{c} >= {} and customer{c} < {} order by customer{c}"
_TERMS = "select bucket, customer from customer_terms where term >= {} and term < {} order by term, customer"
_LINKED = ("account", "customer_links as l", "l.bucket = t.bucket and l.customer = t.customer")
_OWNED = ("id", "accounts as a", "a.customer = t.customer")
"""What a customer has: the column of an account's id, the table, and what joins it."""


def found_by(filters: Filters, text: str, *, engine: str, active: bool) -> Filters:
    """Adds that the account is one of those that a text finds; ``active`` where only active ones are asked for.

    An account is found by its id, and by the customers that resolve to it: their ids, names and addresses. One that is not
    active is found by the customer that it was for, too, whom another account may serve by now.
    """
    by_bytes = ' collate "C"' if engine == "postgresql" else ""
    found = [(_first(_ACCOUNTS), text.lower()), (_first(_LINKS.replace("{c}", by_bytes)), text)]
    for wanted in _spellings(text):
        found += [(_of_customers(*held, engine), wanted) for held in ((_LINKED,) if active else (_LINKED, _OWNED))]
    arguments = [bound for _, wanted in found for bound in (wanted, wanted + _AFTER_ALL)]
    every = " union ".join(query for query, _ in found)
    if not active:
        every += " union select id from accounts where customer = {}"
        arguments.append(text)
    return filters.looked_up("id", every, *arguments, engine=engine)


def _of_customers(column: str, table: str, on: str, engine: str) -> str:
    """What the customers found by their terms have, looked up one by one."""
    terms = f"({_bounded(_TERMS)}) as t"
    if engine == "sqlite":
        return f"select {column} from {terms} join {table} on {on}"
    # Otherwise PostgreSQL may read the whole table: it takes a member for dearer to look up than it is.
    return f"select {column} from {terms} cross join lateral (select {column} from {table} where {on} offset 0) as held"


def _first(query: str) -> str:
    return f"select * from ({_bounded(query)}) as found"


def _bounded(query: str) -> str:
    return f"{query} limit {SEARCHED_AT_MOST}"


def _spellings(text: str) -> list[str]:
    """What terms begin with that the text means: an address as it is, a name by its words."""
    address, name = wording.plain(text), wording.words(text)
    return sorted({address, name} - {""}) if "@" not in text else [address]
