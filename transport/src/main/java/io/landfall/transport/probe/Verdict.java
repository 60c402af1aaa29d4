package io.landfall.transport.probe;

/** Whether a check succeeded, what it saw, and whether it was not run for a limit of our own. */
record Verdict(boolean ok, String why, boolean notRun) {
  static Verdict good(String why) {
    return new Verdict(true, why, false);
  }

  static Verdict bad(String why) {
    return new Verdict(false, why, false);
  }

  static Verdict notRun(String why) {
    return new Verdict(false, why, true);
  }

  ProbeResult seenNow() {
    return new ProbeResult(ok, why, System.nanoTime(), notRun);
  }
}
