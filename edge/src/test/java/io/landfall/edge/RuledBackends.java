package io.landfall.edge;

import io.landfall.edge.OriginServer.Traits;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Services for tests whose backends get requests by more than their weights. */
public final class RuledBackends {
  public static final String COOKIE = "backend";
  public static final RequestMatch CANARY =
      new RequestMatch(
          RequestMatch.Part.FIELD, AsciiString.of("x-canary"), Optional.of(AsciiString.of("yes")));

  private RuledBackends() {}

  /** The value of the cookie that stands for a backend. */
  public static AsciiString cookieOf(TestBackend backend) {
    return StickyCookie.valueOf(TestSite.SHOP, "http://" + backend.address(), backend.address());
  }

  /** A backend with a cookie, which is up or not, of a weight. */
  public static OriginServer sticky(TestBackend backend, boolean healthy, int weight) {
    return with(
        backend, healthy, weight, new Traits(cookieOf(backend), Optional.empty(), Traits.ALWAYS));
  }

  /** One that is kept for requests that meet a condition. */
  public static OriginServer kept(TestBackend backend, boolean healthy, RequestMatch only) {
    return with(
        backend,
        healthy,
        1,
        new Traits(AsciiString.EMPTY_STRING, Optional.of(only), Traits.ALWAYS));
  }

  public static OriginServer with(TestBackend backend, boolean healthy, int weight, Traits traits) {
    return new OriginServer(
        new OriginPlace(backend.address(), Optional.empty()), healthy, weight, traits);
  }

  /** A service whose clients come back by a cookie that lives so many seconds; 0 for a session. */
  public static HostedService sticky(long ttlSeconds, OriginServer... backends) {
    OptionalLong ttl = ttlSeconds == 0 ? OptionalLong.empty() : OptionalLong.of(ttlSeconds);
    return new HostedService(
        List.of(backends),
        1000,
        new BackendRules(
            Optional.of(new StickyCookie(AsciiString.of(COOKIE), ttl)),
            0,
            Optional.empty(),
            List.of()));
  }

  /** A service with backends that are kept for some requests. */
  public static HostedService kept(RequestMatch only, OriginServer... backends) {
    return new HostedService(
        List.of(backends),
        1000,
        new BackendRules(Optional.empty(), 0, Optional.empty(), List.of(only)));
  }

  /** A service whose backends start slowly. */
  public static HostedService slow(long slowStartNanos, OriginServer... backends) {
    return new HostedService(
        List.of(backends),
        1000,
        new BackendRules(Optional.empty(), slowStartNanos, Optional.empty(), List.of()));
  }

  /** A service with circuits. */
  public static HostedService circuits(CircuitRules rules, OriginServer... backends) {
    return new HostedService(
        List.of(backends),
        1000,
        new BackendRules(Optional.empty(), 0, Optional.of(rules), List.of()));
  }
}
