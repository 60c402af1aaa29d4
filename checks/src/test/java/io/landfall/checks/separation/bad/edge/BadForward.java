package io.landfall.checks.separation.bad.edge;

import io.landfall.checks.separation.bad.bgp.BadCodec;

/** A data plane that reads prefixes. */
public final class BadForward {
  /** The bytes of a prefix, read outside bgp. */
  public byte[] read(BadCodec codec) {
    return codec.address("0.0.0.0/0");
  }
}
