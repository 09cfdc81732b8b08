"""Writes `feries.csv`: the public holidays of 2024 to 2035 as the package `holidays` (PyPI, licence MIT) publishes them.

It is what `calendar::is_holiday` is checked against; nothing else reads it. `pip install holidays==0.109`, then
`python3 feries.py > feries.csv`.
"""

import sys

from holidays import country_holidays

# The départements that stand for all those with the same days; the package knows Saint-Pierre-et-Miquelon as PM.
PLACES = {"77": None, "57": "57", "971": "971", "972": "972", "973": "973", "974": "974", "975": "PM", "976": "976"}

sys.stdout.write("territoire;jour\n")
for code, part in PLACES.items():
    for day in sorted(country_holidays("FR", subdiv=part, years=range(2024, 2036))):
        sys.stdout.write(f"{code};{day.isoformat()}\n")
