package io.landfall.config;

/**
 * Where something may listen: a host name or an address literal, and a port. Nothing is resolved
 * while the config is read.
 *
 * @param host a host name, an IPv4 literal, or an IPv6 literal without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {
  /** As it is written in a config: an IPv6 literal in brackets. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
