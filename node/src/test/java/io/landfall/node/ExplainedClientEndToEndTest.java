package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code explain} of a client's address: what the rules of a service would do with it. */
class ExplainedClientEndToEndTest {
  @TempDir Path folder;
  private TestWorld world;
  private TestSite fra;

  @BeforeEach
  void aSite() {
    world = new TestWorld(folder);
    TestOrigin origin = world.origin("one", 1);
    fra = world.site("fra", 1);
    fra.hostsWith(
        "shop",
        10,
        """
        backends: ["%s"]
        probe: {http: /healthz}
        allow: [10.0.0.0/8, 127.0.0.0/8, "2001:db8::/32"]
        deny: [10.1.0.0/16, 10.1.2.0/24]
        rate-limits:
          - {requests: 1, per: 1h}
          - {field: X-API-Key, requests: 600, per: 1m}
        maintenance: {allow: [10.9.0.0/16]}
        """
            .formatted(origin.url()));
    fra.start();
  }

  @AfterEach
  void stop() {
    world.close();
  }

  private String explain(String more) {
    return fra.show("explain?url=http://shop.test/" + more);
  }

  @Test
  void thePrefixThatDecidesIsNamed() {
    assertThat(explain("&from=10.1.2.3"))
        .contains("10.1.2.3 gets 403 (CLIENT_DENIED): 'deny' has 10.1.2.0/24");
    assertThat(explain("&from=192.0.2.7"))
        .contains("192.0.2.7 gets 403 (CLIENT_DENIED): no prefix of 'allow' has it");
    assertThat(explain("&from=10.9.1.1"))
        .contains("10.9.1.1 may use it: 'allow' has 10.0.0.0/8")
        .contains("10.9.1.1 is served in maintenance: 'maintenance.allow' has 10.9.0.0/16");
    assertThat(explain("&from=2001:db8::7"))
        .contains("2001:db8::7 gets 503 (MAINTENANCE): no prefix of 'maintenance.allow' has it")
        .contains("its rate limit 'client' (1 in 3600 s) counts it for the /64 of 2001:db8::7");
    assertThat(explain("")).as("of nobody").contains("clients beyond one of its rate limits");
  }

  @Test
  void nothingIsCounted() {
    for (int i = 0; i < 3; i++) {
      assertThat(explain("&from=127.0.0.1&field=X-API-Key:%20a"))
          .contains("its rate limit 'client' (1 in 3600 s) counts it for 127.0.0.1")
          .contains("its rate limit 'x-api-key' (600 in 60 s) counts it for x-api-key: a");
    }
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).as("the one").isEqualTo(503);
    assertThat(HttpWire.get(fra.http, "shop.test", "/").status()).isEqualTo(429);
  }

  @Test
  void whatIsNoAddressAndNoFieldIsRefused() {
    for (String wrong :
        new String[] {
          "from=shop.test",
          "from=10.0.0.0/8",
          "from=",
          "from=1.2.3.4&from=1.2.3.5",
          "field=a:b",
          "from=1.2.3.4&field=nothing",
          "from=1.2.3.4&field=a:%0d"
        }) {
      assertThat(
              HttpWire.get(fra.socket(), "localhost", "/v1/explain?url=shop.test&" + wrong)
                  .status())
          .as(wrong)
          .isEqualTo(400);
    }
    assertThat(
            HttpWire.get(fra.socket(), "localhost", "/v1/explain?url=shop.test&from=shop.test")
                .body())
        .contains("'shop.test' is no IP address: write one such as 192.0.2.7");
  }
}
