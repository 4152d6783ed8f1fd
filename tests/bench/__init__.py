"""What the work costs, beside the programs that do the same; `make bench` runs it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # where the tests find one another's rooms
