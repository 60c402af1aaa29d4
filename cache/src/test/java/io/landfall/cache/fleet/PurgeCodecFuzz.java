package io.landfall.cache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.NodeName;
import io.landfall.core.Now;
import io.landfall.testkit.FuzzCorpus;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: one message of another node, or one record of the file of the log.
 *
 * <p>What must hold: any bytes are a message, a record or neither; what was read is written back as
 * the same bytes. A node takes any message, answers what is owed an answer with one that can be
 * read, and what it then keeps over a restart makes the same logs once more; so does any record.
 */
public final class PurgeCodecFuzz {
  private static final int ROUNDS = 50_000;
  private static final int ENTRIES = 64;
  private static final NodeName FRA = new NodeName("fra");
  private static final NodeName NYC = new NodeName("nyc");

  /** For JUnit. */
  public PurgeCodecFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyInputOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("PurgeCodecFuzz", PurgeCodecFuzz::fuzzerTestOneInput);
  }

  @Test
  void changedMessagesAndRecordsKeepTheRules() {
    Random random = new Random(9111);
    List<byte[]> seeds = new ArrayList<>();
    PurgeCodecTest.REQUESTS.forEach(each -> seeds.add(PurgeCodec.encode(each)));
    PurgeCodecTest.REPLIES.forEach(each -> seeds.add(PurgeCodec.encode(each)));
    PurgeCodecTest.RECORDS.forEach(each -> seeds.add(PurgeCodec.encode(each)));
    int taken = 0;
    for (int i = 0; i < ROUNDS; i++) {
      taken += take(changed(seeds.get(random.nextInt(seeds.size())), random)) ? 1 : 0;
    }
    assertThat(taken).as("some are messages still").isPositive();
  }

  private static byte[] changed(byte[] seed, Random random) {
    int length = random.nextInt(4) == 0 ? random.nextInt(seed.length + 8) : seed.length;
    byte[] input = new byte[length];
    System.arraycopy(seed, 0, input, 0, Math.min(length, seed.length));
    for (int changes = random.nextInt(4); changes > 0 && length > 0; changes--) {
      int at = random.nextInt(length);
      input[at] = (byte) (random.nextBoolean() ? random.nextInt() : input[at] ^ 1);
    }
    return input;
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    boolean _ = take(data);
  }

  /** Takes an input as whatever it is; false if it is nothing. */
  private static boolean take(byte[] data) {
    byte[] before = data.clone();
    Optional<PurgeMessage.Request> request = PurgeCodec.request(data);
    Optional<PurgeMessage.Reply> reply = PurgeCodec.reply(data);
    Optional<PurgeRecord> record = PurgeCodec.record(data);
    must(Arrays.equals(before, data), "the input was written to");
    request.ifPresent(
        each -> {
          must(Arrays.equals(data, PurgeCodec.encode(each)), "another request after writing");
          asked(each);
        });
    reply.ifPresent(
        each -> {
          must(Arrays.equals(data, PurgeCodec.encode(each)), "another answer after writing");
          answered(each);
        });
    record.ifPresent(
        each -> {
          must(Arrays.equals(data, PurgeCodec.encode(each)), "another record after writing");
          restarted(node(Optional.of(List.of(each))).kept());
        });
    return request.isPresent() || reply.isPresent() || record.isPresent();
  }

  private static PurgeFleet node(Optional<List<PurgeRecord>> before) {
    return new PurgeFleet(new FleetSettings(FRA, 1_000, 1_000_000_000L, true, ENTRIES, before), 0);
  }

  private static void restarted(List<PurgeRecord> kept) {
    must(node(Optional.of(kept)).kept().equals(kept), "other logs after a restart");
  }

  private static void asked(PurgeMessage.Request request) {
    PurgeFleet fleet = node(Optional.empty());
    List<PurgeEffect> effects = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      effects.addAll(fleet.step(new PurgeEvent.Received(i, NYC, request), new Now(i, 0)));
    }
    List<byte[]> replies = new ArrayList<>();
    for (PurgeEffect each : effects) {
      if (each instanceof PurgeEffect.Reply(long _, PurgeMessage.Reply message)) {
        replies.add(PurgeCodec.encode(message));
      }
    }
    must(replies.size() == 2, "not one answer to each request");
    must(replies.stream().allMatch(each -> PurgeCodec.reply(each).isPresent()), "no answer");
    after(fleet, effects);
  }

  private static void answered(PurgeMessage.Reply reply) {
    PurgeFleet fleet = node(Optional.empty());
    List<PurgeEffect> effects =
        new ArrayList<>(fleet.step(new PurgeEvent.PeerUp(NYC), new Now(1, 0)));
    effects.addAll(fleet.step(new PurgeEvent.Answered(NYC, 1, reply), new Now(2, 0)));
    after(fleet, effects);
  }

  private static void after(PurgeFleet fleet, List<PurgeEffect> effects) {
    must(fleet.view(0).kept().entries() <= ENTRIES, "more entries than are kept");
    List<PurgeRecord> changes = new ArrayList<>();
    for (PurgeEffect each : effects) {
      if (each instanceof PurgeEffect.Keep(List<PurgeRecord> some)) {
        changes.addAll(some);
      }
    }
    must(node(Optional.of(changes)).kept().equals(fleet.kept()), "other logs by their changes");
    restarted(fleet.kept());
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
