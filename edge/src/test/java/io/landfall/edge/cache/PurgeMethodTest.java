package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import io.landfall.edge.PurgeOutcome;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a client is answered whose PURGE was taken, or was not. */
class PurgeMethodTest {
  private final TestBackend origin = TestBackend.saying("unused");
  private final TestSite fra = CachedSite.of("fra", 1);

  @BeforeEach
  void isCold() {
    fra.publish(Signal.COLD, TestSite.backends(origin));
  }

  @AfterEach
  void closes() {
    fra.close();
    origin.close();
  }

  private RawClient.Answer purge(CompletableFuture<PurgeOutcome> outcome) {
    fra.purged = outcome;
    try (RawClient client = new RawClient(fra.http())) {
      return client
          .send("PURGE /a HTTP/1.1\r\nHost: shop.test\r\nAccept: application/json\r\n\r\n")
          .read();
    }
  }

  private static String details(RawClient.Answer answer) {
    return answer.all("proxy-status").getFirst();
  }

  @Test
  void oneThatFailedHasABodyWithTheReasonAndAWordOfItsOwn() {
    RawClient.Answer answer =
        purge(CompletableFuture.failedFuture(new IllegalStateException("no")));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.field("content-type")).contains("application/problem+json");
    assertThat(answer.body()).contains("\"reason\":\"NOT_PURGED\"", "not known to be applied");
    assertThat(details(answer)).contains("NOT_PURGED").doesNotContain("LOCAL_COLD");
    TestSite.await(
        "it is recorded",
        () ->
            fra.edge().decisions(1).stream().anyMatch(each -> each.target().equals("NOT_PURGED")));
  }

  @Test
  void oneOfNothingThatCanBePurgedHasABodyToo() {
    RawClient.Answer answer = purge(CompletableFuture.completedFuture(PurgeOutcome.WRONG));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("\"reason\":\"NOT_A_PURGE\"");
  }

  @Test
  void oneThatWasAppliedHasNone() {
    RawClient.Answer answer = purge(CompletableFuture.completedFuture(PurgeOutcome.APPLIED));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(origin.received).isEmpty();
  }
}
