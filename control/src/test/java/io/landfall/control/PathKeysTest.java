package io.landfall.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bfd.BfdConfig;
import io.landfall.bfd.BfdEffect;
import io.landfall.bfd.BfdEvent;
import io.landfall.bfd.BfdSession;
import io.landfall.bfd.BfdState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What both ends make of one secret. */
class PathKeysTest {
  private static byte[] material(long seed) {
    byte[] bytes = new byte[PathKeys.BYTES];
    new SplittableRandom(seed).nextBytes(bytes);
    return bytes;
  }

  private static PathKeys.OwnEnd end(long seed, boolean dialed) {
    return PathKeys.derive(material(seed), dialed, BfdConfig.Timing.DEFAULT);
  }

  @Test
  void theTwoEndsFindEachOtherAndComeUp() {
    PathKeys.OwnEnd dialer = end(1, true);
    PathKeys.OwnEnd acceptor = end(1, false);
    assertThat(dialer.remoteDiscriminator()).isEqualTo(acceptor.config().discriminator());
    assertThat(acceptor.remoteDiscriminator()).isEqualTo(dialer.config().discriminator());
    assertThat(talk(dialer, acceptor)).isEqualTo(BfdState.UP);
  }

  @Test
  void canaryEndsWithOtherSecretsOrInOneRoleNeverComeUp() {
    assertThat(talk(end(1, true), end(2, false))).isEqualTo(BfdState.DOWN);
    assertThat(talk(end(1, true), end(1, true))).isEqualTo(BfdState.DOWN);
  }

  @Test
  void noDiscriminatorIsZero() {
    PathKeys.OwnEnd zero =
        PathKeys.derive(new byte[PathKeys.BYTES], true, BfdConfig.Timing.DEFAULT);
    assertThat(zero.config().discriminator()).isNotZero();
    assertThat(zero.remoteDiscriminator()).isNotZero();
  }

  private static BfdState talk(PathKeys.OwnEnd one, PathKeys.OwnEnd other) {
    BfdSession a = new BfdSession(one.config(), bound -> 0);
    BfdSession b = new BfdSession(other.config(), bound -> 0);
    List<byte[]> toB = sent(a.step(new BfdEvent.Start(), 1));
    List<byte[]> toA = sent(b.step(new BfdEvent.Start(), 1));
    for (int round = 0; round < 6; round++) {
      List<byte[]> nextToA = new ArrayList<>();
      List<byte[]> nextToB = new ArrayList<>();
      toB.forEach(each -> nextToA.addAll(sent(b.step(new BfdEvent.Received(each), 2))));
      toA.forEach(each -> nextToB.addAll(sent(a.step(new BfdEvent.Received(each), 2))));
      toA = nextToA;
      toB = nextToB;
    }
    return a.state();
  }

  private static List<byte[]> sent(List<BfdEffect> effects) {
    List<byte[]> sent = new ArrayList<>();
    for (BfdEffect effect : effects) {
      if (effect instanceof BfdEffect.Send(byte[] datagram)) {
        sent.add(datagram);
      }
    }
    return sent;
  }
}
