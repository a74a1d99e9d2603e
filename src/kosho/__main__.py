"""The command line: `kosho`, and `python -m kosho` where no script is on the path."""

from kosho.ending import as_interrupted, end_quietly

__all__ = ["main"]


def main() -> None:
    """Run the command line; see `kosho.cli.main`."""
    end_quietly()
    with as_interrupted():
        from kosho.cli import main as run  # noqa: PLC0415 - it takes a moment, in which one may be interrupted

    run()


if __name__ == "__main__":
    main()
