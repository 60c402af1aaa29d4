package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.ClientClaims;
import io.landfall.edge.EdgeSettings;
import io.landfall.edge.RawClient;
import io.landfall.edge.RuledBackends;
import io.landfall.edge.StickyCookie;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TestSettings;
import io.landfall.edge.TrustedProxies;
import io.landfall.edge.WebSockets;
import io.landfall.edge.server.TestSite;
import java.net.InetAddress;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that come back to the backend that they had, by a cookie. */
class StickySessionsTest {
  private static final int REQUESTS = 6;

  private final TestBackend one = TestBackend.saying("one");
  private final TestBackend other = TestBackend.saying("other");
  private final TestSite fra = new TestSite("fra", 1, TestSettings::oneLoop);
  private final TestSite nyc = new TestSite("nyc", 2, TestSettings::oneLoop);

  @AfterEach
  void stop() {
    fra.close();
    nyc.close();
    one.close();
    other.close();
  }

  private void both() {
    fra.publish(
        Signal.UP,
        RuledBackends.sticky(
            0, RuledBackends.sticky(one, true, 1), RuledBackends.sticky(other, true, 1)));
  }

  private static RawClient.Answer get(TestSite site, String... cookies) {
    StringBuilder text = new StringBuilder("GET / HTTP/1.1\r\nHost: shop.test\r\n");
    for (String cookie : cookies) {
      text.append("Cookie: ").append(cookie).append("\r\n");
    }
    try (RawClient client = new RawClient(site.http())) {
      return client.send(text + "\r\n").read();
    }
  }

  private static String pair(TestBackend backend) {
    return RuledBackends.COOKIE + "=" + RuledBackends.cookieOf(backend);
  }

  @Test
  void aClientWithTheCookieComesBackAndOneWithoutGetsIt() {
    both();
    for (TestBackend backend : List.of(one, other)) {
      for (int i = 0; i < REQUESTS; i++) {
        RawClient.Answer answer = get(fra, "a=1; " + pair(backend));
        assertThat(answer.body()).isEqualTo(backend == one ? "one" : "other");
        assertThat(answer.field("set-cookie")).isEmpty();
        assertThat(answer.field("cache-control")).isEmpty();
      }
    }
    RawClient.Answer first = get(fra);
    TestBackend given = first.body().equals("one") ? one : other;
    assertThat(first.all("set-cookie"))
        .containsExactly(pair(given) + "; Path=/; HttpOnly; SameSite=Lax");
    assertThat(first.all("cache-control")).containsExactly("private");
  }

  @Test
  void theCookieLivesAsLongAsItIsConfigured() {
    fra.publish(Signal.UP, RuledBackends.sticky(60, RuledBackends.sticky(one, true, 1)));
    assertThat(get(fra).field("set-cookie").orElseThrow())
        .isEqualTo(pair(one) + "; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
  }

  @Test
  void whoseBackendTakesNoRequestsGetsAnother() {
    for (boolean healthy : List.of(true, false)) {
      fra.publish(
          Signal.UP,
          RuledBackends.sticky(
              0,
              RuledBackends.sticky(one, healthy, healthy ? 0 : 1),
              RuledBackends.sticky(other, true, 1)));
      RawClient.Answer answer = get(fra, pair(one));
      assertThat(answer.body()).isEqualTo("other");
      assertThat(answer.field("set-cookie").orElseThrow()).startsWith(pair(other) + ";");
    }
  }

  @Test
  void whoseBackendFailsIsSentToTheNextAndGetsItsCookie() {
    try (TestBackend closing = new TestBackend((request, in, out) -> false)) {
      fra.publish(
          Signal.UP,
          RuledBackends.sticky(
              0, RuledBackends.sticky(closing, true, 1), RuledBackends.sticky(other, true, 1)));
      RawClient.Answer answer = get(fra, pair(closing));
      assertThat(answer.body()).isEqualTo("other");
      assertThat(answer.all("set-cookie")).hasSize(1);
      assertThat(answer.field("set-cookie").orElseThrow()).startsWith(pair(other) + ";");
    }
  }

  @Test
  void theBackendDoesNotGetTheCookie() {
    both();
    get(fra, "a=1; " + pair(one) + ";b=\"2\"; ; c", "d=4", pair(one), "backendx=5");
    assertThat(one.received.getFirst().all("cookie"))
        .containsExactly("a=1; b=\"2\"; c", "d=4", "backendx=5");
    // As long as before, with the blanks that are put in.
    get(fra, pair(one) + ";p".repeat(pair(one).length() + 2));
    assertThat(one.received.getLast().all("cookie").getFirst()).doesNotContain("backend");
    get(fra, RuledBackends.COOKIE + "=made-up");
    assertThat(one.received.size() + other.received.size()).isEqualTo(3);
    assertThat((one.received.size() == 3 ? one : other).received.getLast().all("cookie")).isEmpty();
  }

  @Test
  void whateverAClientSendsAsCookieIsReadWithoutFailure() {
    both();
    String name = RuledBackends.COOKIE;
    String longest = "x".repeat(StickyCookie.VALUE_CHARS);
    for (String cookie :
        List.of(
            "",
            ";",
            "=",
            name,
            name + "=",
            name + "=;" + name,
            name + "=" + longest,
            name + "=\u00ff\u00fe; " + name + " = " + longest,
            (name + "=" + longest + ";").repeat(500),
            "=" + name + "=" + longest,
            name + "=" + RuledBackends.cookieOf(one) + "x",
            name + "=" + RuledBackends.cookieOf(one).toUpperCase())) {
      RawClient.Answer answer = get(fra, cookie);
      assertThat(answer.status()).as(cookie).isEqualTo(200);
      assertThat(answer.all("set-cookie")).as(cookie).hasSize(1);
    }
  }

  @Test
  void aForwardedRequestIsStickyAtTheSiteThatServesIt() {
    nyc.publish(
        Signal.UP,
        RuledBackends.sticky(
            0, RuledBackends.sticky(one, true, 1), RuledBackends.sticky(other, true, 1)));
    fra.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(get(fra, pair(other)).body()).isEqualTo("other");
    }
    assertThat(other.received).allMatch(request -> request.all("cookie").isEmpty());
    RawClient.Answer first = get(fra);
    assertThat(first.all("set-cookie")).hasSize(1);
    assertThat(first.field("landfall-cache-control")).isEmpty();
  }

  @Test
  void aClientThatCameOverTlsGetsASecureCookieHereAndThroughAnotherSite() {
    UnaryOperator<EdgeSettings> behindABalancer =
        settings ->
            settings.with(
                new ClientClaims(
                    new TrustedProxies(
                        List.of(new TrustedProxies.Network(InetAddress.getLoopbackAddress(), 8))),
                    ClientClaims.Lookalikes.DROP));
    nyc.publish(Signal.UP, RuledBackends.sticky(0, RuledBackends.sticky(one, true, 1)));
    try (TestSite ams = new TestSite("ams", 3, behindABalancer)) {
      for (int i = 0; i < 2; i++) {
        if (i == 0) {
          ams.publish(Signal.UP, RuledBackends.sticky(0, RuledBackends.sticky(one, true, 1)));
        } else {
          ams.publish(Signal.DOWN, List.of(), nyc.candidate(Signal.UP, 1));
        }
        try (RawClient client = new RawClient(ams.http())) {
          assertThat(
                  client
                      .send("GET / HTTP/1.1\r\nHost: shop.test\r\nX-Forwarded-Proto: https\r\n\r\n")
                      .read()
                      .field("set-cookie")
                      .orElseThrow())
              .endsWith("; SameSite=Lax; Secure");
        }
      }
    }
  }

  @Test
  void aTunnelIsStickyToo() {
    try (TestBackend echo = WebSockets.echo();
        RawClient client = new RawClient(fra.http())) {
      fra.publish(Signal.UP, RuledBackends.sticky(0, RuledBackends.sticky(echo, true, 1)));
      RawClient.Answer answer = client.send(WebSockets.REQUEST).readHead();
      assertThat(answer.status()).isEqualTo(101);
      assertThat(answer.field("set-cookie").orElseThrow()).startsWith(pair(echo) + ";");
    }
  }
}
