package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Clock;
import io.landfall.edge.tls.TicketKeys;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** When the keys of session tickets are replaced. */
class TicketRotationTest {
  private long nanos;
  private long wallMillis;

  private final TicketRotation rotation =
      new TicketRotation(
          new Clock() {
            @Override
            public long monotonicNanos() {
              return nanos;
            }

            @Override
            public long wallMillis() {
              return wallMillis;
            }
          });

  @Test
  void aTimeOfDayThatIsSetReplacesNoneAndHoldsNoneUp() {
    TicketKeys first = rotation.keys();
    wallMillis += TimeUnit.DAYS.toMillis(3);
    assertThat(rotation.rotate()).isFalse();
    assertThat(rotation.keys()).isSameAs(first);
    wallMillis -= TimeUnit.DAYS.toMillis(6);
    nanos += TicketRotation.EVERY_NANOS - 1;
    assertThat(rotation.rotate()).isFalse();
    nanos++;
    assertThat(rotation.rotate()).isTrue();
    assertThat(rotation.keys()).isNotSameAs(first);
    assertThat(rotation.rotate()).as("once").isFalse();
  }
}
