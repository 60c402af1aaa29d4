package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.Purge;
import io.netty.util.AsciiString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two changes of one URL that are under way together, in every order that a cache can see. */
class PostedOrderTest {
  private static final String[] FRESH = {"cache-control: max-age=60", "content-location: /a"};

  private final ByHand edge = ByHand.storingPost();

  @AfterEach
  void close() {
    edge.cache.close();
  }

  private ByHand.Asked posts() {
    edge.asks("POST /a", "Content-Length: 0");
    return edge.asked.getLast();
  }

  private static void answers(ByHand.Asked asked) {
    asked.answer(200, 1, FRESH);
    asked.data(1);
    asked.finish();
  }

  private boolean isStored() {
    ByHand.Client client = edge.asks("GET /a");
    return client.cacheStatus.contains("; hit");
  }

  @Test
  void theOnlyOneIsStored() {
    answers(posts());
    assertThat(isStored()).isTrue();
  }

  @Test
  void oneThatWasAskedForWithAClientsCertificateIsNotAndChangesWhatIsStored() {
    answers(posts());
    edge.certificate = AsciiString.of(":AA==:");
    ByHand.Client client = edge.asks("POST /a", "Content-Length: 0");
    answers(edge.asked.getLast());
    assertThat(client.cacheStatus).contains("fwd=method").doesNotContain("stored");
    edge.certificate = AsciiString.EMPTY_STRING;
    assertThat(isStored()).isFalse();
  }

  @Test
  void oneThatWasAskedForBeforeAnotherWasAnsweredIsNot() {
    ByHand.Client client = edge.asks("POST /a", "Content-Length: 0");
    ByHand.Asked first = edge.asked.getLast();
    edge.asks("DELETE /a");
    edge.asked.getLast().answer(200, 0);
    edge.asked.getLast().finish();
    answers(first);
    assertThat(client.cacheStatus).contains("fwd=method").doesNotContain("stored");
    assertThat(isStored()).isFalse();
  }

  @Test
  void oneThatAnotherChangesWhileItsBodyComesIsNot() {
    ByHand.Asked first = posts();
    first.answer(200, 1, FRESH);
    edge.asks("DELETE /a");
    edge.asked.getLast().answer(200, 0);
    edge.asked.getLast().finish();
    first.data(1);
    first.finish();
    assertThat(edge.cache.views().services().getFirst().filled().objects())
        .as("not even for a moment")
        .isZero();
    assertThat(isStored()).isFalse();
  }

  @Test
  void oneThatIsPurgedWhileItsBodyComesIsNotUsed() {
    ByHand.Asked first = posts();
    first.answer(200, 1, FRESH);
    edge.cache.purge(new Purge.OfHost("shop.test"), false);
    edge.run();
    first.data(1);
    first.finish();
    assertThat(isStored()).isFalse();
  }

  @Test
  void whatAGetHasStoredMeanwhileStays() {
    ByHand.Asked first = posts();
    first.answer(200, 1, FRESH);
    edge.asks("GET /a");
    edge.asked.getLast().answer(200, 2, "cache-control: max-age=60");
    edge.asked.getLast().data(2);
    edge.asked.getLast().finish();
    first.data(1);
    first.finish();
    ByHand.Client client = edge.asks("GET /a");
    assertThat(client.cacheStatus).contains("; hit");
    assertThat(client.bytes).isEqualTo(2);
  }

  @Test
  void nothingIsLeftOfOneWhoseClientLeaves() {
    ByHand.Client client = edge.asks("POST /a", "Content-Length: 0");
    edge.asked.getLast().answer(200, 100_000, FRESH);
    edge.asked.getLast().data(1_000);
    assertThat(edge.view().bytes()).isPositive();
    client.leave();
    assertThat(edge.view().bytes()).isZero();
    assertThat(isStored()).isFalse();
  }
}
