package io.landfall.checks.separation.bad.bgp;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import io.landfall.checks.separation.bad.ingress.BadOriginator;

/**
 * A third meaning of a prefix, in the room that must know none; it takes any route of any plane.
 */
public final class BadCodec implements PrefixCodec<String> {
  @Override
  public Verdict<String> read(Family family, int lengthBits, byte[] address) {
    return new Verdict.Accepted<>(BadOriginator.class.getName());
  }

  @Override
  public Family family(String prefix) {
    return Family.IPV4_UNICAST;
  }

  @Override
  public int lengthBits(String prefix) {
    return 0;
  }

  @Override
  public byte[] address(String prefix) {
    return new byte[4];
  }
}
