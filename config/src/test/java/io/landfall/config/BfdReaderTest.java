package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code overlay.bfd} and {@code ingress.upstreams[].bfd}. */
class BfdReaderTest {
  @TempDir Path temp;
  private ConfigFolder folder;

  @BeforeEach
  void files() {
    folder = new ConfigFolder(temp);
  }

  private static String with(String bfd) {
    return ConfigFolder.GOOD.replace("{nyc: 50}", "{nyc: 50}\n  bfd: " + bfd);
  }

  @Test
  void withoutItBfdIsSpokenBetweenNodesOnThePortOfTheOverlayAndNotTowardsRouters() {
    NodeConfig config = folder.valid(ConfigFolder.GOOD);
    assertThat(config.overlay().bfd()).isEqualTo(BfdSettings.DEFAULT);
    assertThat(config.overlay().bfd().portOr(8443)).isEqualTo(8443);
    assertThat(config.ingress().orElseThrow().upstreams()).noneMatch(UpstreamConfig::bfd);
  }

  @Test
  void everyKeyIsRead() {
    assertThat(
            folder
                .valid(with("{enabled: false, port: 4784, interval: 300ms, multiplier: 5}"))
                .overlay()
                .bfd())
        .isEqualTo(new BfdSettings(false, OptionalInt.of(4784), 300, 5));
  }

  @Test
  void anUpstreamCanBeWatched() {
    String watched = ConfigFolder.GOOD.replace("local-asn: 64496", "local-asn: 64496, bfd: true");
    assertThat(folder.valid(watched).ingress().orElseThrow().upstreams())
        .anyMatch(UpstreamConfig::bfd);
  }

  @Test
  void whatIsOutOfRangeIsNamed() {
    assertThat(folder.problems(with("{interval: 10ms}")))
        .singleElement()
        .asString()
        .contains("overlay.bfd.interval");
    assertThat(folder.problems(with("{multiplier: 0}")))
        .singleElement()
        .asString()
        .contains("overlay.bfd.multiplier");
    assertThat(folder.problems(with("{port: 65536}")))
        .singleElement()
        .asString()
        .contains("overlay.bfd.port");
    assertThat(folder.problems(with("{intervall: 1s}")))
        .singleElement()
        .asString()
        .contains("interval");
  }
}
