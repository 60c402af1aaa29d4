package io.landfall.node;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** How names are resolved. */
interface HostLookup {
  /** As the system resolves them: its hosts file, its resolver and that one's cache. */
  HostLookup SYSTEM =
      host -> {
        try {
          return List.of(InetAddress.getAllByName(host));
        } catch (UnknownHostException e) {
          return List.of();
        }
      };

  /** The addresses of a host, the preferred one first; none when it does not resolve. May wait. */
  List<InetAddress> addresses(String host);
}
