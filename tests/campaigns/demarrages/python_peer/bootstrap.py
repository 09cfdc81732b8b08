"""The Python peer's process: its handler, in the loop that every function in Python is served by here."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "comparaison"))

from handler import handler
from runtime import serve

serve(handler)
