"""`python -m candor`: the same as the command `candor`."""

from candor.cli.main import main

if __name__ == "__main__":
    main()
