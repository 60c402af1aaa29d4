package io.landfall.checks.separation.bad.testkit;

import io.landfall.checks.separation.bad.bgp.BadCodec;

/** A helper of tests that tests a room with that room's own code. */
public final class BadHelper {
  private BadHelper() {}

  /** What the room itself makes of it. */
  public static byte[] expected(BadCodec codec) {
    return codec.address("0.0.0.0/0");
  }
}
