package io.landfall.bfd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a packet is due and when a peer has been silent for too long, to the nanosecond. */
class ScheduleTest {
  private static final long MILLI = 1_000_000L;
  private static final long START = -5 * MILLI;

  /** What the jitter is drawn as, of the bound that it is drawn from. */
  private boolean most;

  private Schedule schedule(int detectMult) {
    return new Schedule(bound -> most ? bound - 1 : 0, detectMult);
  }

  @Test
  void anIntervalIsShortenedByAQuarterAtTheMostAndByATenthAtLeastWithADetectMultOfOne() {
    for (int mult : new int[] {1, 3}) {
      most = false;
      Schedule schedule = schedule(mult);
      schedule.sent(100_000, START);
      assertThat(schedule.deadlineNanos()).hasValue(START + (mult == 1 ? 90 : 100) * MILLI);
      most = true;
      schedule.sent(100_000, START);
      assertThat(schedule.deadlineNanos()).hasValue(START + 75 * MILLI);
    }
  }

  @Test
  void aPacketIsDueAtItsTimeAndNotBefore() {
    Schedule schedule = schedule(3);
    assertThat(schedule.isSendDue(START)).isFalse();
    schedule.sent(100_000, START);
    assertThat(schedule.isSendDue(START + 100 * MILLI - 1)).isFalse();
    assertThat(schedule.isSendDue(START + 100 * MILLI)).isTrue();
    schedule.stopSending();
    assertThat(schedule.isSendDue(START + 100 * MILLI)).isFalse();
    assertThat(schedule.deadlineNanos()).isEmpty();
  }

  @Test
  void aNewIntervalMakesTheNextPacketEarlierAndNeverLater() {
    Schedule schedule = schedule(3);
    schedule.intervalIs(100_000, START);
    assertThat(schedule.deadlineNanos()).hasValue(START + 100 * MILLI);
    schedule.intervalIs(300_000, START);
    assertThat(schedule.deadlineNanos()).hasValue(START + 100 * MILLI);
    schedule.intervalIs(50_000, START);
    assertThat(schedule.deadlineNanos()).hasValue(START + 50 * MILLI);
  }

  @Test
  void thePeerIsSilentForTooLongAfterItsMultOfItsIntervals() {
    Schedule schedule = schedule(3);
    assertThat(schedule.isDetectionTimeOver(START)).isFalse();
    schedule.packetReceived(4, 100_000, START);
    assertThat(schedule.detectionMicros()).isEqualTo(400_000);
    assertThat(schedule.deadlineNanos()).hasValue(START + 400 * MILLI);
    assertThat(schedule.isDetectionTimeOver(START + 400 * MILLI - 1)).isFalse();
    assertThat(schedule.isDetectionTimeOver(START + 400 * MILLI)).isTrue();
    // Looked at one of its intervals late, no more: it was not we who did not run.
    assertThat(schedule.isDetectionTimeOver(START + 500 * MILLI)).isTrue();
    schedule.stopDetection();
    assertThat(schedule.isDetectionTimeOver(START + 500 * MILLI)).isFalse();
  }

  @Test
  void whoLooksMoreThanAnIntervalLateGivesThePeerOneMoreOnce() {
    Schedule schedule = schedule(3);
    schedule.packetReceived(4, 100_000, START);
    long late = START + 500 * MILLI + 1;
    assertThat(schedule.isDetectionTimeOver(late)).isFalse();
    assertThat(schedule.deadlineNanos()).hasValue(late + 100 * MILLI);
    assertThat(schedule.isDetectionTimeOver(late + 100 * MILLI - 1)).isFalse();
    assertThat(schedule.isDetectionTimeOver(late + 300 * MILLI)).isTrue();
    // A packet that is taken gives it the right anew.
    schedule.packetReceived(4, 100_000, START);
    assertThat(schedule.isDetectionTimeOver(late)).isFalse();
  }

  @Test
  void theSameSilenceOnceMoreHasNoGrace() {
    Schedule schedule = schedule(3);
    schedule.packetReceived(4, 100_000, START);
    schedule.waitOnceMore(START + 400 * MILLI);
    assertThat(schedule.deadlineNanos()).hasValue(START + 800 * MILLI);
    assertThat(schedule.isDetectionTimeOver(START + 800 * MILLI - 1)).isFalse();
    assertThat(schedule.isDetectionTimeOver(START + 2_000 * MILLI)).isTrue();
  }

  @Test
  void theNextThingIsTheEarlierOfThePacketAndTheEndOfTheDetectionTime() {
    Schedule schedule = schedule(3);
    schedule.packetReceived(3, 100_000, START);
    schedule.sent(200_000, START);
    assertThat(schedule.deadlineNanos()).hasValue(START + 200 * MILLI);
    schedule.sent(400_000, START);
    assertThat(schedule.deadlineNanos()).hasValue(START + 300 * MILLI);
  }
}
