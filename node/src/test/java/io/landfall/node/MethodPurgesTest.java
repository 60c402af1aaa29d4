package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.admin.QueryResult;
import io.landfall.cache.fleet.PurgeEffect.NodeAnswer;
import io.landfall.cache.fleet.PurgeEffect.Outcome;
import io.landfall.core.NodeName;
import io.landfall.edge.PurgeOutcome;
import io.landfall.edge.TrustedProxies;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which purges of clients are taken, and what the log has of each. */
class MethodPurgesTest {
  private static final InetSocketAddress LISTED =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 999);
  private static final InetSocketAddress OTHER =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 999);
  private static final TrustedProxies LIST =
      new TrustedProxies(List.of(new TrustedProxies.Network(LISTED.getAddress(), 32)));

  private static List<String> logged(
      TrustedProxies purgers,
      InetSocketAddress client,
      String url,
      CompletableFuture<GivenPurge> given,
      PurgeOutcome outcome) {
    MethodPurges purges =
        new MethodPurges(
            purgers,
            scope ->
                url.isEmpty()
                    ? new QueryResult.Missing<>("as the test asks")
                    : new QueryResult.Found<>(new PurgePlan.Purges(List.of(), List.of())),
            (scope, soft, waitNanos) -> given);
    try (CapturedLog log = new CapturedLog()) {
      assertThat(purges.purge(client, url, true).exceptionally(e -> PurgeOutcome.FAILED).join())
          .isEqualTo(outcome);
      return log.with("INFO", "client=", "soft=true", "outcome=");
    }
  }

  private static CompletableFuture<GivenPurge> given(Outcome ofNyc) {
    NodeAnswer answer = new NodeAnswer(new NodeName("nyc"), ofNyc, 0);
    return CompletableFuture.completedFuture(new GivenPurge(List.of(answer), true, true));
  }

  @Test
  void aPurgeThatIsTakenHasALineWithWhoAndWhatAndItsOutcome() {
    CompletableFuture<GivenPurge> all = given(Outcome.APPLIED);
    assertThat(logged(LIST, LISTED, "http://shop.test/a", all, PurgeOutcome.APPLIED))
        .singleElement()
        .asString()
        .contains("a client has purged a URL", "127.0.0.1", "url=http://shop.test/a", "=applied");
    assertThat(logged(LIST, LISTED, "http://a/", given(Outcome.PENDING), PurgeOutcome.PARTLY))
        .singleElement()
        .asString()
        .contains("outcome=partly");
    CompletableFuture<GivenPurge> failed = CompletableFuture.failedFuture(new RuntimeException());
    assertThat(logged(LIST, LISTED, "http://a/", failed, PurgeOutcome.FAILED))
        .singleElement()
        .asString()
        .contains("outcome=failed");
  }

  @Test
  void aPurgeThatIsRefusedHasALineOfAnotherText() {
    CompletableFuture<GivenPurge> never = new CompletableFuture<>();
    String url = "http://shop.test/" + "a".repeat(1_000);
    assertThat(logged(LIST, OTHER, url, never, PurgeOutcome.REFUSED))
        .singleElement()
        .asString()
        .contains("a client's purge was refused", "127.0.0.2", "aaa...", "outcome=refused")
        .hasSizeLessThan(500);
    assertThat(logged(LIST, LISTED, "", never, PurgeOutcome.WRONG)).hasSize(1);
    assertThat(logged(TrustedProxies.NONE, LISTED, url, never, PurgeOutcome.NOT_TAKEN)).hasSize(1);
  }
}
