"""What 0014 does beyond SQL: the terms of the customers that a store has already."""

from vinr_engagement.foundation import json, wording
from vinr_engagement.foundation.database.port import Session

CUSTOMERS_AT_ONCE = 5_000
_READ = "select listed_id, bucket, id, email, name from customers where listed_id > $1 order by listed_id limit $2"
_WRITE = {
    "sqlite": "insert into customer_terms (bucket, customer, term) select json_extract(value, char(36) || '[0]'),"
    " json_extract(value, char(36) || '[1]'), json_extract(value, char(36) || '[2]') from json_each($1)",
    "postgresql": "insert into customer_terms (bucket, customer, term) select cast(value ->> 0 as bigint), value ->> 1,"
    " value ->> 2 from jsonb_array_elements(cast(cast($1 as text) as jsonb)) as terms (value)",
}


async def fill(session: Session) -> None:
    """Writes the terms of every customer of the store."""
    after = ""
    while found := await session.fetch(_READ, after, CUSTOMERS_AT_ONCE):
        rows = [
            (bucket, customer, term)
            for _, bucket, customer, email, name in found
            for term in sorted(wording.terms(email, name))
        ]
        await session.execute(_WRITE[session.engine], json.text(rows))
        after = found[-1][0]
