package io.landfall.checks.separation.bad.edge;

import io.landfall.checks.separation.bad.bgp.BadCodec;
import io.landfall.checks.separation.bad.testkit.BadHelper;

/** A data plane that runs on what is for tests. */
public final class TestedForward {
  /** The bytes of a prefix, as a test would have them. */
  public byte[] read(BadCodec codec) {
    return BadHelper.expected(codec);
  }
}
