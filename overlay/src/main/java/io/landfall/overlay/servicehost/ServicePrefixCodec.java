package io.landfall.overlay.servicehost;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.overlay.HostRouteCodec;
import java.util.Collection;
import java.util.TreeSet;

/**
 * The prefixes of one service session: coming in, the host routes configured for exactly this
 * session; going out, none at all. What is refused never gets a value, and an attempt to send is a
 * broken invariant, whatever the code above may have come to believe.
 */
final class ServicePrefixCodec implements PrefixCodec<HostAddress> {
  private final HostRouteCodec hosts;
  private final TreeSet<HostAddress> configured = new TreeSet<>();

  ServicePrefixCodec(Block block, Collection<HostAddress> configured) {
    this.hosts = new HostRouteCodec(block);
    configure(configured);
  }

  /** From now on these are accepted, and no others. */
  void configure(Collection<HostAddress> others) {
    configured.clear();
    configured.addAll(others);
  }

  @Override
  public Verdict<HostAddress> read(Family family, int lengthBits, byte[] address) {
    return readAt(family, lengthBits, address, 0);
  }

  @Override
  public Verdict<HostAddress> readAt(Family family, int lengthBits, byte[] bytes, int at) {
    Verdict<HostAddress> verdict = hosts.readAt(family, lengthBits, bytes, at);
    return verdict instanceof Verdict.Accepted<HostAddress>(HostAddress host)
            && !configured.contains(host)
        ? new Verdict.Refused<>(ServiceHostRule.NOT_CONFIGURED.label())
        : verdict;
  }

  @Override
  public Family family(HostAddress prefix) {
    throw leaves(prefix);
  }

  @Override
  public int lengthBits(HostAddress prefix) {
    throw leaves(prefix);
  }

  @Override
  public byte[] address(HostAddress prefix) {
    throw leaves(prefix);
  }

  private static InvariantBroken leaves(HostAddress prefix) {
    return new InvariantBroken("nothing is announced to a service host, and not " + prefix);
  }
}
