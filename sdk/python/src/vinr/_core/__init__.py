"""What both clients share: how requests are made, repeated and read. It neither sends anything nor waits."""
