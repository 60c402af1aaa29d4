package io.landfall.edge.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The share of the process's descriptors that connections to backends have. */
class ConnectionShareTest {
  private final ConnectionShare share = new ConnectionShare(2);

  @BeforeEach
  void allPlacesAreTaken() {
    assertThat(share.take(() -> false)).isTrue();
    assertThat(share.take(() -> false)).isTrue();
  }

  @Test
  void thereAreNoMoreThanThatUntilOneIsGivenBack() {
    assertThat(share.take(() -> false)).isFalse();
    share.giveBack();
    assertThat(share.take(() -> false)).isTrue();
    assertThat(share.take(() -> false)).isFalse();
  }

  @Test
  void anIdleConnectionThatIsClosedForItMakesRoom() {
    assertThat(share.take(() -> true)).isTrue();
    share.giveBack();
    assertThat(share.take(() -> false)).isFalse();
  }
}
