"""The OpenAPI document, tried by schemathesis on the running process: no server error, whatever is sent."""

import os
import subprocess

from conftest import ROOT

EXAMPLES = os.environ.get("SPIE_EXEMPLES", "25")


def test_no_request_makes_a_server_error(local):
    local.start()
    token = local.token("responsable")
    run = subprocess.run(
        [ROOT / ".outils" / "venv-schemathesis" / "bin" / "schemathesis", "run",
         f"{local.address}/v1/openapi.json", "--header", f"Authorization: Bearer {token}",
         "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
         "--max-examples", EXAMPLES,
         # One thread: with two, Python 3.11 loses count in `ast.parse` (AST constructor recursion depth mismatch).
         "--workers", "1", "--suppress-health-check", "all", "--no-color"],
        cwd=local.data.parent, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-12000:] + run.stderr[-2000:]
