package io.landfall.config;

import io.landfall.core.Addresses;
import java.net.InetAddress;

/**
 * A prefix as the config gives it, with no host bits set.
 *
 * @param network the network address
 * @param length the prefix length in bits
 */
public record PrefixConfig(InetAddress network, int length) {
  /** As it is written in a config. */
  @Override
  public String toString() {
    return Addresses.format(network.getAddress()) + "/" + length;
  }
}
