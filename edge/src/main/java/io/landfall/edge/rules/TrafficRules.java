package io.landfall.edge.rules;

import io.landfall.cache.SipHash;
import io.landfall.core.ServiceName;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.http.RequestHead;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The rules of all services of a node; event loops share them. */
public final class TrafficRules {
  private final TrustedProxies proxies;

  // Looked up only.
  private final Map<ServiceName, ServiceRules> services = new HashMap<>();

  private TrafficRules(
      TrafficSettings settings, ClientClaims claims, @Nullable TrafficRules before) {
    this.proxies = claims.trustedProxies();
    SecureRandom random = new SecureRandom();
    settings
        .inForce()
        .forEach(
            (name, rules) -> {
              ServiceRules earlier = before == null ? null : before.of(name);
              services.put(
                  name,
                  new ServiceRules(
                      name,
                      rules,
                      new SipHash(random.nextLong(), random.nextLong()),
                      claims.lookalikes(),
                      earlier));
            });
  }

  /**
   * The rules; null if no service has any.
   *
   * @param claims who may name the client for whom it asks, and what becomes of look-alikes
   * @param before those that were in force; null for none. What clients have used of limits that
   *     stay as they are stays used
   */
  public static @Nullable TrafficRules of(
      TrafficSettings settings, ClientClaims claims, @Nullable TrafficRules before) {
    return settings.inForce().isEmpty() ? null : new TrafficRules(settings, claims, before);
  }

  /** The rules of a service; null if it has none. */
  public @Nullable ServiceRules of(ServiceName service) {
    return services.get(service);
  }

  /**
   * The address of the client of a request.
   *
   * @param request the request as it was received
   * @param remote where its connection came from
   * @return null if the connection is none of IP
   */
  public @Nullable InetAddress client(RequestHead request, SocketAddress remote) {
    return ClientAddress.of(request, remote, proxies);
  }
}
