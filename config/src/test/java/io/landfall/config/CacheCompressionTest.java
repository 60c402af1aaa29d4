package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.CompressionConfig.Coding;
import io.landfall.config.CompressionConfig.Levels;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the config has of variants in further codings. */
class CacheCompressionTest {
  private static final String CACHE = "{max-object: 64MiB}";
  private static final String AT = "node.yaml:34: services.media.cache.compress.";

  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private Optional<CompressionConfig> compression(String cache) {
    return folder.valid(ConfigFolder.GOOD.replace(CACHE, cache)).services().stream()
        .flatMap(service -> service.cache().stream())
        .findFirst()
        .orElseThrow()
        .compression();
  }

  @Test
  void nothingIsCompressedUnlessTheKeyIsThere() {
    assertThat(compression("{}")).isEmpty();
    assertThat(compression("{compress: {}}")).contains(CompressionConfig.DEFAULT);
  }

  @Test
  void whatIsNamedIsAllThereIs() {
    CompressionConfig none = compression("{compress: {codings: [], types: []}}").orElseThrow();
    assertThat(none.codings()).isEmpty();
    assertThat(none.types()).contains(List.of());
  }

  @Test
  void everyKeyIsRead() {
    assertThat(
            compression(
                "{compress: {codings: [zstd, gzip], types: ['text/*', '*+json'], min-size: 1B,"
                    + " max-size: 2KiB, min-saving: 50, gzip-level: 1, br-level: 0, zstd-level: 2,"
                    + " with-credentials: true}}"))
        .contains(
            new CompressionConfig(
                List.of(Coding.ZSTD, Coding.GZIP),
                Optional.of(List.of("text/*", "*+json")),
                1,
                2048,
                50,
                new Levels(1, 0, 2),
                true));
  }

  @Test
  void whatMeansNothingIsAProblem() {
    assertThat(folder.problems(CACHE, "{compress: {codings: [gzip, gzip]}}"))
        .containsExactly(AT + "codings: has a coding twice; name each coding once");
    assertThat(folder.problems(CACHE, "{compress: {codings: [deflate]}}"))
        .singleElement()
        .asString()
        .startsWith(AT + "codings");
    assertThat(folder.problems(CACHE, "{compress: {types: [Text/HTML]}}"))
        .singleElement()
        .asString()
        .contains("'Text/HTML' is no media type in lower case; write 'text/html', 'text/*'");
    assertThat(folder.problems(CACHE, "{compress: {min-size: 2KiB, max-size: 1KiB}}"))
        .containsExactly(
            AT
                + "min-size: is above max-size: no body is in between; make min-size smaller, or"
                + " max-size larger");
    assertThat(folder.problems(CACHE, "{compress: {zstd-level: 20}}"))
        .singleElement()
        .asString()
        .startsWith(AT + "zstd-level");
  }
}
