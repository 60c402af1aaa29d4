package io.landfall.config;

import io.landfall.config.TrafficConfig.Redirect;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code services.NAME.redirects}. */
final class RedirectsReader {
  private static final int FOUND = 302;
  private static final String BELOW = "/*";
  private static final String TO_FIX =
      "write a URL such as https://new.example/x, or a path such as /x";
  private static final String ONE_FIX =
      "write {to-https: true}, or {host: ..., path: ..., to: ...}";
  private static final Keys REDIRECT_KEYS = new Keys("services.NAME.redirects[]");

  /** The sections that are read here. */
  static final List<Keys> SECTIONS = List.of(REDIRECT_KEYS);

  private static final Key<?> REDIRECTS =
      ServicesReader.SERVICE_KEYS
          .sections("redirects")
          .otherwiseAs("none")
          .atMost(Bounds.REDIRECTS)
          .is(
              "Requests that the node where they land answers with another URL; the first that matches"
                  + " counts ([traffic-rules.md](traffic-rules.md#redirects)).");
  private static final Key<Boolean> TO_HTTPS =
      REDIRECT_KEYS
          .value("to-https", ValueRules.FLAG)
          .otherwise(false)
          .is(
              "What was reached by http, to the same host and path by https on its usual port: 301, and"
                  + " 308 for methods other than GET and HEAD. Has no other key beside it.");
  private static final Key<String> HOST =
      REDIRECT_KEYS
          .value("host", NetRules.SERVICE_HOST)
          .otherwiseAs("every host of the service")
          .is("The host that was asked for; one of the service's.");
  private static final Key<String> PATH =
      REDIRECT_KEYS
          .value("path", ValueRule.of(new Shape.Text("path", "^/[^ ?#]*$"), RedirectsReader::path))
          .otherwiseAs("every path")
          .is("The path that was asked for, or a prefix: `/old/*` is `/old` and all below.");
  private static final Key<String> TO =
      REDIRECT_KEYS
          .value(
              "to",
              ValueRule.of(
                  new Shape.Text("URL or path", "^(https?://[^/]|/)[!-~]*$"), RedirectsReader::to))
          .is("Where to: a URL, or a path of the same host.");
  private static final Key<Boolean> KEEP_PATH =
      REDIRECT_KEYS
          .value("keep-path", ValueRules.FLAG)
          .otherwise(false)
          .is("Whether the path that was asked for is added to `to`.");
  private static final Key<Integer> STATUS =
      REDIRECT_KEYS
          .value("status", ValueRule.of(new Shape.WholeNumber(301, 308), RedirectsReader::status))
          .otherwise(FOUND)
          .is(
              "One of 301, 302, 303, 307, 308 (RFC 9110 section 15.4): clients store 301 and 308, and only"
                  + " 307 and 308 keep the method for certain.");

  private RedirectsReader() {}

  /** Declares the keys above, which loading this class does. */
  static void declareKeys() {}

  /** The redirects of a service. */
  static List<Redirect> redirects(Section at, List<String> hosts, List<String> paths) {
    List<Section> sections = at.sections(REDIRECTS).orElse(List.of());
    at.atMost(REDIRECTS, sections.size(), "let the backend answer the others");
    List<Redirect> redirects = new ArrayList<>();
    List<Section> whole = new ArrayList<>();
    for (Section section : sections) {
      Optional<Redirect> read = redirect(section, hosts);
      read.ifPresent(
          each -> {
            redirects.add(each);
            whole.add(section);
          });
    }
    RedirectLoops loops = new RedirectLoops(redirects, hosts, paths);
    for (int i = 0; i < whole.size(); i++) {
      String key = whole.get(i).has(TO.name()) ? TO.name() : TO_HTTPS.name();
      Optional<String> loop = loops.from(i);
      if (loop.isPresent()) {
        whole.get(i).problem(key, loop.get(), "let it lead out of what redirects match");
      }
    }
    return redirects;
  }

  private static Optional<Redirect> redirect(Section at, List<String> hosts) {
    boolean toHttps = at.valueOrDefault(TO_HTTPS);
    Optional<String> host = at.value(HOST);
    Optional<String> path = at.value(PATH);
    Optional<String> to = at.value(TO);
    boolean keepPath = at.valueOrDefault(KEEP_PATH);
    int status = at.valueOrDefault(STATUS);
    at.end();
    if (toHttps) {
      for (Key<?> other : List.of(HOST, PATH, TO, KEEP_PATH, STATUS)) {
        if (at.has(other.name())) {
          at.problem(other.name(), "does not go with to-https", ONE_FIX);
          return Optional.empty();
        }
      }
      return Optional.of(new Redirect.ToHttps());
    }
    if (!at.has(TO.name())) {
      at.problem(TO.name(), "is missing", ONE_FIX);
    }
    if (host.isPresent() && !RedirectLoops.isOneOf(host.get(), hosts)) {
      at.problem(
          HOST.name(), "'" + host.get() + "' is no host of this service", "name one of hosts");
    }
    if (keepPath && to.isPresent() && (to.get().endsWith("/") || to.get().indexOf('?') >= 0)) {
      at.problem(
          TO.name(),
          "'" + to.get() + "' has a slash or a query where the path is added",
          "end it before that, such as https://new.example");
      return Optional.empty();
    }
    boolean isWhole = at.has(HOST.name()) == host.isPresent();
    return isWhole && at.has(PATH.name()) == path.isPresent()
        ? to.map(url -> new Redirect.To(host, path, url, keepPath, status))
        : Optional.empty();
  }

  private static String path(String text) throws BadValue {
    String rest = text.endsWith(BELOW) ? text.substring(0, text.length() - BELOW.length()) : text;
    boolean good = text.startsWith("/") && rest.indexOf('*') < 0;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = c > ' ' && c < 0x7f && c != '?' && c != '#';
    }
    if (!good) {
      throw new BadValue(
          "'" + text + "' is not a path", "write /old for one path, or /old/* for all below too");
    }
    return text;
  }

  private static String to(String text) throws BadValue {
    URI url;
    try {
      url = new URI(text);
    } catch (URISyntaxException e) {
      throw new BadValue("'" + text + "' is not a URL", TO_FIX);
    }
    boolean isPath = text.startsWith("/") && !text.startsWith("//");
    boolean isUrl =
        ("https".equals(url.getScheme()) || "http".equals(url.getScheme()))
            && url.getHost() != null
            && url.getRawUserInfo() == null;
    boolean ascii = text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (!(isPath || isUrl) || url.getRawFragment() != null || !ascii) {
      throw new BadValue("'" + text + "' is neither an http URL nor a path", TO_FIX);
    }
    return text;
  }

  private static int status(String text) throws BadValue {
    return switch (text) {
      case "301" -> 301;
      case "302" -> FOUND;
      case "303" -> 303;
      case "307" -> 307;
      case "308" -> 308;
      default ->
          throw new BadValue(
              "'" + text + "' is no status of a redirect", "write 301, 302, 303, 307 or 308");
    };
  }
}
