package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The resolved addresses of the backends beside this node. Names are resolved once, at start: a
 * backend that moves is a change of the config.
 *
 * @param addresses by service, in the order of the config
 */
record Backends(Map<ServiceName, List<InetSocketAddress>> addresses) {
  Backends {
    addresses = Collections.unmodifiableMap(new LinkedHashMap<>(addresses));
  }

  /**
   * Resolves every backend.
   *
   * @throws StartFailed naming the service and the host that does not resolve
   */
  static Backends resolve(NodeConfig config) throws StartFailed {
    Map<ServiceName, List<InetSocketAddress>> addresses = new LinkedHashMap<>();
    for (ServiceConfig service : config.services()) {
      List<InetSocketAddress> resolved = new ArrayList<>();
      for (ServiceConfig.Backend backend : service.here().backends()) {
        try {
          resolved.add(
              new InetSocketAddress(
                  InetAddress.getByName(backend.address().host()), backend.address().port()));
        } catch (UnknownHostException e) {
          throw new StartFailed(
              "services."
                  + service.name()
                  + ".backends: the host of "
                  + backend.url()
                  + " does not resolve; use an address, or fix DNS",
              e);
        }
      }
      addresses.put(service.name(), List.copyOf(resolved));
    }
    return new Backends(addresses);
  }

  /** Which backend of a service has this address; -1 when none does. */
  int indexOf(ServiceName service, InetSocketAddress address) {
    return addresses.getOrDefault(service, List.of()).indexOf(address);
  }
}
