package io.landfall.signal;

/**
 * Where one backend of a service listens.
 *
 * @param host a host name or an address literal without brackets
 * @param port 1 to 65535
 */
public record BackendAddress(String host, int port) {
  /** Checks the port and that there is a host. */
  public BackendAddress {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a backend needs a host");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is outside 1..65535");
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
