package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.KeyPolicy;
import io.landfall.cache.QueryRules;
import io.landfall.core.Signal;
import io.landfall.edge.RawClient;
import io.landfall.edge.TestBackend;
import io.landfall.edge.server.TestSite;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What cannot be dropped by its key is made invalid in a table of a fixed size. */
class InvalidatedUrlsTest {
  private final InvalidatedUrls urls = new InvalidatedUrls();

  @Test
  void whatWasAskedForBeforeIsInvalidAndWhatIsAskedForAfterwardsIsNot() {
    long before = urls.ticket();
    urls.invalidate(7);
    assertThat(urls.isValid(7, before)).isFalse();
    assertThat(urls.isValid(7, urls.ticket())).isTrue();
    assertThat(urls.isValid(8, before)).isTrue();
    assertThat(urls.isValid(InvalidatedUrls.NOWHERE, before)).isTrue();
  }

  @Test
  void anotherVersionIsValidUnlessItsUrlWasMadeInvalidMeanwhile() {
    long asked = urls.ticket();
    long since = urls.replace(7, asked);
    assertThat(urls.isValid(7, since)).isTrue();
    assertThat(urls.isValid(7, asked)).isFalse();
    long next = urls.ticket();
    urls.invalidate(7);
    assertThat(urls.isValid(7, urls.replace(7, next))).isFalse();
  }

  @Test
  void whatIsInvalidItselfMakesNoOtherOneInvalid() {
    long old = urls.ticket();
    urls.invalidate(7);
    long since = urls.ticket();
    assertThat(urls.replace(7, old)).isEqualTo(old);
    assertThat(urls.isValid(7, since)).isTrue();
  }

  @Test
  void unsafeRequestsLeaveNoMarkWhereFieldsAreKeyed() {
    CachePolicy policy =
        CachePolicy.DEFAULT.withKey(new KeyPolicy(List.of("x-device"), QueryRules.WHOLE));
    try (TestBackend backend =
            new TestBackend(
                (request, in, out) ->
                    TestBackend.raw(
                        out,
                        "HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 0\r\n\r\n"));
        TestSite fra = CachedSite.of("fra", 1, policy)) {
      fra.publish(Signal.UP, TestSite.backends(backend));
      CachedSite.ask(fra, "/a", "X-Device: phone");
      CachedSite.ask(fra, "/b", "X-Device: phone");
      try (RawClient client = new RawClient(fra.http())) {
        client.send("POST /a HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\n\r\n").read();
      }
      String a = CachedSite.ask(fra, "/a", "X-Device: phone").field("cache-status").orElseThrow();
      String b = CachedSite.ask(fra, "/b", "X-Device: phone").field("cache-status").orElseThrow();
      assertThat(a).contains("fwd=");
      assertThat(b).contains("hit");
    }
  }

  @Test
  void unsafeRequestsAreNoPurges() {
    ByHand edge = new ByHand(1);
    LoopCache loop = (LoopCache) edge.cache.forLoop(Runnable::run);
    for (int i = 0; i < 100; i++) {
      edge.asks("POST /" + i, "Content-Length: 0");
      edge.asked.getLast().answer(200, 0);
      edge.asked.getLast().finish();
    }
    assertThat(loop.epochs().latest()).isZero();
    edge.cache.close();
  }
}
