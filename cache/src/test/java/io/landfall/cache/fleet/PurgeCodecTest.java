package io.landfall.cache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages about purges come back from their bytes, and nothing else is one. */
class PurgeCodecTest {
  private static final LogId FRA = new LogId(new NodeName("fra"), 7);
  private static final List<KnownLog> LOGS =
      List.of(
          new KnownLog(FRA, 3, 9, 8, false),
          new KnownLog(new LogId(new NodeName("nyc"), LogId.MAX_INCARNATION), 1, 0, 0, true));
  private static final Segment SEGMENT =
      new Segment(
          FRA,
          4,
          true,
          List.of(
              new FleetPurge(FleetPurge.Kind.URL, "http://shop.test/a?b=\u00fc", true),
              new FleetPurge(FleetPurge.Kind.SERVICE, "shop", false)));

  static final List<PurgeMessage.Request> REQUESTS =
      List.of(
          new PurgeMessage.Compare(LOGS, true),
          new PurgeMessage.Compare(List.of(), false),
          new PurgeMessage.Push(SEGMENT));
  static final List<PurgeMessage.Reply> REPLIES =
      List.of(
          new PurgeMessage.Have(LOGS, List.of(SEGMENT, SEGMENT)),
          new PurgeMessage.Have(List.of(), List.of()),
          new PurgeMessage.Applied(LOGS.getFirst()),
          new PurgeMessage.Busy());
  static final List<PurgeRecord> RECORDS =
      List.of(
          new PurgeRecord.Entries(SEGMENT, true),
          new PurgeRecord.Entries(SEGMENT, false),
          new PurgeRecord.State(LOGS.getFirst()),
          new PurgeRecord.State(LOGS.getLast()));

  @Test
  void eachRecordComesBackFromItsBytesAndIsNoMessage() {
    for (PurgeRecord each : RECORDS) {
      byte[] bytes = PurgeCodec.encode(each);
      assertThat(PurgeCodec.record(bytes)).contains(each);
      assertThat(PurgeCodec.request(bytes)).isEmpty();
      assertThat(PurgeCodec.record(Arrays.copyOf(bytes, bytes.length - 1))).isEmpty();
    }
  }

  @Test
  void eachMessageComesBackFromItsBytes() {
    for (PurgeMessage.Request each : REQUESTS) {
      assertThat(PurgeCodec.request(PurgeCodec.encode(each))).contains(each);
      assertThat(PurgeCodec.reply(PurgeCodec.encode(each))).isEmpty();
    }
    for (PurgeMessage.Reply each : REPLIES) {
      assertThat(PurgeCodec.reply(PurgeCodec.encode(each))).contains(each);
      assertThat(PurgeCodec.request(PurgeCodec.encode(each))).isEmpty();
    }
  }

  @Test
  void aMessageThatIsCutOrHasMoreIsNone() {
    for (PurgeMessage.Request each : REQUESTS) {
      byte[] whole = PurgeCodec.encode(each);
      for (int length = 0; length < whole.length; length++) {
        assertThat(PurgeCodec.request(Arrays.copyOf(whole, length))).isEmpty();
      }
      assertThat(PurgeCodec.request(Arrays.copyOf(whole, whole.length + 1))).isEmpty();
    }
    assertThat(PurgeCodec.request(new byte[PurgeMessage.MAX_BYTES + 1])).isEmpty();
  }

  @Test
  void numbersThatNoNodeHasAreNotTaken() {
    for (KnownLog wrong :
        List.of(
            new KnownLog(FRA, 0, 9, 8, false),
            new KnownLog(FRA, 11, 9, 8, false),
            new KnownLog(FRA, 1, 9, 10, false),
            new KnownLog(FRA, 1, -1, -1, false),
            new KnownLog(new LogId(FRA.origin(), -1), 1, 9, 9, false),
            new KnownLog(new LogId(FRA.origin(), Long.MAX_VALUE), 1, 9, 9, false))) {
      assertThat(PurgeCodec.reply(PurgeCodec.encode(new PurgeMessage.Applied(wrong)))).isEmpty();
    }
    // What is taken of one node must be taken of this one by the next.
    FleetPurge purge = new FleetPurge(FleetPurge.Kind.TAG, "t", false);
    Segment last = new Segment(FRA, 1L << 62, true, List.of(purge));
    Segment beyond = new Segment(FRA, 1L << 62, true, List.of(purge, purge));
    assertThat(PurgeCodec.request(PurgeCodec.encode(new PurgeMessage.Push(last)))).isPresent();
    assertThat(PurgeCodec.request(PurgeCodec.encode(new PurgeMessage.Push(beyond)))).isEmpty();
  }

  @Test
  void asMuchAsMayBeSentFitsAMessage() {
    String name = "n".repeat(63);
    KnownLog log = new KnownLog(new LogId(new NodeName(name), 1), 1, 5, 5, false);
    FleetPurge longest =
        new FleetPurge(FleetPurge.Kind.URL, "u".repeat(FleetPurge.MAX_BYTES), false);
    int fit = PurgeMessage.MAX_ENTRY_BYTES / longest.bytes();
    Segment full = new Segment(log.id(), 1, true, Collections.nCopies(fit, longest));
    PurgeMessage.Have most =
        new PurgeMessage.Have(Collections.nCopies(PurgeMessage.MAX_LOGS, log), List.of(full));
    byte[] bytes = PurgeCodec.encode(most);
    assertThat(fit).isPositive();
    assertThat(bytes.length).isLessThanOrEqualTo(PurgeMessage.MAX_BYTES);
    assertThat(PurgeCodec.reply(bytes)).contains(most);
  }
}
