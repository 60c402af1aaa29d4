package io.landfall.edge.rules;

import io.landfall.cache.SipHash;
import io.landfall.core.Addresses;
import io.landfall.core.ServiceName;
import io.landfall.edge.AuthorizationSettings;
import io.landfall.edge.ClientClaims.Lookalikes;
import io.landfall.edge.RulesView;
import io.landfall.edge.TrafficSettings;
import io.landfall.edge.TrafficSettings.FieldChanges;
import io.landfall.edge.TrafficSettings.Maintenance;
import io.landfall.edge.TrafficSettings.Queue;
import io.landfall.edge.TrafficSettings.RateLimit;
import io.landfall.edge.TrustedProxies.Network;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one service. A request is held to them once, at the node where it lands, in this
 * order: access, rate limits, maintenance, redirects. What is cheap and keeps clients out comes
 * first; what a client may see of a service under maintenance is that it is.
 */
public final class ServiceRules {
  private static final AsciiString HSTS = AsciiString.cached("strict-transport-security");
  private static final Ruling PASSED = new Ruling.Passed(new FieldLines(0));

  private final ServiceName service;
  private final TrafficSettings.Service settings;
  private final @Nullable AddressRanges allow;
  private final @Nullable AddressRanges deny;
  private final List<RateLimit> limited;
  private final @Nullable RateLimits limits;
  private final @Nullable Maintenance maintenance;
  private final @Nullable AddressRanges served;
  private final RedirectRules redirects;
  private final @Nullable Queue queue;
  private final @Nullable FieldEdits request;
  private final @Nullable AuthorizationSettings authorization;
  private final @Nullable FieldEdits identity;
  private final @Nullable FieldEdits responseOverHttps;
  private final @Nullable FieldEdits responseOverHttp;

  /**
   * Rules.
   *
   * @param secret the key of the hash under which clients are kept
   * @param lookalikes what becomes of fields of requests that backends could take for those that
   *     change
   * @param before those of the service that were in force; null for none
   */
  ServiceRules(
      ServiceName service,
      TrafficSettings.Service rules,
      SipHash secret,
      Lookalikes lookalikes,
      @Nullable ServiceRules before) {
    this.service = service;
    this.settings = rules;
    this.limited = rules.rateLimits();
    allow = AddressRanges.of(rules.access().allow());
    deny = AddressRanges.of(rules.access().deny());
    limits =
        limited.isEmpty()
            ? null
            : new RateLimits(limited, secret, before == null ? null : before.limits);
    maintenance = rules.maintenance().filter(Maintenance::active).orElse(null);
    served = maintenance == null ? null : AddressRanges.of(maintenance.allow());
    redirects = new RedirectRules(rules.redirects());
    queue = rules.queue().orElse(null);
    request = FieldEdits.ofRequests(rules.requestFields(), lookalikes);
    authorization = rules.authorization().orElse(null);
    List<AsciiString> given = authorization == null ? List.of() : authorization.responseFields();
    identity = FieldEdits.ofRequests(new FieldChanges(List.of(), given), Lookalikes.DROP);
    FieldChanges changes = rules.responseFields();
    responseOverHttps = FieldEdits.of(changes);
    // RFC 6797 section 7.2: not in a response over a transport that is not secure.
    responseOverHttp = FieldEdits.of(FieldEdits.withoutSetting(changes, HSTS));
  }

  /** The service. */
  public ServiceName service() {
    return service;
  }

  /** How requests wait for a place at the backends here; null if they do not. */
  public @Nullable Queue queue() {
    return queue;
  }

  /** Whom to ask whether a request may go on; null for nobody. */
  public @Nullable AuthorizationSettings authorization() {
    return authorization;
  }

  /** Drops what only the authorization service may give to a backend; null for nothing. */
  public @Nullable FieldEdits identity() {
    return identity;
  }

  /** What changes in the fields that a backend gets; null if nothing does. */
  public @Nullable FieldEdits request() {
    return request;
  }

  /**
   * What changes in the fields that a client gets; null if nothing does.
   *
   * @param scheme the scheme in which the client reached the CDN
   */
  public @Nullable FieldEdits response(AsciiString scheme) {
    return scheme.equals(RequestHead.HTTPS) ? responseOverHttps : responseOverHttp;
  }

  /**
   * What there is for a request; nothing is counted.
   *
   * @param reached the request, with the scheme in which the client reached the CDN
   * @param client the address of the client; null for whoever sends it
   */
  public RulesView view(RequestHead reached, @Nullable InetAddress client) {
    Optional<RulesView.Redirect> redirect =
        redirects.find(reached) instanceof Ruling.Redirected(int status, AsciiString location)
            ? Optional.of(new RulesView.Redirect(status, location.toString()))
            : Optional.empty();
    return new RulesView(
        allow != null || deny != null,
        limited.size(),
        maintenance != null,
        redirect,
        client == null ? Optional.empty() : Optional.of(ofClient(reached, client)),
        settings.authorization().map(AuthorizationSettings::url));
  }

  private RulesView.OfClient ofClient(RequestHead reached, InetAddress client) {
    Optional<String> denying = longest(settings.access().deny(), client);
    return new RulesView.OfClient(
        Addresses.format(client.getAddress()),
        isDenied(client),
        denying.isPresent() ? denying : longest(settings.access().allow(), client),
        limits == null ? List.of() : limits.view(reached, client),
        maintenance == null ? Optional.empty() : longest(maintenance.allow(), client));
  }

  private static Optional<String> longest(List<Network> prefixes, InetAddress client) {
    return prefixes.stream()
        .filter(prefix -> prefix.contains(client))
        .max(Comparator.comparingInt(Network::length))
        .map(Network::toString);
  }

  /**
   * Judges a request of a client.
   *
   * @param reached the request, with the scheme in which the client reached the CDN
   * @param client the address of the client; null if that has none
   * @param nowNanos the time now
   */
  public Ruling judge(RequestHead reached, @Nullable InetAddress client, long nowNanos) {
    if (isDenied(client)) {
      return new Ruling.Denied();
    }
    Ruling counted = limits == null ? PASSED : limits.count(reached, client, nowNanos);
    return counted instanceof Ruling.Passed ? judgePassed(reached, client, counted) : counted;
  }

  /** The same of a request that rules of this service before these have counted. */
  public Ruling judgeCounted(RequestHead reached, @Nullable InetAddress client) {
    return isDenied(client) ? new Ruling.Denied() : judgePassed(reached, client, PASSED);
  }

  private boolean isDenied(@Nullable InetAddress client) {
    return (deny != null && client != null && deny.contains(client))
        || (allow != null && (client == null || !allow.contains(client)));
  }

  /** What the rules behind the limits do, which gave that. */
  private Ruling judgePassed(RequestHead reached, @Nullable InetAddress client, Ruling counted) {
    if (maintenance != null && (served == null || client == null || !served.contains(client))) {
      return new Ruling.Maintained(maintenance.page(), maintenance.retryAfterSeconds());
    }
    Ruling redirected = redirects.find(reached);
    return redirected == null ? counted : redirected;
  }
}
