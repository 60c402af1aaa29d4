package io.landfall.bfd;

import io.landfall.bfd.BfdConfig.Timing;
import io.landfall.bfd.BfdPacket.Flag;
import io.landfall.bfd.SessionKeys.Freshness;
import io.landfall.testkit.FuzzCorpus;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: datagrams that reach a session. The first byte says which session (plain or
 * authenticated) and how far its clock moves between two datagrams; then each datagram is one byte
 * of length and that many bytes.
 *
 * <p>What must hold: a datagram is taken, or discarded by one rule and then changes nothing; what
 * was read is the same after encoding and decoding it; every packet of ours can be read; nobody
 * without the keys changes the state of an authenticated session.
 */
public final class BfdPacketFuzz {
  private static final int LOCAL = 0x0b0b0b0b;

  /** For JUnit. */
  public BfdPacketFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyDatagramOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("BfdPacketFuzz", BfdPacketFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    boolean keyed = (data[0] & 1) != 0;
    long stepNanos = (data[0] & 0xfe) * 5_000_000L;
    BfdSession session =
        new BfdSession(
            new BfdConfig(LOCAL, Timing.DEFAULT, keyed ? Optional.of(keys()) : Optional.empty()),
            bound -> bound / 2);
    long now = 1;
    session.step(new BfdEvent.Start(), now);
    int at = 1;
    while (at < data.length) {
      int length = Byte.toUnsignedInt(data[at++]);
      byte[] datagram = Arrays.copyOfRange(data, at, Math.min(data.length, at + length));
      at += datagram.length;
      now += stepNanos;
      receive(session, datagram, keyed, now);
      OptionalLong due = session.deadlineNanos();
      if (due.isPresent() && due.getAsLong() <= now) {
        session.step(new BfdEvent.Tick(), now).forEach(BfdPacketFuzz::checkSend);
      }
    }
  }

  private static void receive(BfdSession session, byte[] datagram, boolean keyed, long now) {
    byte[] before = datagram.clone();
    BfdView view = session.view();
    List<BfdEffect> effects = session.step(new BfdEvent.Received(datagram), now);
    must(Arrays.equals(before, datagram), "the session wrote into the datagram");
    if (effects.getFirst() instanceof BfdEffect.Discarded) {
      must(effects.size() == 1, "a discarded datagram has one effect: " + effects);
      BfdView after = session.view();
      must(
          after.local().equals(view.local())
              && after.path() == view.path()
              && after.remote().discriminator() == view.remote().discriminator()
              && after.times().equals(view.times()),
          "a discarded datagram changed " + view + " to " + after);
    } else {
      must(
          effects.getFirst() instanceof BfdEffect.PacketAccepted,
          "taken, or discarded: " + effects);
      must(!keyed, "a datagram without the key was taken");
    }
    effects.forEach(BfdPacketFuzz::checkSend);
    if (BfdCodec.decode(datagram) instanceof BfdCodec.Decoding.Read(BfdPacket packet)) {
      checkRoundTrip(packet);
    }
  }

  private static void checkRoundTrip(BfdPacket packet) {
    if (packet.diagnostic() != Diagnostic.RESERVED) {
      must(
          BfdCodec.decode(BfdCodec.encode(packet)).equals(new BfdCodec.Decoding.Read(packet)),
          "changed by encoding: " + packet);
    }
  }

  private static void checkSend(BfdEffect effect) {
    if (effect instanceof BfdEffect.Send(byte[] sent)) {
      must(
          BfdCodec.decode(sent) instanceof BfdCodec.Decoding.Read(BfdPacket packet)
              && !(packet.flags().has(Flag.POLL) && packet.flags().has(Flag.FINAL)),
          "our own packet: " + Arrays.toString(sent));
    }
  }

  private static SessionKeys keys() {
    // Longer than anything that a fuzzer guesses, and nowhere in the corpus.
    byte[] secret = new byte[AuthenticationKey.MAX_BYTES];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (i * 37 + 11);
    }
    AuthenticationKey key = new AuthenticationKey(1, secret);
    return new SessionKeys(
        AuthenticationType.METICULOUS_KEYED_SHA1, key, key, Freshness.ONE_SESSION);
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
