// What a load reports: see src/figures.rs.

/** What the process uses from here on. */
export class Measurement {
  #begun = performance.now();
  #before = process.cpuUsage();

  /** Prints the figures of so many operations, which took so many seconds each if they were timed. */
  report(operations, times) {
    const wall = (performance.now() - this.#begun) / 1e3;
    const { user, system } = process.cpuUsage(this.#before);
    times.sort((one, other) => one - other);
    const at = (share) => times[Math.floor(times.length * share)] ?? null;
    const used = { user: user / 1e6, system: system / 1e6, memory: process.memoryUsage.rss() };
    console.log(JSON.stringify({ operations, wall, used, p50: at(0.5), p99: at(0.99) }));
  }
}
