package io.landfall.control;

import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.trust.PeerIdentity;
import java.util.List;
import java.util.TreeSet;

/** Nodes of a test, as their certificates would prove them. */
final class TestPeers {
  static final long NOW = 1_795_000_000_000L;
  static final long DAY = 86_400_000L;
  static final Block BLOCK = Block.parse("10.32.0.0/23");
  static final NodeName NYC = new NodeName("nyc");

  private TestPeers() {}

  static HostAddress host(String text) {
    return BLOCK.parseHost(text);
  }

  static HostAddress host(int offset) {
    return BLOCK.host(offset);
  }

  static PeerIdentity peer(String name, String address, long notAfterMillis) {
    return new PeerIdentity(
        new NodeName(name),
        host(address),
        new TreeSet<>(),
        "ab".repeat(32),
        List.of(),
        notAfterMillis,
        Integer.toHexString(name.hashCode()));
  }
}
