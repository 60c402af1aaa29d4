package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the tour reads out of the answers of nodes. */
class TablesTest {
  private static String stored(String... states) {
    StringBuilder all = new StringBuilder();
    for (String state : states) {
      all.append(all.isEmpty() ? "" : ",")
          .append("{\"url\":\"http://api.lab/a\",\"state\":\"")
          .append(state)
          .append("\",\"status\":200}");
    }
    return "{\"node\":\"fra\",\"url\":\"http://api.lab/a\",\"service\":\"api\",\"cold\":\"\",\"stored\":["
        + all
        + "]}";
  }

  @Test
  void whatWasPurgedIsListedAndNotHeld() {
    assertThat(Tables.holds(stored())).isFalse();
    assertThat(Tables.holds(stored("purged"))).isFalse();
    assertThat(Tables.holds(stored("purged", "stale"))).isTrue();
    assertThat(Tables.holds(stored("fresh"))).isTrue();
  }
}
