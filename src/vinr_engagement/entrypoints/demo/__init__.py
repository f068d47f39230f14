"""The demo: a real year of a real shop, to see the product work on."""
