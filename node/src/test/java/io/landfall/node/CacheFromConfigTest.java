package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.cache.CachePolicy;
import io.landfall.cache.Coding;
import io.landfall.cache.CompressionPolicy;
import io.landfall.cache.QueryRules;
import io.landfall.config.CacheConfig;
import io.landfall.config.CacheConfig.Query;
import io.landfall.config.CacheConfig.Selection;
import io.landfall.config.CacheConfig.Store;
import io.landfall.config.CacheConfig.Times;
import io.landfall.config.CompressionConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What the edge caches, and what the config has of it. */
class CacheFromConfigTest {
  @Test
  void withoutFurtherWordsAServiceIsCachedAsTheRfcsHaveIt() {
    CachePolicy policy = CacheFromConfig.policy(CacheConfig.OfService.DEFAULT);
    assertThat(policy.ttl().defaultSeconds()).isEqualTo(CachePolicy.DEFAULT.ttl().defaultSeconds());
    assertThat(policy.grace()).isEqualTo(CachePolicy.DEFAULT.grace());
    assertThat(policy.key()).isEqualTo(CachePolicy.DEFAULT.key());
    assertThat(policy.maxObjectBytes()).isEqualTo(CachePolicy.DEFAULT.maxObjectBytes());
    assertThat(policy.honoursClientNoCache()).isTrue();
    assertThat(policy.storesSetCookie()).isFalse();
    assertThat(policy.storesClientErrors()).isFalse();
    assertThat(policy.sliceBytes()).isEqualTo(CachePolicy.DEFAULT_SLICE_BYTES);
    assertThat(policy.methods()).isEqualTo(CachePolicy.DEFAULT.methods());
    assertThat(policy.compression().isOn()).isFalse();
  }

  @Test
  void whatIsLeftOutOfCompressIsAsTheRulesHaveIt() {
    CacheConfig.OfService plain = CacheConfig.OfService.DEFAULT;
    CacheConfig.OfService compressed =
        new CacheConfig.OfService(
            plain.store(),
            plain.times(),
            plain.selection(),
            plain.sites(),
            Optional.of(CompressionConfig.DEFAULT));
    assertThat(CacheFromConfig.policy(compressed).compression())
        .isEqualTo(CompressionPolicy.DEFAULT);
  }

  @Test
  void everyKeyReachesThePolicy() {
    CachePolicy policy =
        CacheFromConfig.policy(
            new CacheConfig.OfService(
                new Store(7, 50, true, true, 65_536, List.of("GET", "POST")),
                new Times(OptionalLong.of(1), 2, 3, new TreeMap<>(Map.of(404, 4L)), 5, 6, 8),
                new Selection(
                    List.of("x-device"),
                    new Query(Query.Keep.ONLY, List.of("a"), true),
                    List.of("session"),
                    false),
                CacheConfig.Sites.DEFAULT,
                Optional.of(
                    new CompressionConfig(
                        List.of(CompressionConfig.Coding.ZSTD, CompressionConfig.Coding.BR),
                        Optional.of(List.of("text/html")),
                        11,
                        12,
                        13,
                        new CompressionConfig.Levels(1, 2, 3),
                        true))));
    assertThat(policy.compression())
        .isEqualTo(
            new CompressionPolicy(
                List.of(Coding.ZSTD, Coding.BROTLI),
                List.of("text/html"),
                11,
                12,
                13,
                new CompressionPolicy.Levels(1, 2, 3),
                true));
    assertThat(policy.maxObjectBytes()).isEqualTo(7);
    assertThat(policy.storesSetCookie()).isTrue();
    assertThat(policy.storesClientErrors()).isTrue();
    assertThat(policy.sliceBytes()).isEqualTo(65_536);
    assertThat(policy.methods()).containsExactly("GET", "POST");
    assertThat(policy.ttl().defaultSeconds()).isEqualTo(1);
    assertThat(policy.ttl().minSeconds()).isEqualTo(2);
    assertThat(policy.ttl().maxSeconds()).isEqualTo(3);
    assertThat(policy.ttl().statusSeconds()).containsEntry(404, 4L);
    assertThat(policy.grace().staleWhileRevalidateSeconds()).isEqualTo(5);
    assertThat(policy.grace().staleIfErrorSeconds()).isEqualTo(6);
    assertThat(policy.ttl().hitForMissSeconds()).isEqualTo(8);
    assertThat(policy.key().fields()).containsExactly("x-device");
    assertThat(policy.key().query())
        .isEqualTo(new QueryRules(QueryRules.Mode.ONLY, List.of("a"), true));
    assertThat(policy.bypassCookies()).containsExactly("session");
    assertThat(policy.honoursClientNoCache()).isFalse();
  }

  private static CacheConfig config(long memoryBytes) {
    return new CacheConfig(memoryBytes, 5_000, List.of(), List.of(), Optional.empty());
  }

  @Test
  void theMemoryIsAtMostHalfOfWhatThereIs() {
    assertThat(CacheFromConfig.memory(config(100), 1_000)).isEqualTo(100);
    assertThat(CacheFromConfig.memory(config(900), 1_000)).isEqualTo(500);
  }
}
