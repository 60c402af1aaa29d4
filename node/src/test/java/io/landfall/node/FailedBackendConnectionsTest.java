package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backend that is configured for HTTP/2 and has HTTP/1.1: the log has few of its failures. */
class FailedBackendConnectionsTest {
  private static final int REQUESTS = 60;
  private static final Pattern NOT_LOGGED = Pattern.compile("notLogged=(\\d+)");

  @TempDir Path folder;

  @Test
  void connectionsToABackendThatHasNoHttp2AreLoggedOnceASecond() {
    try (TestWorld world = new TestWorld(folder);
        CapturedLog log = new CapturedLog()) {
      TestOrigin backend = world.origin("over HTTP/1.1", 1);
      TestSite fra =
          world
              .site("fra", 1)
              .hostsWith(
                  "shop",
                  10,
                  """
                  backends: [{url: "%s", protocol: h2}]
                  probe: {tcp: true, interval: 300ms, timeout: 300ms}
                  """
                      .formatted(backend.url()));
      fra.start();
      fra.awaitServed("shop");
      for (int i = 0; i < REQUESTS; i++) {
        assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isGreaterThanOrEqualTo(500);
      }
      List<String> lines = log.with("HTTP/2 with a backend failed");
      assertThat(lines).isNotEmpty().hasSizeLessThan(REQUESTS / 2);
      assertThat(lines).allMatch(line -> NOT_LOGGED.matcher(line).find());
    }
  }
}
