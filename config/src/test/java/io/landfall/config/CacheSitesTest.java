package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.CacheConfig.Shield;
import io.landfall.config.CacheConfig.Sites;
import io.landfall.config.CacheConfig.Warmth;
import io.landfall.core.NodeName;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the config has of warmth and shields. */
class CacheSitesTest {
  private static final String CACHE = "{max-object: 64MiB}";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private Sites sites(String cache) {
    return folder.valid(ConfigFolder.GOOD.replace(CACHE, cache)).services().stream()
        .flatMap(service -> service.cache().stream())
        .findFirst()
        .orElseThrow()
        .sites();
  }

  @Test
  void aCacheIsWarmByItsHitRatioUnlessSomethingElseIsSet() {
    assertThat(sites("{}")).isEqualTo(Sites.DEFAULT);
    assertThat(sites("{warmth: {objects: 5, bytes: 1KiB}}").warmth())
        .isEqualTo(new Warmth(0, 0, 5, 1024, 600_000));
    assertThat(sites("{warmth: {hit-ratio: 50, objects: 5, limit: 0s}}").warmth())
        .isEqualTo(new Warmth(50, 0, 5, 0, 0));
  }

  @Test
  void aShieldHasNodesAndAFallback() {
    assertThat(sites("{shield: [fra, nyc], shield-fallback: decline}").shield())
        .isEqualTo(
            new Shield(
                new TreeSet<>(List.of(new NodeName("fra"), new NodeName("nyc"))),
                Shield.Fallback.DECLINE));
    assertThat(folder.problems(CACHE, "{shield: [fra, fra]}"))
        .containsExactly(
            "node.yaml:34: services.media.cache.shield: has a name twice; name each node once");
    assertThat(folder.problems(CACHE, "{shield-fallback: origin}"))
        .containsExactly(
            "node.yaml:34: services.media.cache.shield-fallback: has no use: there is no shield;"
                + " name the nodes of it in 'shield'");
  }
}
