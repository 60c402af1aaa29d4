package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests with a client's certificate (RFC 9440), and the cache. */
class CertifiedClientsTest {
  private final ByHand edge = new ByHand(1);

  @AfterEach
  void close() {
    edge.cache.close();
  }

  @BeforeEach
  void somethingIsStored() {
    edge.asks("GET /a");
    answersTheLast();
  }

  private void answersTheLast() {
    ByHand.Asked asked = edge.asked.getLast();
    asked.answer(200, 1, "cache-control: max-age=60");
    asked.data(1);
    asked.finish();
  }

  @Test
  void oneOfTheConnectionPassesTheCache() {
    edge.certificate = AsciiString.of(":AA==:");
    ByHand.Client client = edge.asks("GET /a");
    assertThat(edge.asked).hasSize(2);
    answersTheLast();
    assertThat(client.status).isEqualTo(200);
    assertThat(client.cacheStatus).isEmpty();
  }

  @Test
  void oneThatAnyClientMakesUpDoesNot() {
    ByHand.Client client = edge.asks("GET /a", "Client-Cert: :AA==:");
    assertThat(client.cacheStatus).contains("; hit");
    assertThat(edge.asked).hasSize(1);
  }
}
