package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A site whose cached service has an origin that answers with all that it was sent: what of one
 * request gets into what others receive shows.
 */
final class EchoingSite implements AutoCloseable {
  /** Heads that are longer are refused by the origin, and lets that be stored. */
  static final int MOST_OF_ORIGIN = 8_000;

  /** The fields of a plain request, and what came between the origin and the attacker. */
  private static final List<String> WRITTEN = List.of("via:");

  final TestBackend origin = new TestBackend((request, in, out) -> echo(request, out));
  TestSite fra = CachedSite.of("fra", 1);

  EchoingSite() {
    fra.publish(Signal.UP, backends(origin));
  }

  /** Answers with all that it was sent, in the order of the fields, and lets it be stored. */
  private static boolean echo(TestBackend.Received request, OutputStream out) throws IOException {
    String fields = request.fields().stream().sorted().collect(Collectors.joining("\n"));
    String body = request.line() + "\n" + fields + "\n" + request.bodyLength();
    String path = request.line().split(" ")[1];
    boolean refuses = fields.length() > MOST_OF_ORIGIN;
    int vary = path.indexOf("-vary-");
    return TestBackend.raw(
        out,
        (refuses ? "HTTP/1.1 400 Bad Request" : "HTTP/1.1 200 OK")
            + "\r\nCache-Control: max-age=60\r\nETag: \"e\"\r\n"
            + (vary < 0 ? "" : "Vary: " + path.substring(vary + "-vary-".length()) + "\r\n")
            + "Content-Length: "
            + body.length()
            + "\r\n\r\n"
            + (request.line().startsWith("HEAD ") ? "" : body));
  }

  /** The answer to a request, which is written with plain line ends. */
  RawClient.Answer send(String text) {
    try (RawClient client = new RawClient(fra.http())) {
      return client.send(RawClient.wire(text)).read();
    }
  }

  /** The answer to a request that has nothing but its path. */
  RawClient.Answer plain(String path) {
    return send("GET " + path + " HTTP/1.1\nHost: shop.test\n\n");
  }

  /** What an origin answers to a plain request, but for what each proxy adds to its like. */
  private static String comparable(String body) {
    return Stream.of(body.split("\n"))
        .filter(line -> WRITTEN.stream().noneMatch(line.toLowerCase(Locale.ROOT)::startsWith))
        .collect(Collectors.joining("\n"));
  }

  /**
   * The victim's answer is the one to a plain request; whether it is the attacker's, which was
   * stored, or whose body was still on its way: an attacker is answered 304 by the head alone.
   */
  boolean assertPlain(String path, String why) {
    RawClient.Answer victim = plain(path);
    String expected = plain("/expected").body().replace("/expected", path);
    assertThat(victim.status()).as(why).isEqualTo(200);
    assertThat(comparable(victim.body())).as(why).isEqualTo(comparable(expected));
    String status = victim.field("cache-status").orElse("");
    return status.contains("; hit") || status.contains("; collapsed");
  }

  /** Begins anew, with an empty cache. */
  void restart(CachePolicy policy, ClientClaims claims) {
    fra.close();
    fra =
        new TestSite(
            "fra",
            1,
            settings ->
                settings
                    .with(CacheSettings.of(CachedSite.MEMORY_BYTES, Map.of(TestSite.SHOP, policy)))
                    .with(claims));
    fra.publish(Signal.UP, backends(origin));
  }

  @Override
  public void close() {
    fra.close();
    origin.close();
  }
}
