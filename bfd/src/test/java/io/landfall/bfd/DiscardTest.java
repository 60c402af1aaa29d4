package io.landfall.bfd;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bfd.BfdConfig.Timing;
import io.landfall.bfd.BfdPacket.AuthenticationSection;
import io.landfall.bfd.BfdPacket.Flags;
import io.landfall.bfd.BfdPacket.Intervals;
import io.landfall.bfd.SessionKeys.Freshness;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/**
 * Each discard rule of RFC 5880 section 6.8.6, by its words, on a session that is Up; and what
 * forged and repeated packets do to an authenticated one: nothing.
 */
class DiscardTest {
  private static final Intervals USUAL = new Intervals(200_000, 200_000, 0);

  @Test
  void ifTheVersionNumberIsNotCorrectThePacketMustBeDiscarded() {
    discards(DiscardRule.VERSION, p -> p[0] = (byte) (p[0] & 0x1f));
    discards(DiscardRule.VERSION, p -> p[0] = (byte) (2 << 5));
  }

  @Test
  void ifTheLengthFieldIsLessThanTheMinimumThePacketMustBeDiscarded() {
    discards(DiscardRule.LENGTH_TOO_SMALL, p -> p[3] = 23);
    // 26 with the A bit.
    discards(
        DiscardRule.LENGTH_TOO_SMALL,
        p -> {
          p[1] |= 0x04;
          p[3] = 25;
        });
  }

  @Test
  void ifTheLengthFieldIsGreaterThanThePayloadThePacketMustBeDiscarded() {
    discards(DiscardRule.LENGTH_BEYOND_PAYLOAD, p -> p[3] = 25);
    discards(DiscardRule.LENGTH_BEYOND_PAYLOAD, p -> p[3] = (byte) 255);
  }

  @Test
  void whatIsShorterThanAnyPacketIsDiscarded() {
    byte[] good = BfdCodec.encode(packet(BfdState.DOWN, 11, Optional.empty()));
    for (int length = 0; length < good.length; length++) {
      BfdSession session = Pair.plain().up().a.session;
      assertThat(session.step(new BfdEvent.Received(Arrays.copyOf(good, length)), 1))
          .containsExactly(new BfdEffect.Discarded(DiscardRule.TRUNCATED));
    }
  }

  @Test
  void ifTheDetectMultFieldIsZeroThePacketMustBeDiscarded() {
    discards(DiscardRule.DETECT_MULT_ZERO, p -> p[2] = 0);
  }

  @Test
  void ifTheMultipointBitIsNonzeroThePacketMustBeDiscarded() {
    discards(DiscardRule.MULTIPOINT, p -> p[1] |= 1);
  }

  @Test
  void ifTheMyDiscriminatorFieldIsZeroThePacketMustBeDiscarded() {
    discards(DiscardRule.MY_DISCRIMINATOR_ZERO, p -> Arrays.fill(p, 4, 8, (byte) 0));
  }

  @Test
  void ifYourDiscriminatorIsNonzeroAndNoSessionIsFoundThePacketMustBeDiscarded() {
    discards(DiscardRule.NO_SESSION, p -> p[8] = 1);
  }

  @Test
  void ifYourDiscriminatorIsZeroAndTheStateIsNotDownOrAdminDownThePacketMustBeDiscarded() {
    for (BfdState state : List.of(BfdState.INIT, BfdState.UP)) {
      discards(
          DiscardRule.YOUR_DISCRIMINATOR_ZERO,
          p -> {
            p[1] = (byte) (state.code() << 6);
            Arrays.fill(p, 8, 12, (byte) 0);
          });
    }
  }

  @Test
  void ifTheABitIsSetAndNoAuthenticationIsInUseThePacketMustBeDiscarded() {
    BfdSession session = Pair.plain().up().a.session;
    byte[] signed =
        BfdCodec.encode(
            packet(
                BfdState.DOWN,
                11,
                Optional.of(
                    new AuthenticationSection(AuthenticationType.METICULOUS_KEYED_SHA1, 1, 1))));
    assertThat(session.step(new BfdEvent.Received(signed), 1))
        .containsExactly(new BfdEffect.Discarded(DiscardRule.AUTHENTICATED));
    assertThat(session.state()).isEqualTo(BfdState.UP);
  }

  @Test
  void ifTheABitIsClearAndAuthenticationIsInUseThePacketMustBeDiscarded() {
    Pair pair = Pair.authenticated().up();
    refuses(
        pair,
        DiscardRule.NOT_AUTHENTICATED,
        BfdCodec.encode(packet(BfdState.DOWN, 11, Optional.empty())));
    refuses(
        pair,
        DiscardRule.NOT_AUTHENTICATED,
        BfdCodec.encode(packet(BfdState.ADMIN_DOWN, 11, Optional.empty())));
  }

  @Test
  void ifTheABitIsSetThePacketMustBeAuthenticatedByTheRulesInUse() {
    Pair pair = Pair.authenticated().up();
    AuthenticationKey guess = new AuthenticationKey(2, new byte[20]);
    byte[] forged =
        BfdCodec.encode(
            packet(
                BfdState.DOWN,
                11,
                Optional.of(
                    new AuthenticationSection(
                        AuthenticationType.METICULOUS_KEYED_SHA1, 2, 1_000))));
    guess.sign(forged);
    refuses(pair, DiscardRule.AUTHENTICATION_DIGEST, forged);
    byte[] other =
        BfdCodec.encode(
            packet(
                BfdState.DOWN,
                11,
                Optional.of(
                    new AuthenticationSection(
                        AuthenticationType.METICULOUS_KEYED_SHA1, 9, 1_000))));
    refuses(pair, DiscardRule.AUTHENTICATION_SECTION, other);
    byte[] notMeticulous =
        BfdCodec.encode(
            packet(
                BfdState.DOWN,
                11,
                Optional.of(new AuthenticationSection(AuthenticationType.KEYED_SHA1, 2, 1_000))));
    refuses(pair, DiscardRule.AUTHENTICATION_SECTION, notMeticulous);
  }

  @Test
  void anAuthenticationSectionThatIsNoneIsDiscarded() {
    Pair pair = Pair.authenticated().up();
    byte[] good = pair.b.sent.getLast();
    for (int type : List.of(0, 1, 2, 3, 6, 255)) {
      byte[] bad = good.clone();
      bad[24] = (byte) type;
      refuses(pair, DiscardRule.AUTHENTICATION_SECTION, bad);
    }
    for (int length : List.of(0, 1, 27, 29, 255)) {
      byte[] bad = good.clone();
      bad[25] = (byte) length;
      refuses(pair, DiscardRule.AUTHENTICATION_SECTION, bad);
    }
    byte[] cut = good.clone();
    cut[3] = 51;
    refuses(pair, DiscardRule.AUTHENTICATION_SECTION, cut);
  }

  @Test
  void everyBitOfASignedPacketIsCovered() {
    Pair pair = Pair.authenticated().up();
    pair.a.cutOutwards = true;
    pair.b.cutOutwards = true;
    pair.b.step(new BfdEvent.AdminDown());
    byte[] next = pair.b.sent.getLast();
    for (int bit = 0; bit < next.length * 8; bit++) {
      byte[] bad = next.clone();
      bad[bit / 8] ^= (byte) (1 << bit % 8);
      List<BfdEffect> effects = pair.a.session.step(new BfdEvent.Received(bad), pair.now);
      assertThat(effects).singleElement().isInstanceOf(BfdEffect.Discarded.class);
    }
    assertThat(pair.a.state()).isEqualTo(BfdState.UP);
    // The canary: the packet as it was does what it says.
    pair.a.step(new BfdEvent.Received(next));
    assertThat(pair.a.state()).isEqualTo(BfdState.DOWN);
  }

  @Test
  void aPacketThatIsRepeatedIsDroppedHoweverLongTheSilence() {
    Pair pair = Pair.authenticated().up();
    byte[] seen = pair.b.sent.getLast();
    byte[] first = pair.b.sent.getFirst();
    refuses(pair, DiscardRule.AUTHENTICATION_SEQUENCE, seen);
    refuses(pair, DiscardRule.AUTHENTICATION_SEQUENCE, first);
    pair.a.cutOutwards = true;
    pair.b.cutOutwards = true;
    pair.run(60_000);
    for (byte[] old : List.copyOf(pair.b.sent).subList(0, 10)) {
      assertThat(pair.a.session.step(new BfdEvent.Received(old), pair.now))
          .containsExactly(new BfdEffect.Discarded(DiscardRule.AUTHENTICATION_SEQUENCE));
    }
    assertThat(pair.a.session.path()).isEqualTo(PathLiveness.DEAD);
  }

  @Test
  void aPacketThatIsThrownBackAtItsSenderIsDropped() {
    Pair pair = Pair.authenticated().up();
    refuses(pair, DiscardRule.NO_SESSION, pair.a.sent.getLast());
    refuses(pair, DiscardRule.AUTHENTICATION_SECTION, pair.a.sent.getFirst());
  }

  @Test
  void longLivedKeysKeepTheWindowOfThreeTimesDetectMult() {
    AuthenticationKey key = new AuthenticationKey(1, new byte[] {1});
    for (boolean meticulous : List.of(true, false)) {
      SessionKeys keys =
          new SessionKeys(
              meticulous ? AuthenticationType.METICULOUS_KEYED_SHA1 : AuthenticationType.KEYED_SHA1,
              key,
              key,
              Freshness.LONG_LIVED);
      int first = 0x7fff_fffd; // the window is circular
      BfdSession session =
          new BfdSession(new BfdConfig(11, Timing.DEFAULT, Optional.of(keys)), b -> 0);
      session.step(new BfdEvent.Start(), 1);
      assertThat(step(session, key, meticulous, first)).isEmpty();
      Optional<DiscardRule> sequence = Optional.of(DiscardRule.AUTHENTICATION_SEQUENCE);
      assertThat(step(session, key, meticulous, first - 1)).isEqualTo(sequence);
      assertThat(step(session, key, meticulous, first))
          .isEqualTo(meticulous ? sequence : Optional.empty());
      assertThat(step(session, key, meticulous, first + 10)).isEqualTo(sequence);
      assertThat(step(session, key, meticulous, first + 9)).isEmpty();
    }
  }

  @Test
  void ifWeAreAdminDownThePacketMustBeDiscarded() {
    Pair pair = Pair.plain().up();
    pair.a.step(new BfdEvent.AdminDown());
    byte[] init = BfdCodec.encode(packet(BfdState.INIT, 11, Optional.empty()));
    assertThat(pair.a.session.step(new BfdEvent.Received(init), pair.now))
        .containsExactly(new BfdEffect.Discarded(DiscardRule.ADMIN_DOWN));
  }

  @Test
  void canaryTheSamePacketUnharmedTakesAPlainSessionDown() {
    BfdSession session = Pair.plain().up().a.session;
    session.step(
        new BfdEvent.Received(BfdCodec.encode(packet(BfdState.DOWN, 11, Optional.empty()))), 1);
    assertThat(session.state()).isEqualTo(BfdState.DOWN);
  }

  @Test
  void whatLiesBehindTheLengthIsIgnored() {
    BfdSession session = Pair.plain().up().a.session;
    byte[] longer =
        Arrays.copyOf(BfdCodec.encode(packet(BfdState.DOWN, 11, Optional.empty())), 1_500);
    assertThat(session.step(new BfdEvent.Received(longer), 1))
        .contains(new BfdEffect.PacketAccepted());
  }

  @Test
  void theRulesAreCountedByName() {
    Pair pair = Pair.plain().up();
    byte[] bad = BfdCodec.encode(packet(BfdState.DOWN, 11, Optional.empty()));
    bad[2] = 0;
    pair.a.step(new BfdEvent.Received(bad));
    pair.a.step(new BfdEvent.Received(bad));
    assertThat(pair.a.session.view().counts().discarded())
        .containsExactly(new BfdView.Discards(DiscardRule.DETECT_MULT_ZERO, 2));
  }

  /** A Down packet with one thing wrong leaves an Up session as it is, for the reason named. */
  private static void discards(DiscardRule rule, Consumer<byte[]> harm) {
    Pair pair = Pair.plain().up();
    byte[] bad = BfdCodec.encode(packet(BfdState.DOWN, 11, Optional.empty()));
    harm.accept(bad);
    refuses(pair, rule, bad);
  }

  private static void refuses(Pair pair, DiscardRule rule, byte[] datagram) {
    assertThat(pair.a.session.step(new BfdEvent.Received(datagram), pair.now))
        .containsExactly(new BfdEffect.Discarded(rule));
    assertThat(pair.a.state()).isEqualTo(BfdState.UP);
    assertThat(rule.sentence()).isNotBlank();
  }

  private static Optional<DiscardRule> step(
      BfdSession session, AuthenticationKey key, boolean meticulous, int sequence) {
    byte[] packet =
        BfdCodec.encode(
            packet(
                BfdState.DOWN,
                11,
                Optional.of(
                    new AuthenticationSection(
                        meticulous
                            ? AuthenticationType.METICULOUS_KEYED_SHA1
                            : AuthenticationType.KEYED_SHA1,
                        1,
                        sequence))));
    key.sign(packet);
    return session.step(new BfdEvent.Received(packet), 2).stream()
        .filter(BfdEffect.Discarded.class::isInstance)
        .map(effect -> ((BfdEffect.Discarded) effect).rule())
        .findFirst();
  }

  private static BfdPacket packet(
      BfdState state, int yours, Optional<AuthenticationSection> section) {
    return new BfdPacket(Diagnostic.NONE, state, Flags.NONE, 3, 22, yours, USUAL, section);
  }
}
