package io.landfall.edge.exchange;

import io.landfall.core.ServiceName;
import io.landfall.edge.BackendRules;
import io.landfall.edge.CircuitRules;
import io.landfall.edge.HostedService;
import io.landfall.edge.OriginServer;
import io.landfall.edge.RequestMatch;
import io.landfall.edge.StickyCookie;
import io.landfall.edge.http.Cookies;
import io.landfall.edge.http.FieldLines;
import io.landfall.edge.http.FieldNames;
import io.landfall.edge.http.RequestHead;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The backends beside this node for one request: which one gets it by the rules of its service
 * (docs/edge.md), what that adds to request and response, and what came of it. On the event loop of
 * the request.
 *
 * <p>A backend that is kept for requests such as this one goes before the others; among them the
 * one that the sticky cookie names goes before those that {@link BackendChoice} gives turns.
 */
final class LocalBackends implements BackendChoice.Asker {
  /** What a backend that has just come up gets of its weight, in percent. */
  private static final int FIRST_PERCENT = 10;

  private static final int WHOLE_PERCENT = 100;
  private static final AsciiString PRIVATE = AsciiString.cached("private");
  private static final AsciiString NO_STORE = AsciiString.cached("no-store");

  private final Arrived arrived;
  private final Exchanges all;
  private final Predicate<Object> tried;

  private HostedService hosted = HostedService.NOWHERE;
  private long nowNanos;
  private List<RequestMatch> met = List.of();
  private boolean amongKept;
  private boolean ramping;

  /** Those of the service; null if it has none. */
  private @Nullable Circuits circuits;

  /** The same; null as well if none is to be left out. */
  private @Nullable Circuits closedOnly;

  private @Nullable OriginServer chosen;

  // Of the attempt that has begun.
  private @Nullable OriginServer current;
  private @Nullable Circuit circuit;
  private boolean trial;

  private @Nullable List<AsciiString> cookies;
  private @Nullable FieldLines toSend;

  /** What that was made from. */
  private @Nullable FieldLines sentFrom;

  /**
   * For a request that was sent to none yet.
   *
   * @param tried which places it was tried on already
   */
  LocalBackends(Arrived arrived, Predicate<Object> tried) {
    this.arrived = arrived;
    this.all = arrived.loop();
    this.tried = tried;
  }

  /** Chooses the backend that gets the request next; null when there is none that takes it. */
  @Nullable OriginServer choose(ServiceName service, HostedService from) {
    look(service, from);
    OriginServer found = met.isEmpty() ? null : among(service, true);
    chosen = found == null ? among(service, false) : found;
    return chosen;
  }

  /** It goes to that backend, which has had it before. */
  void choose(ServiceName service, HostedService from, OriginServer backend) {
    look(service, from);
    chosen = backend;
  }

  private void look(ServiceName service, HostedService from) {
    hosted = from;
    nowNanos = all.nowNanos();
    BackendRules rules = from.rules();
    met = RequestMatches.among(rules.conditions(), arrived.request().fields());
    circuits = rules.circuit().isPresent() ? all.runtime().circuits(service) : null;
    closedOnly =
        circuits != null && circuits.areAllOut(from, nowNanos, this::isForIt) ? null : circuits;
    ramping = false;
    for (int i = 0; rules.slowStartNanos() > 0 && i < from.backends().size(); i++) {
      ramping |= percent(from.backends().get(i)) < WHOLE_PERCENT;
    }
  }

  /** Whether a backend is for requests such as this one, or for any. */
  private boolean isForIt(OriginServer backend) {
    return backend.traits().only().map(met::contains).orElse(true);
  }

  private @Nullable OriginServer among(ServiceName service, boolean kept) {
    amongKept = kept;
    OriginServer named = named();
    return named != null ? named : all.choice().of(service, hosted.backends(), this);
  }

  /** The backend that the request's cookie names, if it may have the request. */
  private @Nullable OriginServer named() {
    if (hosted.rules().sticky().isEmpty()) {
      return null;
    }
    for (AsciiString value : cookies(hosted.rules().sticky().get())) {
      for (OriginServer backend : hosted.backends()) {
        if (value.equals(backend.traits().cookie()) && backend.takesRequests() && mayTry(backend)) {
          return backend;
        }
      }
    }
    return null;
  }

  private List<AsciiString> cookies(StickyCookie sticky) {
    List<AsciiString> known = cookies;
    if (known == null) {
      FieldLines fields = arrived.request().fields();
      known = Cookies.values(fields, sticky.name(), RequestMatches.MOST_COOKIES);
      known.removeIf(value -> value.length() != StickyCookie.VALUE_CHARS);
      cookies = known;
    }
    return known;
  }

  @Override
  public boolean mayTry(OriginServer backend) {
    RequestMatch only = backend.traits().only().orElse(null);
    boolean inTurn = only == null ? !amongKept : amongKept && met.contains(only);
    return inTurn
        && !tried.test(backend.place())
        && (closedOnly == null || closedOnly.takes(backend, nowNanos));
  }

  @Override
  public int share(OriginServer backend) {
    return ramping ? backend.weight() * percent(backend) : backend.weight();
  }

  /** What a backend gets of its weight: all of it once the slow start is over. */
  private int percent(OriginServer backend) {
    long slowNanos = hosted.rules().slowStartNanos();
    long since = backend.traits().upSinceNanos();
    if (since == OriginServer.Traits.ALWAYS || nowNanos - since >= slowNanos) {
      return WHOLE_PERCENT;
    }
    long passed = Math.max(0, nowNanos - since);
    return FIRST_PERCENT + (int) ((double) passed / slowNanos * (WHOLE_PERCENT - FIRST_PERCENT));
  }

  /** The attempt on the backend that was chosen begins. */
  void begun() {
    OriginServer backend = chosen;
    current = backend;
    Circuits of = circuits;
    if (backend != null && of != null) {
      Circuit its = of.of(backend, hosted);
      circuit = its;
      trial = its.begin(nowNanos);
    }
  }

  /** The head of a response has come. */
  void answered(int status) {
    Circuit its = circuit;
    OriginServer backend = current;
    if (its == null || backend == null || circuits == null) {
      return;
    }
    if (rules().statuses().contains(status)) {
      failed("status " + status);
    } else {
      circuit = null;
      circuits.answered(backend, its, trial);
    }
  }

  /** The attempt ended without a response. */
  void failed(AttemptFailure failure) {
    if (failure.kind().isOfBackend() && !failure.blameless()) {
      failed(failure.kind().name());
    }
  }

  private void failed(String why) {
    Circuit its = circuit;
    OriginServer backend = current;
    if (its != null && backend != null && circuits != null) {
      circuit = null;
      circuits.failed(
          new Circuits.Failed(backend, its, trial, why), rules(), all.nowNanos(), hosted);
    }
  }

  private CircuitRules rules() {
    return hosted.rules().circuit().orElseThrow();
  }

  /** The attempt is over, however that came. */
  void ended() {
    Circuit its = circuit;
    circuit = null;
    current = null;
    if (its != null) {
      its.unknown(trial);
    }
  }

  /** The fields of the request as the backend gets them: the sticky cookie is this node's own. */
  FieldLines toSend(FieldLines fields) {
    StickyCookie sticky = hosted.rules().sticky().orElse(null);
    if (sticky == null) {
      return fields;
    }
    FieldLines made = toSend;
    // A repeat has fields of its own: a span, or what the config changes by now.
    if (made == null || sentFrom != fields) {
      made = Cookies.without(fields, sticky.name());
      toSend = made;
      sentFrom = fields;
    }
    return made;
  }

  /** Whether a response is for this client, or such as it, and no cache of the CDN may keep it. */
  boolean isForFew() {
    OriginServer backend = current;
    return backend != null && (backend.traits().only().isPresent() || setsCookie(backend));
  }

  private boolean setsCookie(OriginServer backend) {
    StickyCookie sticky = hosted.rules().sticky().orElse(null);
    AsciiString own = backend.traits().cookie();
    return sticky != null && !own.isEmpty() && !cookies(sticky).contains(own);
  }

  /** Adds what the client, or the node that forwarded the request, gets beside the response. */
  void addTo(FieldLines response) {
    OriginServer backend = current;
    if (backend == null || !isForFew()) {
      return;
    }
    if (arrived.peer().isPresent()) {
      response.add(FieldNames.LANDFALL_CACHE_CONTROL, NO_STORE);
    }
    if (setsCookie(backend)) {
      response.add(FieldNames.SET_COOKIE, setCookie(backend.traits().cookie()));
      // Caches may store a response with Set-Cookie (RFC 9111 section 7.3).
      response.add(FieldNames.CACHE_CONTROL, PRIVATE);
    }
  }

  private AsciiString setCookie(AsciiString value) {
    StickyCookie sticky = hosted.rules().sticky().orElseThrow();
    StringBuilder text = new StringBuilder(96);
    text.append(sticky.name()).append('=').append(value).append("; Path=/");
    if (sticky.ttlSeconds().isPresent()) {
      text.append("; Max-Age=").append(sticky.ttlSeconds().getAsLong());
    }
    text.append("; HttpOnly; SameSite=Lax");
    if (arrived.asReached().scheme().contentEqualsIgnoreCase(RequestHead.HTTPS)) {
      text.append("; Secure");
    }
    return new AsciiString(text);
  }
}
