package io.landfall.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AsnTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 23_456, 65_535, 65_536, 0x8000_0000L, 4_200_000_000L, 0xffff_ffffL})
  void everyNumberOfFourBytesIsWrittenAsAsplain(long number) {
    assertThat(Asn.of(number).number()).isEqualTo(number);
    assertThat(Asn.of(number)).hasToString(Long.toString(number));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0x1_0000_0000L, Long.MAX_VALUE, Long.MIN_VALUE})
  void whatTakesMoreThanFourBytesIsNoAsNumber(long number) {
    assertThatThrownBy(() -> Asn.of(number)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 23_456, 65_535, 4_294_967_295L})
  void reservedNumbersAreNotUsable(long number) {
    assertThat(Asn.of(number).isUsable()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 23_455, 23_457, 64_512, 65_534, 65_536, 4_200_000_000L, 4_294_967_294L})
  void everyOtherNumberIsUsable(long number) {
    assertThat(Asn.of(number).isUsable()).isTrue();
  }

  @Test
  void numbersAreComparedUnsigned() {
    assertThat(Asn.of(4_200_000_000L)).isGreaterThan(Asn.of(64_512));
    assertThat(Asn.ZERO).isLessThan(Asn.TRANS);
  }

  @Test
  void twoBytesHoldTheNumbersUpTo65535() {
    assertThat(Asn.of(65_535).fitsTwoOctets()).isTrue();
    assertThat(Asn.of(65_536).fitsTwoOctets()).isFalse();
    assertThat(Asn.of(4_294_967_295L).fitsTwoOctets()).isFalse();
  }
}
