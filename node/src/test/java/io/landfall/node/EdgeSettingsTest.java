package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.config.EdgeConfig.Limits;
import org.junit.jupiter.api.Test;

/** What the edge is started with, compared with what the process has. */
class EdgeSettingsTest {
  @Test
  void inputMemoryIsAtMostAQuarterOfWhatThereIs() {
    Limits limits = Limits.DEFAULT;
    assertThat(EdgeSettings.inputMemory(limits, 4L << 30)).isEqualTo(limits.inputMemoryBytes());
    assertThat(EdgeSettings.inputMemory(limits, 256 << 20)).isEqualTo(64 << 20);
    assertThat(EdgeSettings.inputMemory(limits, 128 << 20)).isEqualTo(32 << 20);
  }
}
