package io.landfall.bfd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bfd.BfdConfig.Timing;
import io.landfall.bfd.BfdPacket.Flags;
import io.landfall.bfd.BfdPacket.Intervals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/** Each number at both ends of its range and just beyond; and the labels that views count by. */
class RangesTest {
  private static void isWithin(long least, long most, LongConsumer made) {
    for (long good : new long[] {least, most}) {
      assertThatCode(() -> made.accept(good)).as("%d", good).doesNotThrowAnyException();
    }
    for (long bad : new long[] {least - 1, most + 1}) {
      assertThatThrownBy(() -> made.accept(bad))
          .as("%d", bad)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aKeyHasAnIdOfOneByteAndOneToTwentyBytes() {
    isWithin(0, 255, id -> new AuthenticationKey((int) id, new byte[1]));
    for (int length : new int[] {1, AuthenticationKey.MAX_BYTES}) {
      assertThat(new AuthenticationKey(7, new byte[length]).id()).isEqualTo(7);
    }
    for (int length : new int[] {0, AuthenticationKey.MAX_BYTES + 1}) {
      assertThatThrownBy(() -> new AuthenticationKey(7, new byte[length]))
          .hasMessageContaining("1..20 bytes");
    }
  }

  @Test
  void theTimersOfASessionHaveTheirRanges() {
    isWithin(
        Timing.MIN_INTERVAL_MILLIS,
        Timing.MAX_INTERVAL_MILLIS,
        millis -> new Timing((int) millis, 3));
    isWithin(1, 255, mult -> new Timing(200, (int) mult));
  }

  @Test
  void whatDoesNotFitIntoAPacketIsRefused() {
    isWithin(0, 0xffff_ffffL, micros -> new Intervals(micros, 1, 1));
    isWithin(0, 0xffff_ffffL, micros -> new Intervals(1, micros, 1));
    isWithin(0, 0xffff_ffffL, micros -> new Intervals(1, 1, micros));
    isWithin(1, 255, mult -> packet((int) mult, 1));
    assertThatThrownBy(() -> packet(3, 0)).hasMessageContaining("discriminator");
  }

  private static void packet(int detectMult, int discriminator) {
    BfdCodec.encode(
        new BfdPacket(
            Diagnostic.NONE,
            BfdState.DOWN,
            Flags.NONE,
            detectMult,
            discriminator,
            0,
            new Intervals(1, 1, 1),
            Optional.empty()));
  }

  @Test
  void statesRulesAndTypesAreLabelledByTheirNames() {
    List<String> labels = new ArrayList<>();
    List<Enum<?>> named = new ArrayList<>();
    for (BfdState state : BfdState.values()) {
      named.add(state);
      labels.add(state.label());
    }
    for (DiscardRule rule : DiscardRule.values()) {
      named.add(rule);
      labels.add(rule.label());
    }
    for (AuthenticationType type : AuthenticationType.values()) {
      named.add(type);
      labels.add(type.label());
    }
    assertThat(labels)
        .containsExactlyElementsOf(
            named.stream().map(e -> e.name().toLowerCase(Locale.ROOT).replace('_', '-')).toList());
  }
}
