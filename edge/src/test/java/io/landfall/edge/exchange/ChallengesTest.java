package io.landfall.edge.exchange;

import static io.landfall.edge.server.TestSite.backends;
import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.decision.Reason;
import io.landfall.edge.ChallengeAnswers;
import io.landfall.edge.RawClient;
import io.landfall.edge.Rules;
import io.landfall.edge.TestBackend;
import io.landfall.edge.TrafficSettings.Redirect;
import io.landfall.edge.h2.H2Client;
import io.landfall.edge.h2.RawFrames;
import io.landfall.edge.server.TestSite;
import io.netty.handler.ssl.SslContext;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests of a CA (http-01): before all rules, and only for tokens that are known. */
class ChallengesTest {
  private static final String KNOWN = ChallengeAnswers.PATH + "known";
  private static final ChallengeAnswers ANSWERS =
      new ChallengeAnswers() {
        @Override
        public Optional<String> http(String host, String token) {
          boolean isOfHost = host.equals("shop.test") || host.equals("no.such.host");
          return token.equals("known") && isOfHost ? Optional.of("known.thumb") : Optional.empty();
        }

        @Override
        public Optional<SslContext> tls(String serverName) {
          return Optional.empty();
        }
      };

  private final TestBackend backend = TestBackend.saying("of the backend");
  private TestSite fra = new TestSite("fra", 1);

  @BeforeEach
  void answers() {
    fra.challenges = ANSWERS;
    fra.publish(Signal.UP, backends(backend));
  }

  @AfterEach
  void stop() {
    fra.close();
    backend.close();
  }

  @Test
  void aKnownTokenIsAnsweredForItsHostAndNeverByABackend() {
    for (String host : List.of("shop.test", "no.such.host")) {
      RawClient.Answer answer = RawClient.get(fra.http(), host, KNOWN);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo("known.thumb");
      assertThat(answer.all("content-type")).containsExactly("application/octet-stream");
    }
    fra.awaitLastDecision(Reason.ACME_CHALLENGE);
    try (RawClient client = new RawClient(fra.http())) {
      RawClient.Answer head =
          client.send("HEAD " + KNOWN + " HTTP/1.1\r\nHost: shop.test\r\n\r\n").read(true);
      assertThat(head.all("content-length")).containsExactly("11");
      assertThat(head.body()).isEmpty();
    }
    assertThat(backend.received).isEmpty();
    assertThat(RawClient.get(fra.http(), "other.test", KNOWN).status()).isEqualTo(421);
  }

  @Test
  void whatIsNoKnownTokenGoesTheWayOfAnyRequest() {
    for (String path : List.of(KNOWN + "x", KNOWN + "/", KNOWN + "?q", ChallengeAnswers.PATH)) {
      assertThat(RawClient.get(fra.http(), "shop.test", path).body())
          .as(path)
          .isEqualTo("of the backend");
    }
    try (RawClient client = new RawClient(fra.http())) {
      String post = "POST " + KNOWN + " HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n";
      assertThat(client.send(post).read().body()).isEqualTo("of the backend");
    }
  }

  @Test
  void aRedirectToHttpsDoesNotComeFirst() {
    fra.close();
    fra = new TestSite("fra", 1, Rules.of(Rules.redirects(new Redirect.ToHttps())));
    answers();
    assertThat(RawClient.get(fra.http(), "shop.test", KNOWN).body()).isEqualTo("known.thumb");
    assertThat(RawClient.get(fra.http(), "shop.test", KNOWN + "x").status()).isEqualTo(301);
  }

  @Test
  void itIsAnsweredOverHttp2() throws Exception {
    try (H2Client client = H2Client.open(fra.http())) {
      client.send(new RawFrames().headers(1, true, H2Client.request("GET", KNOWN)));
      client.awaitEnd(1);
      assertThat(client.body(1)).isEqualTo("known.thumb");
    }
  }
}
