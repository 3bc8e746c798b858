"""What a load reports: see src/figures.rs."""

import json
import resource
import time


class Measurement:
    """What the process uses from here on."""

    def __init__(self):
        self.begun = time.perf_counter()
        self.before = resource.getrusage(resource.RUSAGE_SELF)

    def report(self, operations, times):
        """Prints the figures of so many operations, which took so long each if they were timed."""
        wall = time.perf_counter() - self.begun
        after = resource.getrusage(resource.RUSAGE_SELF)
        times = sorted(times)
        used = {
            "user": after.ru_utime - self.before.ru_utime,
            "system": after.ru_stime - self.before.ru_stime,
            "memory": resident(),
        }
        figures = {
            "operations": operations,
            "wall": wall,
            "used": used,
            "p50": times[len(times) // 2] if times else None,
            "p99": times[len(times) * 99 // 100] if times else None,
        }
        print(json.dumps(figures), flush=True)


def resident():
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()
