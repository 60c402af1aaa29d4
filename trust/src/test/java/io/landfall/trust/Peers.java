package io.landfall.trust;

import io.landfall.core.Block;
import io.landfall.core.NodeName;
import java.util.List;
import java.util.TreeSet;

/**
 * Identities of peers as admission hands them out, without certificates: the room {@code ca} makes
 * those.
 */
final class Peers {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");

  private Peers() {}

  static PeerIdentity peer(String name, String address, long notAfterMillis) {
    return new PeerIdentity(
        new NodeName(name),
        BLOCK.parseHost(address),
        new TreeSet<>(),
        "ab".repeat(32),
        List.of(),
        notAfterMillis,
        Integer.toHexString(name.hashCode()));
  }
}
