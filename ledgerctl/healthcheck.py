"""`python -m ledgerctl.healthcheck`: exit 0 if the service at LEDGER_LISTEN says SERVING, else 1.

For container engines and service managers, which want a command.
"""

from __future__ import annotations

import os
import sys

from ledgerctl.embedded.ready import service_serves


def main() -> int:
    """The exit code."""
    return 0 if service_serves(os.environ.get("LEDGER_LISTEN", "")) else 1


if __name__ == "__main__":
    sys.exit(main())
