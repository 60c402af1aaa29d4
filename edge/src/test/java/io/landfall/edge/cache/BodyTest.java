package io.landfall.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.InvariantBroken;
import io.netty.buffer.ByteBuf;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Bytes off the heap: appended once, read by many. */
class BodyTest {
  private final MemoryBudget all = new MemoryBudget(8 << 20);
  private final MemoryTier room = new MemoryTier(all, all);

  private static void append(Body body, int from, int length) {
    ByteBuf piece = StoredThings.piece(from, length);
    assertThat(body.append(piece)).isTrue();
    piece.release();
  }

  @Test
  void whatWasAppendedIsReadInPiecesOfAnySize() {
    Random random = new Random(7);
    for (long expected : new long[] {Body.UNKNOWN, 300_000}) {
      Body body = StoredThings.body(room, expected);
      assertThat(body.reserve()).isTrue();
      int at = 0;
      while (at < 300_000) {
        int length = Math.min(300_000 - at, 1 + random.nextInt(40_000));
        append(body, at, length);
        at += length;
        int from = random.nextInt(at);
        int to = from + random.nextInt(at - from + 1);
        assertThat(StoredThings.read(body, from, to))
            .isEqualTo(StoredThings.bytes(from, to - from));
      }
      assertThat(body.length()).isEqualTo(300_000);
      body.release();
      assertThat(all.usedBytes()).isZero();
    }
  }

  @Test
  void itsRoomIsGivenBackWithItsLastHolder() {
    Body body = StoredThings.body(room, 1000);
    assertThat(body.reserve()).isTrue();
    append(body, 0, 1000);
    assertThat(all.usedBytes()).isEqualTo(2L * Body.sizeClass(1000));
    assertThat(body.tryRetain()).isTrue();
    body.release();
    assertThat(StoredThings.read(body, 0, 1000)).isEqualTo(StoredThings.bytes(0, 1000));
    body.release();
    assertThat(all.usedBytes()).isZero();
    assertThat(body.tryRetain()).isFalse();
    assertThatThrownBy(body::release).isInstanceOf(InvariantBroken.class);
  }

  @Test
  void aSliceOutlivesItsBody() {
    Body body = StoredThings.body(room, 10);
    assertThat(body.reserve()).isTrue();
    append(body, 0, 10);
    ByteBuf slice = body.slice(2, 5);
    body.release();
    byte[] read = new byte[5];
    slice.readBytes(read);
    assertThat(read).isEqualTo(StoredThings.bytes(2, 5));
    assertThat(slice.release()).isTrue();
  }

  @Test
  void aBodyThatFindsNoRoomTakesNothing() {
    MemoryBudget little = new MemoryBudget(100_000);
    MemoryTier tier = new MemoryTier(little, little);
    Body known = StoredThings.body(tier, 200_000);
    assertThat(known.reserve()).isFalse();
    known.release();
    Body unknown = StoredThings.body(tier, Body.UNKNOWN);
    ByteBuf piece = StoredThings.piece(0, 200_000);
    assertThat(unknown.append(piece)).isFalse();
    assertThat(unknown.length()).isZero();
    piece.release();
    unknown.release();
    assertThat(little.usedBytes()).isZero();
  }

  @Test
  void aBodyOfUnknownLengthBeginsOnlyWhereThereIsRoomForAChunk() {
    MemoryBudget little = new MemoryBudget(100_000);
    MemoryTier tier = new MemoryTier(little, little);
    // Counted twice: as the share, and as what all may take.
    assertThat(tier.tryTake(48_500)).isTrue();
    Body unknown = StoredThings.body(tier, Body.UNKNOWN);
    assertThat(unknown.reserve()).isFalse();
    unknown.release();
    tier.give(48_500);
    assertThat(little.usedBytes()).isZero();
  }

  @Test
  void moreThanWasExpectedIsRefused() {
    Body body = StoredThings.body(room, 10);
    assertThat(body.reserve()).isTrue();
    ByteBuf piece = StoredThings.piece(0, 11);
    assertThat(body.append(piece)).isFalse();
    piece.release();
    body.release();
  }

  @Test
  void beyondItsRoomOnlyWhatIsStillReadIsKept() {
    Body body = StoredThings.body(room, Body.UNKNOWN);
    append(body, 0, 200_000);
    long taken = all.usedBytes();
    for (int at = 200_000; at < 20_000_000; at += 100_000) {
      ByteBuf piece = StoredThings.piece(at, 100_000);
      body.appendBeyond(piece);
      piece.release();
      body.dropBefore(at - 5);
      assertThat(StoredThings.read(body, at - 5, at + 100_000L))
          .isEqualTo(StoredThings.bytes(at - 5, 100_005));
    }
    assertThat(all.usedBytes()).isEqualTo(taken);
    // What was dropped takes no place either: a body may have no end.
    assertThat(body.places()).isLessThanOrEqualTo(16);
    body.release();
    assertThat(all.usedBytes()).isZero();
  }

  @Test
  void sizesAreCountedAsTheAllocatorGivesThem() {
    assertThat(Body.sizeClass(1)).isEqualTo(16);
    assertThat(Body.sizeClass(129)).isEqualTo(160);
    assertThat(Body.sizeClass(1024)).isEqualTo(1024);
    assertThat(Body.sizeClass(1025)).isEqualTo(1280);
    assertThat(Body.sizeClass(60_000)).isEqualTo(65_536);
  }

  @Test
  void aPieceThatFindsNoRoomHalfWayIsAppendedBeyondIt() {
    MemoryBudget little = new MemoryBudget(14_000);
    MemoryTier tier = new MemoryTier(little, little);
    Body body = StoredThings.body(tier, Body.UNKNOWN);
    append(body, 0, 1_000);
    ByteBuf piece = StoredThings.piece(1_000, 50_000);
    assertThat(body.append(piece)).isFalse();
    assertThat(body.length()).isEqualTo(1_000);
    // None reads: what is full may go, and what is being filled may not.
    body.dropBefore(Long.MAX_VALUE);
    body.appendBeyond(piece);
    piece.release();
    assertThat(StoredThings.read(body, 0, 51_000)).isEqualTo(StoredThings.bytes(0, 51_000));
    body.release();
    assertThat(little.usedBytes()).isZero();
  }
}
