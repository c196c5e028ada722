"""The guard against a slow slide: a quick bench with limits that a noisy machine keeps. And that the load generator
finds wrong answers, without which its numbers would say nothing."""

from __future__ import annotations

import os
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import data  # noqa: E402
import instructions  # noqa: E402
import machine  # noqa: E402
import measure  # noqa: E402
import servers  # noqa: E402

PROGRAM = os.environ.get("ASANA_MCP_BIN") or str(machine.ROOT / "build" / "release" / "asana-mcp")

# CPU of a call, nginx's = 1; bytes of an idle session when there are so many; milliseconds to the first tools/list, and
# bytes then: without libcurl and its libraries.
CPU_LIMIT = 4.0
IDLE_LIMIT, IDLE_SESSIONS = 9_000, 1_000
START_LIMIT, RESIDENT_LIMIT = 50.0, 10 << 20

# Rounds until a ratio within the limit is found.
ROUNDS_MOST = 8


class Case(unittest.TestCase):
    bench: measure.Bench

    @classmethod
    def setUpClass(cls) -> None:
        cls.bench = measure.Bench(PROGRAM, seconds=1.0, warmup=0.3)
        cls.bench.__enter__()
        cls.addClassCleanup(cls.bench.__exit__)


class Generator(Case):
    """tests/load/generate against a server whose every hundredth answer is wrong."""

    def generate(self, mode: str, *spoil: str) -> int:
        expect = self.bench.expected(data.TASK)
        on = self.bench.cores.loading
        options = ("--answer", f"/mcp={expect}", *spoil)
        with servers.start_standin(self.bench.new_folder(), on, *options) as standin:
            return int(self.bench.generate(standin, mode, data.TASK, 8, expect, calls=400)["answered"])

    def test_right_answers_are_counted(self) -> None:
        for mode in ("streamable", "sse"):
            with self.subTest(mode):
                self.assertEqual(400, self.generate(mode))

    def test_a_wrong_answer_has_no_result(self) -> None:
        for mode in ("streamable", "sse"):
            for spoil in ("id", "gid", "error", "cut"):
                with self.subTest(mode, spoil=spoil), self.assertRaisesRegex(RuntimeError, "wrong at"):
                    self.generate(mode, "--spoil", spoil)

    def test_a_missing_answer_has_no_result(self) -> None:
        for mode in ("streamable", "sse"):
            with self.subTest(mode), self.assertRaisesRegex(RuntimeError, "connection closed"):
                self.generate(mode, "--spoil", "none")


class Speed(Case):
    def test_a_call_costs_little_more_than_a_proxys(self) -> None:
        for load in measure.QUICK:
            with self.subTest(load.name):
                series = measure.Series({measure.OURS: [], measure.NGINX: []})
                for number in range(ROUNDS_MOST):
                    self.bench.add_round(series, load)
                    ratio = series.least_ratio(measure.OURS, "cpu_us")
                    # The others on a busy machine only make it look slower.
                    if number + 1 >= measure.ROUNDS and ratio <= CPU_LIMIT:
                        break
                self.assertLessEqual(ratio, CPU_LIMIT, "CPU of a call, nginx's = 1")

    def test_an_idle_session_is_small(self) -> None:
        self.assertLessEqual(self.bench.idle(IDLE_SESSIONS), IDLE_LIMIT, "resident bytes of an idle session")

    def test_the_first_listing_is_there_at_once(self) -> None:
        starts = [self.bench.start_once(measure.OURS) for _ in range(9)]
        least = min(spent for spent, _ in starts)
        self.assertLessEqual(least, START_LIMIT, "milliseconds from the start to the first tools/list")
        least_resident = min(resident for _, resident in starts)
        self.assertLessEqual(least_resident, RESIDENT_LIMIT, "resident bytes at the first tools/list")

    def test_a_call_takes_no_more_instructions_than_recorded(self) -> None:
        recorded = instructions.recorded()
        if recorded is None:
            self.skipTest(f"no count for {instructions.system()}: ./dev bench --record")
        most = int(recorded * (1 + instructions.BOUND))
        counted = instructions.one_call(self.bench)
        self.assertLessEqual(counted, most, f"{recorded} are recorded; if it has to be so: ./dev bench --record")


if __name__ == "__main__":
    unittest.main()
