package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.RequestMatch;
import io.landfall.edge.RuledBackends;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.server.TestSite;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Backends that get only requests with a field or a cookie, such as canaries. */
class KeptBackendsTest {
  private static final int REQUESTS = 6;
  private static final RequestMatch BY_COOKIE =
      new RequestMatch(RequestMatch.Part.COOKIE, AsciiString.of("canary"), Optional.empty());

  private final TestBackend canary = TestBackend.saying("canary");
  private final TestBackend usual = TestBackend.saying("usual");
  private final TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop);
  private final TestSite nyc = new TestSite("nyc", 2, TestSettings::oneLoop);

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    canary.close();
    usual.close();
  }

  private void publish(TestSite site, boolean canaryUp, boolean usualUp, RequestMatch only) {
    site.publish(
        Signal.UP,
        RuledBackends.kept(
            only,
            RuledBackends.kept(canary, canaryUp, only),
            RuledBackends.sticky(usual, usualUp, 1)));
  }

  private static RawClient.Answer get(TestSite site, String... lines) {
    try (RawClient client = new RawClient(site.http())) {
      String more = lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n";
      return client.send("GET / HTTP/1.1\r\nHost: shop.test\r\n" + more + "\r\n").read();
    }
  }

  @Test
  void whatMatchesGoesThereAndNothingElseDoes() {
    publish(fra, true, true, RuledBackends.CANARY);
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(get(fra, "X-Canary: yes").body()).isEqualTo("canary");
      assertThat(get(fra, "X-Canary: no", "X-Canary: yes").body()).isEqualTo("canary");
      assertThat(get(fra).body()).isEqualTo("usual");
      assertThat(get(fra, "X-Canary: yes!").body()).isEqualTo("usual");
    }
  }

  @Test
  void byACookieOfAnyValue() {
    publish(fra, true, true, BY_COOKIE);
    assertThat(get(fra, "Cookie: a=1; canary=; b=2").body()).isEqualTo("canary");
    assertThat(get(fra, "Cookie: Canary=1; xcanary=2; a=canary").body()).isEqualTo("usual");
  }

  @Test
  void whileItIsDownOthersGetWhatMatches() {
    publish(fra, false, true, RuledBackends.CANARY);
    assertThat(get(fra, "X-Canary: yes").body()).isEqualTo("usual");
  }

  @Test
  void whatMatchesIsTriedElsewhereIfItFailsThere() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false)) {
      fra.publish(
          Signal.UP,
          RuledBackends.kept(
              RuledBackends.CANARY,
              RuledBackends.kept(closing, true, RuledBackends.CANARY),
              RuledBackends.sticky(usual, true, 1)));
      assertThat(get(fra, "X-Canary: yes").body()).isEqualTo("usual");
      assertThat(closing.received).hasSize(1);
    }
  }

  @Test
  void otherRequestsDoNotGoThereThoughNothingElseIsUp() {
    publish(fra, true, false, RuledBackends.CANARY);
    assertThat(get(fra).status()).isEqualTo(503);
    assertThat(get(fra, "X-Canary: yes").body()).isEqualTo("canary");
    assertThat(canary.received).hasSize(1);
  }

  @Test
  void aForwardedRequestIsMatchedWhereItIsServed() {
    publish(nyc, true, true, RuledBackends.CANARY);
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    assertThat(get(fra, "X-Canary: yes").body()).isEqualTo("canary");
    assertThat(get(fra).body()).isEqualTo("usual");
  }
}
