package io.landfall.admin;

import io.landfall.admin.metrics.MetricsText;
import io.landfall.admin.metrics.Version;
import io.landfall.admin.model.Message;
import io.landfall.admin.model.PurgeReport;
import io.landfall.core.ServiceName;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The admin API without its sockets: a request in, an answer out.
 *
 * <p>Reading is {@code GET /v1/show/...}, {@code GET /v1/explain?url=}, {@code GET
 * /v1/explain/request?id=}, {@code GET /v1/dump/mrt}, {@code GET /metrics} and the console below
 * {@code /console/}. Steering is {@code PUT} and {@code DELETE /v1/services/NAME}, {@code POST
 * /v1/drain}, {@code POST /v1/undrain}, {@code POST /v1/maintenance}, {@code POST /v1/purge},
 * {@code POST /v1/reload} and {@code POST /v1/configure/...}; it is for the Unix socket only, whose
 * file mode says who may, and every command is logged with the user that gave it. Over loopback TCP
 * one may only read, and only with a Host header that names loopback: a web page that had its own
 * name point to 127.0.0.1 (DNS rebinding) does not have one.
 */
final class AdminApi {
  /** The longest lease that is granted: longer silence is not a lease. */
  static final long MAX_TTL_MILLIS = 24 * 3_600_000L;

  /** The shortest: renewing more often than ten times a second is a mistake. */
  static final long MIN_TTL_MILLIS = 100;

  /** The longest time that Retry-After may have. */
  static final long MAX_RETRY_SECONDS = 86_400;

  private static final String MAINTENANCE = "/v1/maintenance";
  private static final Logger LOG = LoggerFactory.getLogger(AdminApi.class);
  private static final String SHOW = "/v1/show/";
  private static final String SERVICES = "/v1/services/";
  private static final List<String> SHOWN =
      List.of(
          "routes",
          "peers",
          "services",
          "ingress",
          "refused",
          "decisions",
          "bfd",
          "revocations",
          "tunnels",
          "tls",
          "cache",
          "configuration");

  private final AdminBackend backend;
  private final MetricsText metrics;
  private final RoutingApi routing;
  private final FilteredApi filtered;
  private final RequestsApi requests;
  private final CacheApi cache;
  private final ConfigureApi configure;
  private final ConsoleApi console;

  /** With a console of its own. */
  AdminApi(AdminBackend backend, MetricsText metrics) {
    this(
        backend,
        metrics,
        new ConsoleApi(
            new NodeConsole(backend, new ConsoleFeed(backend.routing()), Version.text())));
  }

  AdminApi(AdminBackend backend, MetricsText metrics, ConsoleApi console) {
    this.backend = backend;
    this.console = console;
    this.routing = new RoutingApi(backend.routing());
    this.filtered = new FilteredApi(backend);
    this.requests = new RequestsApi(backend.requests());
    this.cache = new CacheApi(backend.cache());
    this.configure = new ConfigureApi(backend.configure());
    this.metrics = metrics;
  }

  AdminAnswer handle(AdminRequest request) {
    try {
      if (request.caller() instanceof AdminRequest.Caller.Loopback tcp) {
        if (!isLoopbackHost(tcp.hostHeader())) {
          return AdminAnswer.problem(
              403, "the Host header must name loopback: 127.0.0.1, [::1] or localhost");
        }
        if (!isRead(request.method())) {
          return AdminAnswer.problem(405, "this listener is read-only: use the Unix socket");
        }
      }
      return isRead(request.method()) ? read(request) : command(request);
    } catch (CommandBody.Wrong wrong) {
      return AdminAnswer.problem(400, wrong.sentence());
    } catch (Unavailable late) {
      return AdminAnswer.problem(503, late.sentence());
    } catch (RuntimeException e) {
      LOG.atError().addKeyValue("path", request.path()).setCause(e).log("admin request failed");
      String message = e.getMessage();
      return AdminAnswer.problem(500, message == null ? e.toString() : message);
    }
  }

  private static boolean isRead(String method) {
    return method.equals("GET") || method.equals("HEAD");
  }

  private AdminAnswer read(AdminRequest request) throws CommandBody.Wrong {
    String path = request.path();
    if (path.startsWith(SHOW)) {
      String view = path.substring(SHOW.length());
      return RoutingApi.answers(view, request.query())
          ? routing.show(view, request.query())
          : show(view, request);
    }
    return switch (path) {
      // Over TCP what clients have asked for, which shows in the cache, is left out.
      case "/v1/explain" ->
          ExplainApi.answer(
              backend, request.query(), request.caller() instanceof AdminRequest.Caller.Local);
      case "/v1/monitor" -> routing.monitor(request);
      case RequestsApi.PATH -> requests.monitor(request);
      case RequestsApi.EXPLAIN -> requests.explain(request);
      case "/metrics" -> metrics.answer(request.accept(), AdminAnswer::bytes);
      case "/v1/dump/mrt" -> AdminAnswer.bytes("application/octet-stream", backend.mrtDump());
      case "/v1/drain", "/v1/undrain", MAINTENANCE, "/v1/reload", CacheApi.PURGE ->
          AdminAnswer.problem(405, path + " takes POST");
      default ->
          ConsoleApi.answers(path)
              ? console.handle(request)
              : path.startsWith(ConfigureApi.PATH)
                  ? AdminAnswer.problem(
                      405, path + " takes POST; to read, " + SHOW + "configuration")
                  : path.startsWith(SERVICES)
                      ? AdminAnswer.problem(
                          405, path + " takes PUT and DELETE; to read, " + SHOW + "services")
                      : notFound(path);
    };
  }

  private AdminAnswer show(String what, AdminRequest request) {
    return switch (what) {
      case "peers" -> AdminAnswer.json(backend.peers());
      case "services" -> filtered.services(request.query());
      case "ingress" -> AdminAnswer.json(backend.ingress());
      case "bfd" -> AdminAnswer.json(backend.bfd());
      case "revocations" -> AdminAnswer.json(backend.revocations());
      case "tls" -> AdminAnswer.json(backend.tls());
      case "refused" -> AdminAnswer.json(backend.refused());
      case "tunnels" -> AdminAnswer.json(backend.tunnels());
      case "configuration" -> configure.show();
      case "cache" -> cache.show(request.query(), request.caller());
      case "decisions" -> filtered.decisions(request);
      default ->
          AdminAnswer.problem(
              404, "there is no view '" + what + "'; there are " + String.join(", ", SHOWN));
    };
  }

  private AdminAnswer command(AdminRequest request) throws CommandBody.Wrong {
    String path = request.path();
    String method = request.method();
    if (path.startsWith(SERVICES)) {
      ServiceName service = service(path.substring(SERVICES.length()));
      if (method.equals("PUT")) {
        CommandBody body = CommandBody.read(request.body(), List.of("ttlMillis"));
        OptionalLong ttl =
            body.has("ttlMillis")
                ? OptionalLong.of(body.number("ttlMillis", MIN_TTL_MILLIS, MAX_TTL_MILLIS))
                : OptionalLong.empty();
        return done(request, "announce", service.value(), backend.announce(service, ttl));
      }
      return method.equals("DELETE")
          ? done(request, "withdraw", service.value(), backend.withdraw(service))
          : AdminAnswer.problem(405, path + " takes PUT and DELETE, not " + method);
    }
    if (path.equals("/v1/drain") || path.equals("/v1/undrain")) {
      return method.equals("POST")
          ? drain(request, path.equals("/v1/drain"))
          : AdminAnswer.problem(405, path + " takes POST, not " + method);
    }
    if (path.equals(MAINTENANCE)) {
      return method.equals("POST")
          ? maintenance(request)
          : AdminAnswer.problem(405, path + " takes POST, not " + method);
    }
    if (path.equals("/v1/reload")) {
      if (!method.equals("POST")) {
        return AdminAnswer.problem(405, path + " takes POST, not " + method);
      }
      CommandBody.read(request.body(), List.of());
      return done(request, "reload", "files", backend.reload(actor(request)));
    }
    if (path.startsWith(ConfigureApi.PATH)) {
      return method.equals("POST")
          ? configure(request, path.substring(ConfigureApi.PATH.length()))
          : AdminAnswer.problem(405, path + " takes POST, not " + method);
    }
    if (path.equals(CacheApi.PURGE)) {
      return method.equals("POST")
          ? purge(request)
          : AdminAnswer.problem(405, path + " takes POST, not " + method);
    }
    if (path.startsWith(SHOW)
        || ConsoleApi.answers(path)
        || path.equals("/v1/explain")
        || path.equals("/v1/monitor")
        || path.equals(RequestsApi.PATH)
        || path.equals(RequestsApi.EXPLAIN)
        || path.equals("/v1/dump/mrt")
        || path.equals("/metrics")) {
      return AdminAnswer.problem(405, path + " takes GET, not " + method);
    }
    return notFound(path);
  }

  /** Purges what the body names; the caller's right to is checked before. */
  AdminAnswer purge(AdminRequest request) throws CommandBody.Wrong {
    CacheApi.Asked asked = CacheApi.read(request.body());
    String what = asked.scope().kind() + " " + asked.scope().what();
    return switch (cache.purge(asked)) {
      case QueryResult.Found<PurgeReport>(PurgeReport report) -> {
        log(request, "purge", what, report.message());
        yield AdminAnswer.json(report);
      }
      case QueryResult.Missing<PurgeReport>(String sentence) -> {
        log(request, "purge", what, sentence);
        yield AdminAnswer.problem(404, sentence);
      }
      case QueryResult.Wrong<PurgeReport>(String sentence) -> AdminAnswer.problem(400, sentence);
    };
  }

  private AdminAnswer configure(AdminRequest request, String order) throws CommandBody.Wrong {
    return order.equals("diff")
        ? configure.diff(request.body())
        : done(
            request, "configure", order, configure.command(order, request.body(), actor(request)));
  }

  /** Who gave a command, for people. */
  private static String actor(AdminRequest request) {
    return request.caller() instanceof AdminRequest.Caller.Local local
            && local.credentials().isPresent()
        ? "uid "
            + local.credentials().get().uid()
            + " (pid "
            + local.credentials().get().pid()
            + ")"
        : "the admin socket";
  }

  private AdminAnswer drain(AdminRequest request, boolean drain) throws CommandBody.Wrong {
    CommandBody body = CommandBody.read(request.body(), List.of("service", "backend", "node"));
    String command = drain ? "drain" : "undrain";
    if (body.has("service") == body.has("node")) {
      throw new CommandBody.Wrong("say what: either {\"service\": \"NAME\"} or {\"node\": true}");
    }
    if (body.has("backend") && !body.has("service")) {
      throw new CommandBody.Wrong("'backend' needs the 'service' whose it is");
    }
    if (body.has("node")) {
      if (!body.isTrue("node")) {
        throw new CommandBody.Wrong("'node' must be true");
      }
      return done(request, command, "node", drain ? backend.drainNode() : backend.undrainNode());
    }
    ServiceName service = service(body.text("service"));
    if (body.has("backend")) {
      String url = body.text("backend");
      return done(request, command, service + " " + url, backend.drainBackend(service, url, drain));
    }
    return done(
        request,
        command,
        service.value(),
        drain ? backend.drainService(service) : backend.undrainService(service));
  }

  private AdminAnswer maintenance(AdminRequest request) throws CommandBody.Wrong {
    CommandBody body =
        CommandBody.read(request.body(), List.of("service", "on", "retryAfterSeconds"));
    ServiceName service = service(body.text("service"));
    boolean begins = body.truth("on");
    boolean hasTime = body.has("retryAfterSeconds");
    if (hasTime && !begins) {
      throw new CommandBody.Wrong("'retryAfterSeconds' is for a maintenance that begins");
    }
    long seconds = hasTime ? body.number("retryAfterSeconds", 1, MAX_RETRY_SECONDS) : 0;
    return done(
        request,
        "maintenance " + (begins ? "on" : "off"),
        service.value(),
        backend.maintenance(service, begins, seconds));
  }

  private static ServiceName service(String name) throws CommandBody.Wrong {
    try {
      return new ServiceName(name);
    } catch (IllegalArgumentException e) {
      String message = e.getMessage();
      throw new CommandBody.Wrong(message == null ? "not a service name" : message);
    }
  }

  private static AdminAnswer done(
      AdminRequest request, String command, String what, CommandResult result) {
    log(request, command, what, result.sentence());
    return switch (result) {
      case CommandResult.Done ok -> AdminAnswer.json(new Message(ok.sentence()));
      case CommandResult.NotFound missing -> AdminAnswer.problem(404, missing.sentence());
      case CommandResult.Conflict conflict -> AdminAnswer.problem(409, conflict.sentence());
    };
  }

  private static void log(AdminRequest request, String command, String what, String result) {
    LoggingEventBuilder log =
        LOG.atInfo().addKeyValue("command", command).addKeyValue("what", what);
    if (request.caller() instanceof AdminRequest.Caller.Local local
        && local.credentials().isPresent()) {
      log =
          log.addKeyValue("uid", local.credentials().get().uid())
              .addKeyValue("pid", local.credentials().get().pid());
    }
    log.addKeyValue("result", result).log("admin command");
  }

  private static AdminAnswer notFound(String path) {
    return AdminAnswer.problem(
        404,
        "there is nothing at "
            + path
            + "; there are /console/, /v1/show/..., /v1/explain, /v1/monitor, /v1/dump/mrt, /v1/services/NAME,"
            + " /v1/drain, /v1/undrain, /v1/maintenance, /v1/purge, /v1/reload, /v1/configure/... and /metrics");
  }

  /** Whether a Host header names this machine by a loopback literal or as localhost. */
  static boolean isLoopbackHost(String header) {
    String host = header.toLowerCase(Locale.ROOT);
    int colon = host.lastIndexOf(':');
    if (colon >= 0 && colon > host.indexOf(']')) {
      host = host.substring(0, colon);
    }
    return host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}");
  }
}
