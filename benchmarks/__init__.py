"""Speed with figures: each rate beside a yardstick of the same run, on the same disk, with durable commits."""
