package io.landfall.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code tracing}. */
final class TracingReader {
  private static final Keys KEYS = new Keys("tracing");

  /** The section that is read here. */
  static final List<Keys> SECTIONS = List.of(KEYS);

  private static final int LEAST_REQUESTS = 64;
  private static final int MOST_REQUESTS = 65_536;

  /** Where a collector takes traces, unless the URL says otherwise (OTLP 1, section OTLP/HTTP). */
  private static final String TRACES = "/v1/traces";

  private static final Pattern SHARE_TEXT = Pattern.compile("0(\\.[0-9]{1,6})?|1(\\.0{1,6})?");

  private static final Key<URI> COLLECTOR =
      KEYS.value("otlp", ValueRule.of(new Shape.Text("URL", "^https?://.+$"), TracingReader::url))
          .required("http://127.0.0.1:4318")
          .is(
              "The collector that spans are posted to, by OTLP over HTTP; without a path to"
                  + " `/v1/traces` there.");
  private static final Key<Double> SHARE =
      KEYS.value("sample", ValueRule.of(new Shape.Share(), TracingReader::share))
          .otherwise(TracingConfig.DEFAULT_SHARE)
          .is(
              "Which share of the requests that land here has spans: here, at the node that a request"
                  + " is forwarded to, and with a traceparent at backends. A trusted proxy that sends a"
                  + " traceparent decides by its sampled flag.");
  private static final Key<?> AUTHORITIES =
      KEYS.value("ca", Shapes.FILE)
          .otherwiseAs("the JDK's")
          .is("The CAs to which the certificate of a collector at `https` has to lead.");
  private static final Key<Integer> QUEUE =
      KEYS.value("queue", ValueRules.count(LEAST_REQUESTS, MOST_REQUESTS))
          .otherwise(TracingConfig.DEFAULT_MOST_REQUESTS)
          .is(
              "How many sampled requests may wait to be sent; the spans of more are dropped and"
                  + " counted.");

  private TracingReader() {}

  /** The section's values; without one there is no tracing. */
  static Optional<TracingConfig> read(Optional<Section> section, FileRules files) {
    return section.flatMap(at -> read(at, files));
  }

  private static Optional<TracingConfig> read(Section at, FileRules files) {
    Optional<URI> collector = at.required(COLLECTOR);
    double share = at.valueOrDefault(SHARE);
    Optional<Path> authorities = at.value(AUTHORITIES, files::readable);
    int mostRequests = at.valueOrDefault(QUEUE);
    at.end();
    return collector.map(url -> new TracingConfig(url, share, authorities, mostRequests));
  }

  private static URI url(String text) throws BadValue {
    try {
      URI url = new URI(text);
      boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (http && url.getHost() != null && url.getFragment() == null && url.getUserInfo() == null) {
        String path = url.getRawPath();
        return path == null || path.isEmpty() || path.equals("/") ? url.resolve(TRACES) : url;
      }
    } catch (URISyntaxException e) {
      // The same problem as a URL of another scheme.
    }
    throw new BadValue(
        "'" + text + "' is no URL of http or https with a host", "write http://127.0.0.1:4318");
  }

  private static double share(String text) throws BadValue {
    if (!SHARE_TEXT.matcher(text).matches()) {
      throw new BadValue(
          "'" + text + "' is no share from 0 to 1", "write 0.01 for one request of a hundred");
    }
    return Double.parseDouble(text);
  }
}
