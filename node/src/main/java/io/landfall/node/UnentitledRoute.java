package io.landfall.node;

import io.landfall.config.ServiceConfig;
import io.landfall.overlay.PeerInfo;
import java.util.List;

/**
 * A route that was refused because its node may not originate that service, for people: mostly the
 * certificate is right, and the two nodes have another identity for one service in their configs.
 */
final class UnentitledRoute {
  /** The most services that are named. */
  private static final int MAX_NAMED = 3;

  private UnentitledRoute() {}

  /**
   * The route, with what this node's config has in its place.
   *
   * @param services the services of this node's config
   * @param peer who sent it, with what it may originate
   * @param prefix the host route
   */
  static String described(List<ServiceConfig> services, PeerInfo peer, String prefix) {
    int slash = prefix.indexOf('/');
    String address = slash < 0 ? prefix : prefix.substring(0, slash);
    for (ServiceConfig service : services) {
      if (service.identity().toString().equals(address)) {
        return prefix + " (" + service.name() + " here)";
      }
    }
    List<String> entitled =
        services.stream()
            .filter(service -> peer.services().contains(service.identity()))
            .limit(MAX_NAMED)
            .map(service -> service.name() + " here is " + service.identity())
            .toList();
    return prefix
        + " (no service has this identity here"
        + (entitled.isEmpty() ? "" : "; " + String.join(", ", entitled))
        + ": compare the configs)";
  }
}
