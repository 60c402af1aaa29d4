package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.EdgeConfig.Limits;
import org.junit.jupiter.api.Test;

/** What the edge is started with, compared with what the process has. */
class EdgeFromConfigTest {
  @Test
  void inputMemoryIsAtMostAQuarterOfWhatThereIs() {
    Limits limits = Limits.DEFAULT;
    assertThat(EdgeFromConfig.inputMemory(limits, 4L << 30)).isEqualTo(limits.inputMemoryBytes());
    assertThat(EdgeFromConfig.inputMemory(limits, 256 << 20)).isEqualTo(64 << 20);
    assertThat(EdgeFromConfig.inputMemory(limits, 128 << 20)).isEqualTo(32 << 20);
  }
}
