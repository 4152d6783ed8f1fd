"""`python -m labimg` is the command `labimg`."""

from labimg.cli import main

raise SystemExit(main())
