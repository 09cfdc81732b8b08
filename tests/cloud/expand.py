"""Reads the SAM template and expands it to plain CloudFormation, as the service would.

The raw form hides the event source mappings and what SAM adds; linters, tests and the emulated
cloud all read the expanded one. As a program: `python -m expand > expanded.json`.
"""

import copy
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import yaml

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "infra" / "template.yaml"


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, read into their long form."""


def _tag(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "Ref" or suffix == "Condition":
        return {suffix: value}
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _tag)


def load():
    """The template as written, tags in their long form."""
    return yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_Loader)


def expand(template, code=lambda name: f"s3://deploiement/{name}.zip"):
    """The CloudFormation that the template becomes; `code` names each function's package."""
    from samtranslator.translator.transform import transform

    template = copy.deepcopy(template)
    for logical, resource in template["Resources"].items():
        if resource["Type"] == "AWS::Serverless::Function":
            name = Path(resource["Properties"]["CodeUri"]).name
            resource["Properties"]["CodeUri"] = code(name)
            resource["Metadata"].pop("BuildMethod", None)  # an instruction to `sam build`
            if not resource["Metadata"]:
                del resource["Metadata"]
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-3")
    return transform(template, {}, SimpleNamespace(load=dict))


if __name__ == "__main__":
    json.dump(expand(load()), sys.stdout, indent=1, ensure_ascii=False)
