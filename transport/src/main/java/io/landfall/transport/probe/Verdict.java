package io.landfall.transport.probe;

/** Whether a check succeeded, and what it saw. */
record Verdict(boolean ok, String why) {
  static Verdict good(String why) {
    return new Verdict(true, why);
  }

  static Verdict bad(String why) {
    return new Verdict(false, why);
  }
}
