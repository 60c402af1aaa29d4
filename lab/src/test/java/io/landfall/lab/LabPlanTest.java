package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LabPlanTest {
  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(i -> "s" + i).toList();
  }

  @Test
  void theDefaultSitesHostWhatTheReadmeSays() {
    LabPlan plan = LabPlan.of(77, List.of("fra", "nyc", "sin"));

    assertThat(plan.service("shop").sites()).containsExactly("fra", "nyc");
    assertThat(plan.service("media").sites()).containsExactly("nyc");
    assertThat(plan.service("api").sites()).containsExactly("fra", "nyc", "sin");
    assertThat(LabPlan.text(plan.site("nyc").http())).isEqualTo("127.77.2.1:8080");
    assertThat(plan.site("nyc").identity()).isEqualTo("10.32.0.2");
    assertThat(plan.service("media").identity()).isEqualTo("10.32.1.11");
  }

  @Test
  void everyNumberOfSitesHasAHostForEachServiceAndNoAddressTwice() {
    for (int count = 1; count <= LabPlan.MAX_SITES; count++) {
      LabPlan plan = LabPlan.of(10, names(count));
      plan.services().forEach(service -> assertThat(service.sites()).isNotEmpty());
      List<String> listeners = plan.listeners().stream().map(LabPlan::text).toList();
      assertThat(new TreeSet<>(listeners)).hasSameSizeAs(listeners);
    }
  }

  @Test
  void wrongSitesAreRefused() {
    assertThatThrownBy(() -> LabPlan.of(1, List.of())).hasMessageContaining("1 to 9");
    assertThatThrownBy(() -> LabPlan.of(1, names(10))).hasMessageContaining("not 10");
    assertThatThrownBy(() -> LabPlan.of(1, List.of("fra", "fra"))).hasMessageContaining("fra,fra");
    assertThatThrownBy(() -> LabPlan.of(1, List.of("Fra"))).hasMessageContaining("Fra");
    assertThatThrownBy(() -> LabPlan.of(1, List.of("../x"))).hasMessageContaining("../x");
  }
}
