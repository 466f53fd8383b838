"""The command line of Updraft."""

import sys


def main() -> int:
    """Run one command."""
    sys.stderr.write("no commands yet\n")
    return 2


if __name__ == "__main__":
    sys.exit(main())
