package io.landfall.edge.cache;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.core.Signal;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.server.TestSite;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The scheme that a trusted proxy sends, at the site to which a request is forwarded. */
class ReachedSchemeTest {
  private static final String FIELDS = "Host: shop.test\r\nX-Forwarded-Proto: https\r\n";

  private final AtomicInteger version = new AtomicInteger();
  private final TestBackend origin =
      new TestBackend(
          (request, in, out) ->
              TestBackend.raw(
                  out,
                  "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nContent-Length: 2\r\n\r\nv"
                      + (request.line().startsWith("POST")
                          ? version.incrementAndGet()
                          : version.get())));
  private final TestSite nyc = CachedSite.of("nyc", 2);
  private final TestSite fra =
      new TestSite(
          "fra",
          1,
          settings ->
              settings
                  .with(
                      CacheSettings.of(
                          CachedSite.MEMORY_BYTES, Map.of(TestSite.SHOP, CachePolicy.DEFAULT)))
                  .with(
                      new ClientClaims(
                          new TrustedProxies(
                              List.of(
                                  new TrustedProxies.Network(InetAddress.getLoopbackAddress(), 8))),
                          ClientClaims.Lookalikes.DROP)));

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    origin.close();
  }

  private String ask(String method, String more) {
    try (RawClient client = new RawClient(fra.http())) {
      return client.send(method + " /a HTTP/1.1\r\n" + FIELDS + more + "\r\n").read().body();
    }
  }

  @Test
  void whatAPostMakesInvalidIsInvalidThereToo() {
    nyc.publish(Signal.UP, backends(origin));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    assertThat(ask("GET", "")).isEqualTo("v0");
    assertThat(ask("POST", "Content-Length: 0\r\n")).isEqualTo("v1");
    assertThat(ask("GET", "")).isEqualTo("v1");
  }
}
