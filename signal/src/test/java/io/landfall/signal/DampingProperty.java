package io.landfall.signal;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.Signal;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** H6: what a flapping service may cost the overlay, and that it always comes back. */
class DampingProperty {
  private static final long MS = Drive.MS;
  private static final long SECOND = 1000 * MS;

  @Test
  void oneWithdrawalAndReturnCostsNoWait() {
    Drive drive = new Drive(0);
    drive.runFor(SECOND, true);
    drive.runFor(SECOND, false);
    drive.runFor(100 * MS, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
    assertThat(drive.view().damping().dampedForMillis()).isEmpty();
  }

  @Test
  void aServiceThatFlapsTenTimesASecondCausesFewChangesAndRecovers() {
    Drive drive = new Drive(0);
    long end = 60 * SECOND;
    drive.runTo(end, () -> drive.now / (50 * MS) % 2 == 0);
    // Two free returns, then one announcement and one withdrawal for each hold time.
    assertThat(drive.published).hasSizeLessThanOrEqualTo(2 * (60 / 5) + 6);
    assertThat(drive.published).hasSizeGreaterThan(10);

    drive.runFor(5 * SECOND, true);
    assertThat(drive.signal()).isEqualTo(Signal.UP);
  }

  @Test
  void theViewShowsPenaltyAndHowLong() {
    Drive drive = new Drive(0);
    drive.runTo(2 * SECOND, () -> drive.now / (50 * MS) % 2 == 0);
    drive.runFor(200 * MS, true);
    LocalServiceView view = drive.view();
    assertThat(view.published().signal()).isEqualTo(Signal.DOWN);
    assertThat(view.damping().wanted()).isEqualTo(Signal.UP);
    assertThat(view.published().why()).contains("flapped");
    assertThat(view.damping().penalty()).isGreaterThan(1500);
    assertThat(view.damping().dampedForMillis())
        .hasValueSatisfying(ms -> assertThat(ms).isBetween(1L, 5000L));
  }

  @Test
  void howeverItFlapsWithdrawalsAreNeverLateAndTheWaitIsBounded() {
    int held = 0;
    for (int seed = 0; seed < Seeds.COUNT; seed++) {
      Seeds random = new Seeds(seed);
      // Near the wrap of the clock too.
      Drive drive = new Drive(random.chance(30) ? Long.MAX_VALUE - 10 * SECOND - 7 : 0);
      long periodMillis = 60 + random.below(3000);
      int badPercent = 10 + (int) random.below(80);
      for (int i = 0; i < 60; i++) {
        boolean works = !random.chance(badPercent);
        drive.runFor(periodMillis * MS, works);
        // A probe every 50 ms with fall 1: after a period of 60 ms and more the news is out.
        if (!works) {
          assertThat(drive.signal()).as("seed %d step %d", seed, i).isEqualTo(Signal.DOWN);
        } else if (drive.signal() != Signal.UP) {
          held++;
          assertThat(drive.view().damping().dampedForMillis())
              .as("seed %d step %d", seed, i)
              .hasValueSatisfying(ms -> assertThat(ms).isLessThanOrEqualTo(5000L));
        }
      }
      atMostOneAnnouncementPerHoldOnceItFlaps(seed, drive);
      drive.runFor(Damping.HOLD_NANOS + SECOND, true);
      assertThat(drive.signal()).as("seed %d recovers", seed).isEqualTo(Signal.UP);
    }
    assertThat(held).as("the generator makes services flap").isGreaterThan(100);
  }

  private static void atMostOneAnnouncementPerHoldOnceItFlaps(int seed, Drive drive) {
    List<Long> announced = new ArrayList<>();
    List<Long> withdrawn = new ArrayList<>();
    for (Drive.Published published : drive.published) {
      (published.change().to() == Signal.UP ? announced : withdrawn).add(published.atNanos());
    }
    for (int i = 2; i < announced.size(); i++) {
      // Two announcements close together are a flap's free return; three never are.
      assertThat(announced.get(i) - announced.get(i - 2))
          .as("seed %d", seed)
          .isGreaterThanOrEqualTo(Damping.HOLD_NANOS);
    }
    assertThat(Math.abs(announced.size() - withdrawn.size())).isLessThanOrEqualTo(1);
  }
}
