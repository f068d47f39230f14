"""What every room stands on: database, clock, ids, money, errors, settings, keys. Knows nothing of loyalty."""
