"""python3 -m codegen gen [--check] | check | new OPERATION_ID | pack DIR -o FILE | drift SPEC |
lock SPEC | accept"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Optional

from . import drift, emit_c, emit_clients, emit_completion, emit_docs, emit_llms, emit_man
from . import emit_pages, emit_picture, emit_prompts, emit_settings, emit_tables, emit_visible
from . import lock, new, out, pack, readme, redirects
from .check import check
from .load import LOCK, OVERRIDES, load
from .model import Model
from .problems import Report

HOME = Path(__file__).resolve().parent.parent
EMITTERS = (
    emit_c,
    emit_tables,
    emit_visible,
    emit_prompts,
    emit_pages,
    emit_clients,
    redirects,
    emit_docs,
    emit_settings,
    emit_man,
    emit_completion,
    emit_llms,
    emit_picture,
)


def main(argv: Optional[list[str]] = None) -> int:
    args = _parser().parse_args(argv)
    root = args.root.resolve()
    if args.command == "gen":
        return gen(root, args.check)
    if args.command == "check":
        return 0 if read(root) else 1
    if args.command == "new":
        return new.command(root, args)
    if args.command == "pack":
        return pack.command(root, args)
    if args.command == "drift":
        return drift.command(root, args)
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
    one = commands.add_parser("new", help="write a tool file for one of Asana's operations")
    one.add_argument("operations", nargs="*", metavar="OPERATION_ID", help="as the lock has it")
    one.add_argument("--name", help="the tool's, instead of one that follows V1's")
    one.add_argument("--toolset", help="where it belongs; made when there is no such toolset")
    one.add_argument(
        "--list", nargs="?", const="", metavar="WORD", help="list operations without a tool"
    )
    one = commands.add_parser("pack", help="write further tools into a file for --tools-pack")
    one.add_argument("directory", type=Path, metavar="DIR", help="laid out like schema/tools/")
    one.add_argument("-o", "--output", type=Path, required=True, metavar="FILE")
    one.add_argument("--include-compiled", action="store_true", help=argparse.SUPPRESS)
    one = commands.add_parser("drift", help="say what a newer OpenAPI document means for the tools")
    one.add_argument("spec", type=Path, help="the document, as JSON")
    commands.add_parser("accept", help="make the goldens of tests/codegen again")
    return parser


def read(root: Path) -> Optional[Model]:
    report = Report()
    model = check(load(root, report), report)
    for problem in sorted(set(report.problems)):
        print(problem, file=sys.stderr)
    return model


def emit(model: Model) -> dict[str, str]:
    return {name: text for emitter in EMITTERS for name, text in emitter.emit(model).items()}


def gen(root: Path, only_check: bool) -> int:
    model = read(root)
    if model is None:
        return 1
    folder = root / "generated"
    page = root / readme.FILE
    told = page.read_text(encoding="utf-8") if page.exists() else ""
    fresh = readme.filled(told, model)
    if not only_check:
        for line in out.write(folder, emit(model)):
            print(line)
        if fresh != told:
            page.write_text(fresh, encoding="utf-8")
            print(f"changed {readme.FILE}")
        return 0
    found = out.stale(folder, emit(model)) + ([f"changed {readme.FILE}"] if fresh != told else [])
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
