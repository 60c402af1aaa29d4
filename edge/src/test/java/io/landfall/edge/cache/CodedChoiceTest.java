package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Coding;
import io.landfall.cache.SipHash;
import io.landfall.core.InvariantBroken;
import io.landfall.edge.CacheSettings;
import io.landfall.edge.SystemClock;
import io.landfall.edge.exchange.CacheTurn;
import io.landfall.edge.exchange.CacheUse;
import io.landfall.edge.exchange.Exchange;
import io.landfall.edge.exchange.Exchanges;
import io.landfall.edge.h1.RequestText;
import io.landfall.edge.http.FieldLines;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No coding is chosen for a response that is not there in it. */
class CodedChoiceTest {
  private static final CachePolicy POLICY = CodedSite.policy();
  private static final String GZIP = "Accept-Encoding: gzip";

  private final ByHand edge = new ByHand(1);
  private final EdgeCache cache =
      new EdgeCache(
          CacheSettings.of(ByHand.MEMORY_BYTES, Map.of(ByHand.SHOP, POLICY)),
          "fra.cdn.test",
          new SipHash(1, 2),
          SystemClock.INSTANCE,
          PooledByteBufAllocator.DEFAULT);
  private final List<Lookup> lookups = new ArrayList<>();
  private final MemoryTier room =
      new MemoryTier(new MemoryBudget(1 << 20), new MemoryBudget(1 << 20));
  private final StoredResponse stored = codable(Objects.requireNonNull(plain()));

  private @Nullable StoredResponse plain() {
    return StoredThings.response(room, CodedSite.TEXT.length());
  }

  /** The same, as one that has variants. */
  private static StoredResponse codable(StoredResponse plain) {
    FieldLines fields = new FieldLines();
    fields.add(AsciiString.of("content-type"), AsciiString.of("text/html"));
    return new StoredResponse(
        new StoredResponse.Head(fields, true, false, true),
        plain.meta(),
        new long[0],
        0,
        plain.body(),
        1000);
  }

  @AfterEach
  void closes() {
    stored.release();
    cache.close();
    edge.cache.close();
  }

  /** The lookup of a request as it has just arrived. */
  private Lookup lookup(String... lines) {
    CacheUse loop = cache.forLoop(Runnable::run);
    CacheUse noted =
        (arrived, service) -> {
          CacheTurn turn = loop.begin(arrived, service);
          lookups.add((Lookup) Objects.requireNonNull(turn));
          return turn;
        };
    Exchanges exchanges = new Exchanges(edge.runtime, () -> 0, edge, Runnable::run, noted);
    String request = "GET /a HTTP/1.1\r\nHost: shop.test\r\n" + CachedSite.joined(lines) + "\r\n";
    ByHand.Client client = edge.new Client(request);
    new Exchange(exchanges, RequestText.head(request), client, Optional.empty()).start();
    return lookups.getLast();
  }

  @Test
  void withoutAKeyItIsWhatIsStored() {
    Lookup lookup = lookup(GZIP, "Connection: x-a", "X-A: 1");
    assertThat(lookup.key()).isNull();
    assertThat(CodedChoice.of(lookup, stored, true)).isNull();
  }

  @Test
  void whatIsNotMadeYetIsNotChosen() {
    Lookup lookup = lookup(GZIP);
    assertThat(lookup.key()).isNotNull();
    assertThat(CodedChoice.of(lookup, stored, false)).isNull();
  }

  @Test
  void aCodingThatIsNotThereIsNeverSentAsAnotherOne() {
    assertThat(CacheReader.body(stored, null)).isSameAs(stored.body());
    assertThatThrownBy(() -> CacheReader.body(stored, Coding.GZIP))
        .isInstanceOf(InvariantBroken.class);
  }
}
