"""``python -m scripts.sdk``: makes ``sdk/openapi.json`` and all generated code of both SDKs anew."""

from scripts.sdk.generated import generated, stale, write


def main() -> None:
    """Writes what changed, removes what is no longer made, and says so."""
    made = generated()
    changed = stale(made)
    write(made, changed)
    print("\n".join(f"{path}" for path in changed) or "Nothing has changed.")


if __name__ == "__main__":
    main()
