package io.landfall.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.transport.tls.HandshakeSlots.Decision;
import io.landfall.transport.tls.HandshakeSlots.Limit;
import java.net.InetAddress;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who has a place for a handshake, and who goes when there is none. */
class HandshakeSlotsTest {
  private final HandshakeSlots<Integer> slots = new HandshakeSlots<>(8, 4, 2);

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  private Decision<Integer> stranger(int number) {
    return slots.take(number, address("192.0.2." + number), false);
  }

  @Test
  void oneSourceHasSoManyAndThenItsOldestSilentOneGoes() {
    for (int i = 0; i < 4; i++) {
      assertThat(slots.take(i, address("192.0.2.1"), false)).isInstanceOf(Decision.Taken.class);
    }
    slots.began(0);
    assertThat(slots.take(4, address("192.0.2.1"), false)).isEqualTo(new Decision.InPlaceOf<>(1));
    assertThat(slots.size()).isEqualTo(4);
    assertThat(stranger(77)).isInstanceOf(Decision.Taken.class);
  }

  @Test
  void aSourceWhoseConnectionsHaveAllBegunGetsNoMore() {
    for (int i = 0; i < 4; i++) {
      slots.take(i, address("192.0.2.1"), true);
      slots.began(i);
    }
    assertThat(slots.take(4, address("192.0.2.1"), true))
        .isEqualTo(new Decision.Refused<>(Limit.SOURCE));
  }

  @Test
  void allAddressesOfOneIpv6NetworkAreOneSource() {
    for (int i = 0; i < 4; i++) {
      slots.take(i, address("2001:db8:0:1::" + i), false);
    }
    assertThat(slots.take(4, address("2001:db8:0:1:ffff::9"), false))
        .isEqualTo(new Decision.InPlaceOf<>(0));
    assertThat(slots.take(5, address("2001:db8:0:2::9"), false)).isInstanceOf(Decision.Taken.class);
  }

  @Test
  void neighboursInItsNetworkDoNotTakeThePlacesOfAKnownAddress() {
    for (int i = 0; i < 4; i++) {
      slots.take(i, address("2001:db8:0:1::" + i), false);
      slots.began(i);
    }
    assertThat(slots.take(4, address("2001:db8:0:1::9"), true)).isInstanceOf(Decision.Taken.class);
    assertThat(slots.take(5, address("2001:db8:0:1::8"), false))
        .isEqualTo(new Decision.Refused<>(Limit.SOURCE));
  }

  @Test
  void hostsBehindNat64AreToldApart() {
    for (int i = 0; i < 4; i++) {
      slots.take(i, address("64:ff9b::192.0.2.1"), false);
    }
    assertThat(slots.take(4, address("64:ff9b::192.0.2.2"), false))
        .isInstanceOf(Decision.Taken.class);
  }

  @Test
  void whenStrangersHaveAllTheirPlacesTheOldestSilentOneGoes() {
    for (int i = 0; i < 6; i++) {
      stranger(i);
    }
    slots.began(0);
    assertThat(stranger(6)).isEqualTo(new Decision.InPlaceOf<>(1));
    assertThat(slots.size()).isEqualTo(6);
  }

  @Test
  void strangersThatHaveAllBegunLeaveThePlacesOfKnownAddresses() {
    for (int i = 0; i < 6; i++) {
      stranger(i);
      slots.began(i);
    }
    assertThat(stranger(6)).isEqualTo(new Decision.Refused<>(Limit.TOTAL));
    assertThat(slots.take(7, address("198.51.100.1"), true)).isInstanceOf(Decision.Taken.class);
    assertThat(slots.take(8, address("198.51.100.2"), true)).isInstanceOf(Decision.Taken.class);
    assertThat(slots.take(9, address("198.51.100.3"), true))
        .isEqualTo(new Decision.Refused<>(Limit.TOTAL));
  }

  @Test
  void aKnownAddressTakesThePlaceOfASilentStrangerWhenAllAreTaken() {
    for (int i = 0; i < 6; i++) {
      stranger(i);
    }
    slots.take(7, address("198.51.100.1"), true);
    slots.take(8, address("198.51.100.2"), true);
    assertThat(slots.take(9, address("198.51.100.3"), true)).isEqualTo(new Decision.InPlaceOf<>(0));
  }

  @Test
  void whoeverIsReleasedTwiceFreesOnePlace() {
    stranger(1);
    stranger(2);
    slots.release(1);
    slots.release(1);
    slots.began(1);
    assertThat(slots.size()).isEqualTo(1);
  }

  @Test
  void noLimitIsEverPassedAndEveryPlaceComesBack() {
    Random random = new Random(6);
    Set<Integer> open = new LinkedHashSet<>();
    for (int i = 0; i < 20_000; i++) {
      int what = random.nextInt(4);
      if (what < 2) {
        int host = random.nextInt(20);
        switch (slots.take(i, address("192.0.2." + host), host < 4)) {
          case Decision.Taken<Integer> _ -> open.add(i);
          case Decision.InPlaceOf<Integer>(Integer other) -> {
            assertThat(open.remove(other)).isTrue();
            open.add(i);
          }
          case Decision.Refused<Integer> _ -> {}
        }
      } else if (!open.isEmpty()) {
        int chosen = open.stream().skip(random.nextInt(open.size())).findFirst().orElseThrow();
        if (what == 2) {
          slots.began(chosen);
        } else {
          open.remove(chosen);
          slots.release(chosen);
        }
      }
      assertThat(slots.size()).isEqualTo(open.size()).isLessThanOrEqualTo(8);
    }
    open.forEach(slots::release);
    assertThat(slots.size()).isZero();
    for (int i = 0; i < 6; i++) {
      assertThat(stranger(i)).isInstanceOf(Decision.Taken.class);
    }
  }
}
