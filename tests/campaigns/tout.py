"""Joins the reports of all campaigns into one: their last lines in, one JSON object out."""

import json
import sys


def main(expected):
    """Prints the joint report; 1 when a campaign gave none."""
    reports = [json.loads(line) for line in sys.stdin if line.startswith("{")]
    print(json.dumps({
        "campagne": "tout",
        "executions": sum(it["executions"] for it in reports),
        "violations": sum(it["violations"] for it in reports),
        "graines_en_echec": [seed for it in reports for seed in it["graines_en_echec"]],
        "secondes": round(sum(it["secondes"] for it in reports), 1),
        "lignes": reports,
    }, ensure_ascii=False))
    return 0 if len(reports) == expected else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
