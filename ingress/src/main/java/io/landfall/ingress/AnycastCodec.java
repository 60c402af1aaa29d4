package io.landfall.ingress;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import io.landfall.core.InvariantBroken;
import java.util.Collection;
import java.util.TreeSet;

/**
 * What a prefix means on plane one: coming in, nothing; going out, exactly a configured one.
 *
 * <p>This is the fifth layer of the separation (design section 3): whatever the code above may have
 * come to believe, bytes of a prefix that the operator did not configure do not leave.
 */
final class AnycastCodec implements PrefixCodec<AnycastPrefix> {
  /** The rule by which everything an upstream sends is refused and counted (RFC 8212). */
  static final String IMPORTS_NOTHING = IngressRule.INGRESS_IMPORTS_NOTHING.label();

  private final TreeSet<AnycastPrefix> configured = new TreeSet<>();

  AnycastCodec(Collection<AnycastPrefix> configured) {
    configure(configured);
  }

  /** From now on these prefixes leave, and no others. */
  void configure(Collection<AnycastPrefix> others) {
    configured.clear();
    configured.addAll(others);
  }

  @Override
  public Verdict<AnycastPrefix> read(Family family, int lengthBits, byte[] address) {
    return new Verdict.Refused<>(IMPORTS_NOTHING);
  }

  @Override
  public Family family(AnycastPrefix prefix) {
    return prefix.family();
  }

  @Override
  public int lengthBits(AnycastPrefix prefix) {
    return prefix.lengthBits();
  }

  @Override
  public byte[] address(AnycastPrefix prefix) {
    if (!configured.contains(prefix)) {
      throw new InvariantBroken(
          "only configured prefixes leave on the ingress plane: "
              + prefix
              + " is not in "
              + configured);
    }
    return prefix.network();
  }
}
