package io.landfall.node;

import io.landfall.admin.PurgeScope;
import io.landfall.admin.QueryResult;
import io.landfall.cache.CacheTags;
import io.landfall.cache.Purge;
import io.landfall.cache.PurgeMarks;
import io.landfall.config.ServiceConfig;
import io.landfall.core.ServiceName;
import io.landfall.decision.View;
import io.landfall.edge.h1.ClientUrl;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which purges of the cache a scope means that an operator named.
 *
 * @param services the services of the config in force
 * @param published the snapshot by which requests are routed
 */
record PurgePlan(Supplier<List<ServiceConfig>> services, Supplier<View> published) {
  /** The ports that a client may name or leave out (RFC 9110 sections 4.2.1 and 4.2.2). */
  private static final List<String> DEFAULT_PORTS = List.of(":80", ":443");

  /**
   * What is to be done.
   *
   * @param purges each of them
   * @param services the cached services that they are about
   */
  record Purges(List<Purge> purges, List<ServiceConfig> services) {}

  private List<ServiceConfig> cached() {
    return services.get().stream().filter(each -> each.cache().isPresent()).toList();
  }

  /** The purges that a scope means; a sentence if it is wrong, or of nothing that is cached. */
  QueryResult<Purges> of(PurgeScope scope) {
    if (cached().isEmpty()) {
      return missing("no service has a cache at this node: its config has no services.NAME.cache");
    }
    return switch (scope) {
      case PurgeScope.Url(String url) -> read("url", url, this::url);
      case PurgeScope.Prefix(String url) -> read("prefix", url, this::prefix);
      case PurgeScope.Host(String host) -> host(host);
      case PurgeScope.Tag(String tag) -> tag(tag);
      case PurgeScope.Service(ServiceName service) ->
          named(service)
              .map(each -> found(List.of(new Purge.OfService(service.value())), List.of(each)))
              .orElseGet(() -> missing("service " + service + " has no cache here; " + known()));
    };
  }

  private static QueryResult<Purges> read(
      String field, String url, Function<ClientUrl.Taken, QueryResult<Purges>> plan) {
    return switch (ClientUrl.read(url)) {
      case ClientUrl.Taken taken -> plan.apply(taken);
      case ClientUrl.Refused(int status, String why) ->
          wrong("'" + field + "': '" + url + "' is no http or https URL that is routed: " + why);
    };
  }

  /**
   * A cached service, and a target of it as its keys have it.
   *
   * @param service the service
   * @param target path and query
   */
  record Keyed(ServiceConfig service, String target) {}

  /** Which cached service a URL belongs to; a sentence if none. */
  QueryResult<Keyed> keyed(ClientUrl.Taken taken) {
    int query = taken.target().indexOf('?');
    String path = query < 0 ? taken.target() : taken.target().substring(0, query);
    Optional<String> routed =
        published.get().route(taken.host(), path).map(route -> route.service().name().value());
    if (routed.isEmpty()) {
      return new QueryResult.Missing<>("no service answers for " + taken.host() + path);
    }
    return named(new ServiceName(routed.get()))
        .<QueryResult<Keyed>>map(
            service -> new QueryResult.Found<>(new Keyed(service, keyed(service, taken.target()))))
        .orElseGet(
            () ->
                new QueryResult.Missing<>(
                    "service " + routed.get() + " has no cache here; " + known()));
  }

  private QueryResult<Purges> url(ClientUrl.Taken taken) {
    return switch (keyed(taken)) {
      case QueryResult.Wrong<Keyed>(String sentence) -> wrong(sentence);
      case QueryResult.Missing<Keyed>(String sentence) -> missing(sentence);
      case QueryResult.Found<Keyed>(Keyed keyed) ->
          found(
              each(taken.authority(), authority -> new Purge.OfUrl(authority, keyed.target())),
              List.of(keyed.service()));
    };
  }

  /** The target as keys have it: without what its service's policy leaves out of the query. */
  private static String keyed(ServiceConfig service, String target) {
    return service
        .cache()
        .map(how -> CacheFromConfig.policy(how).key().query().apply(target))
        .orElse(target);
  }

  private QueryResult<Purges> prefix(ClientUrl.Taken taken) {
    if (taken.target().indexOf('?') >= 0) {
      return wrong("'prefix' must be a path without a query; for one URL use 'url'");
    }
    if (!PurgeMarks.isPrefix(taken.target())) {
      return wrong("'prefix' must have at most " + PurgeMarks.MOST_SEGMENTS + " segments");
    }
    return ofHost(
        taken.host(),
        each(taken.authority(), authority -> new Purge.OfPrefix(authority, taken.target())));
  }

  private QueryResult<Purges> host(String host) {
    if (host.chars().anyMatch(c -> "/?#@".indexOf(c) >= 0)) {
      return wrong("'host' must be a host with or without a port; '" + host + "' is not");
    }
    return read(
        "host",
        "http://" + host + "/",
        taken -> ofHost(taken.host(), each(taken.authority(), Purge.OfHost::new)));
  }

  private QueryResult<Purges> ofHost(String host, List<Purge> purges) {
    List<ServiceConfig> services = cached().stream().filter(each -> answers(each, host)).toList();
    return services.isEmpty()
        ? missing("no service that has a cache here answers for " + host + "; " + known())
        : found(purges, services);
  }

  private static boolean answers(ServiceConfig service, String host) {
    return service.hosts().stream()
        .anyMatch(
            name ->
                name.equals(host) || (name.startsWith("*.") && host.endsWith(name.substring(1))));
  }

  private QueryResult<Purges> tag(String tag) {
    // Fields are octets, a character each; what is beyond ASCII in one is UTF-8.
    String octets = new String(tag.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    if (tag.isEmpty() || octets.length() > CacheTags.LONGEST_TAG) {
      return wrong("'tag' must have 1 to " + CacheTags.LONGEST_TAG + " bytes");
    }
    if (tag.codePoints().anyMatch(PurgePlan::isInNoTag)) {
      return wrong(
          "'tag' must be one tag, without blanks and control characters: blanks separate tags in"
              + " Surrogate-Key and Cache-Tag; purge each of several tags by itself");
    }
    return found(
        cached().stream()
            .<Purge>map(service -> new Purge.OfTag(service.name().value(), octets))
            .toList(),
        cached());
  }

  private static boolean isInNoTag(int c) {
    // Half of a pair is no character: as UTF-8 it would be the tag "?".
    return c <= ' ' || c == 0x7f || Character.getType(c) == Character.SURROGATE;
  }

  /**
   * A purge for each authority that a request for this one may have: the port that is the default
   * may be named, and the purge of a URL is of both schemes.
   */
  private static List<Purge> each(String authority, Function<String, Purge> purge) {
    return authorities(authority).stream().map(purge).toList();
  }

  /** The authorities that a request for this one may have. */
  static List<String> authorities(String authority) {
    String bare = authority;
    for (String port : DEFAULT_PORTS) {
      bare =
          authority.endsWith(port) ? authority.substring(0, bare.length() - port.length()) : bare;
    }
    boolean otherPort = bare.indexOf(':', bare.lastIndexOf(']') + 1) >= 0;
    Stream<String> more = otherPort ? Stream.empty() : DEFAULT_PORTS.stream().map(bare::concat);
    return Stream.concat(Stream.of(bare), more).toList();
  }

  private Optional<ServiceConfig> named(ServiceName service) {
    return cached().stream().filter(each -> each.name().equals(service)).findFirst();
  }

  private String known() {
    return "cached: "
        + cached().stream().map(each -> each.name().value()).collect(Collectors.joining(", "));
  }

  private static QueryResult<Purges> found(List<Purge> purges, List<ServiceConfig> services) {
    return new QueryResult.Found<>(new Purges(purges, services));
  }

  private static QueryResult<Purges> missing(String sentence) {
    return new QueryResult.Missing<>(sentence);
  }

  private static QueryResult<Purges> wrong(String sentence) {
    return new QueryResult.Wrong<>(sentence);
  }
}
