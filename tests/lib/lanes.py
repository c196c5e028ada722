"""Runs tests that mostly wait, several at a time.

A class of tests that has `lanes` gets each of its tests run in a thread of one of them, which the test finds as `lane`;
a lane runs one test at a time. All other classes run as ever. Use it as a module's load_tests:

    def load_tests(loader, tests, pattern):
        return InLanes(tests)"""

from __future__ import annotations

import queue
import sys
import threading
import unittest
from typing import Any, Iterator

SAID = """addSuccess addError addFailure addSkip addExpectedFailure addUnexpectedSuccess addSubTest""".split()


class Recorder(unittest.TestResult):
    """What is said of one test, to be said again."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, tuple[Any, ...]]] = []

    def replay(self, test: unittest.TestCase, result: unittest.TestResult) -> None:
        result.startTest(test)
        for name, values in self.said:
            getattr(result, name)(*values)
        result.stopTest(test)


def _recorded(name: str) -> Any:
    def say(self: Recorder, *values: Any) -> None:
        self.said.append((name, values))

    return say


for _name in SAID:
    setattr(Recorder, _name, _recorded(_name))


class InLanes(unittest.TestSuite):
    def run(self, result: unittest.TestResult, debug: bool = False) -> unittest.TestResult:
        by_class: dict[type, list[unittest.TestCase]] = {}
        for test in each(self):
            by_class.setdefault(type(test), []).append(test)
        for cls, tests in by_class.items():
            if hasattr(cls, "lanes"):
                run_class(cls, tests, result)
            else:
                unittest.TestSuite(tests).run(result)
        return result


def each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for one in suite:
        if isinstance(one, unittest.TestSuite):
            yield from each(one)
        else:
            yield one


def run_class(cls: Any, tests: list[unittest.TestCase], result: unittest.TestResult) -> None:
    try:
        cls.setUpClass()
        try:
            run_tests(cls.lanes, tests, result)
        finally:
            cls.tearDownClass()
    except Exception:
        result.addError(tests[0], sys.exc_info())
    finally:
        cls.doClassCleanups()
        for wrong in cls.tearDown_exceptions:
            result.addError(tests[0], wrong)


def run_tests(lanes: list[Any], tests: list[unittest.TestCase], result: unittest.TestResult) -> None:
    left: queue.SimpleQueue[unittest.TestCase] = queue.SimpleQueue()
    for test in tests:
        left.put(test)
    lock = threading.Lock()

    def work(lane: Any) -> None:
        while True:
            try:
                test: Any = left.get_nowait()
            except queue.Empty:
                return
            recorder = Recorder()
            test.lane = lane
            test.run(recorder)
            with lock:
                recorder.replay(test, result)

    threads = [threading.Thread(target=work, args=(lane,)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
