"""The contract suite of the adapters, once more, against the emulated cloud."""

import os
import re
import subprocess

from emulator import Emulator
from expand import ROOT


def test_the_adapters_keep_their_contract_on_the_emulated_cloud():
    with Emulator() as emulator:
        run = subprocess.run(
            ["cargo", "test", "--locked", "--package", "suite", "--test", "suite",
             "--", "emulated_cloud"], cwd=ROOT,
            env={**os.environ, "SPIE_EMULATEUR": emulator.endpoint}, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    passed = re.search(r"test result: ok\. (\d+) passed", run.stdout)
    assert passed and int(passed[1]) > 0, run.stdout
