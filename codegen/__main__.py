"""python3 -m codegen gen [--check] | check | lock SPEC [-o FILE] | accept"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Optional

from . import emit_c, emit_docs, emit_tables, lock, out
from .check import check
from .load import LOCK, OVERRIDES, load
from .model import Model
from .problems import Report

HOME = Path(__file__).resolve().parent.parent


def main(argv: Optional[list[str]] = None) -> int:
    args = _parser().parse_args(argv)
    root = args.root.resolve()
    if args.command == "gen":
        return gen(root, args.check)
    if args.command == "check":
        return 0 if read(root) else 1
    if args.command == "lock":
        return make_lock(root, args.spec, args.output or root / LOCK)
    return subprocess.call([sys.executable, str(HOME / "tests/codegen/accept.py")])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python3 -m codegen", description="Makes generated/ out of schema/."
    )
    parser.add_argument(
        "--root", type=Path, default=HOME, help="repository to work on (default: this one)"
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    one = commands.add_parser("gen", help="write what changed in generated/")
    one.add_argument(
        "--check", action="store_true", help="write nothing; fail when generated/ is not fresh"
    )
    commands.add_parser("check", help="check the schema, write nothing")
    one = commands.add_parser(
        "lock", help="make schema/asana.lock.json from Asana's OpenAPI document"
    )
    one.add_argument("spec", type=Path, help="the document, as JSON")
    one.add_argument("-o", "--output", type=Path, help="where to write it instead")
    commands.add_parser("accept", help="make the goldens of tests/codegen again")
    return parser


def read(root: Path) -> Optional[Model]:
    report = Report()
    model = check(load(root, report), report)
    for problem in sorted(set(report.problems)):
        print(problem, file=sys.stderr)
    return model


def emit(model: Model) -> dict[str, str]:
    return {**emit_c.emit(model), **emit_tables.emit(model), **emit_docs.emit(model)}


def gen(root: Path, only_check: bool) -> int:
    model = read(root)
    if model is None:
        return 1
    folder = root / "generated"
    if not only_check:
        for line in out.write(folder, emit(model)):
            print(line)
        return 0
    found = out.stale(folder, emit(model))
    for line in found:
        print(f"generated/ is not fresh: {line}", file=sys.stderr)
    if found:
        print("run `python3 -m codegen gen`", file=sys.stderr)
    return 1 if found else 0


def make_lock(root: Path, spec: Path, output: Path) -> int:
    try:
        document = json.loads(spec.read_text(encoding="utf-8"))
        overrides = json.loads((root / OVERRIDES).read_text(encoding="utf-8"))
        text = lock.write(lock.digest(document, overrides))
    except (OSError, ValueError, lock.LockError) as wrong:
        print(f"lock: {wrong}", file=sys.stderr)
        return 1
    except (KeyError, TypeError, AttributeError) as wrong:
        print(
            f"lock: {spec} is not an OpenAPI 3 document: {type(wrong).__name__} {wrong}",
            file=sys.stderr,
        )
        return 1
    if not output.exists() or output.read_text(encoding="utf-8") != text:
        output.write_text(text, encoding="utf-8")
        print(f"wrote {output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
