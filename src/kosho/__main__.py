"""`python -m kosho`: the command line, where no script of its own is on the path."""

from kosho.cli import main

if __name__ == "__main__":
    main()
