package io.landfall.bgp;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig.Role;
import io.landfall.bgp.SessionEffect.Negotiated;
import io.landfall.bgp.UpdateDecoder.Result;
import io.landfall.core.Asn;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What holds for every UPDATE, whole or damaged. */
class UpdateCodecProperty {
  private static final int ROUND_TRIPS = 200;
  private static final int MUTATIONS = 15_000;

  private static UpdateDecoder<HostPrefix> decoder(boolean addPath) {
    return new UpdateDecoder<>(
        rules(addPath), HostPrefix.CODEC, new ReceivedPrefixes(1_000_000, bound -> 0));
  }

  private static DecodeRules rules(boolean addPath) {
    return new DecodeRules(true, new Asn(Speaker.OVERLAY_AS), Role.NONE, 3, addPath ? 3 : 0, true);
  }

  private static UpdateEncoder<HostPrefix> encoder(boolean addPath, int maxMessageBytes) {
    Negotiated negotiated = new Negotiated(9, 2, 3, 0, addPath ? 3 : 0, true, maxMessageBytes);
    return new UpdateEncoder<>(Speaker.overlay(1), HostPrefix.CODEC, negotiated, true);
  }

  private static List<byte[]> bodies(List<byte[]> writes, int maxMessageBytes) {
    List<byte[]> bodies = new ArrayList<>();
    for (byte[] write : writes) {
      MessageReader reader = new MessageReader();
      reader.allow(maxMessageBytes);
      reader.feed(write);
      while (reader.poll() == MessageReader.Poll.MESSAGE) {
        assertThat(reader.type()).isEqualTo(MessageType.UPDATE);
        bodies.add(
            java.util.Arrays.copyOfRange(reader.array(), reader.bodyFrom(), reader.bodyTo()));
      }
      assertThat(reader.poll()).isEqualTo(MessageReader.Poll.NEED_MORE);
    }
    return bodies;
  }

  @Test
  void whatIsEncodedIsDecodedAgain() {
    Generator random = new Generator(4271);
    for (int i = 0; i < ROUND_TRIPS; i++) {
      boolean addPath = i % 2 == 0;
      int maxBytes = i % 3 == 0 ? 65535 : 4096;
      UpdateMessage<HostPrefix> update = random.update(i % 10 == 0 ? 3000 : 20, addPath);
      UpdateDecoder<HostPrefix> decoder = decoder(addPath);

      List<Nlri<HostPrefix>> withdrawn = new ArrayList<>();
      List<Nlri<HostPrefix>> announced = new ArrayList<>();
      for (byte[] body : bodies(encoder(addPath, maxBytes).encode(update), maxBytes)) {
        Result<HostPrefix> result = decoder.decode(body, 0, body.length);
        assertThat(ErrorRungTest.rung(result)).isEqualTo(ErrorRung.NONE);
        UpdateMessage<HostPrefix> got = ErrorRungTest.only(result);
        assertThat(got.refused()).isEmpty();
        if (!got.withdrawn().isEmpty()) {
          assertThat(announced).as("withdrawals leave first").isEmpty();
        }
        withdrawn.addAll(got.withdrawn());
        announced.addAll(got.announced());
        if (!got.announced().isEmpty()) {
          assertThat(got.attributes()).isEqualTo(update.attributes());
        }
      }
      assertThat(withdrawn).isEqualTo(update.withdrawn());
      assertThat(announced).isEqualTo(update.announced());
    }
  }

  @Test
  void aDamagedUpdateLandsOnOneRungAndTouchesExactlyThePrefixesThatItNames() {
    Generator random = new Generator(7606);
    int[] landed = new int[4];
    for (int i = 0; i < MUTATIONS; i++) {
      boolean addPath = i % 2 == 0;
      byte[] body = damaged(random, addPath);
      switch (UpdateFuzz.check(rules(addPath), body)) {
        case Result.Reset<HostPrefix> reset -> landed[3]++;
        case Result.Updates<HostPrefix>(List<UpdateMessage<HostPrefix>> updates, ErrorRung rung) ->
            landed[rung.compareTo(ErrorRung.NONE)]++;
      }
    }
    assertThat(landed).as("each rung was reached").doesNotContain(0);
  }

  private static byte[] damaged(Generator random, boolean addPath) {
    List<byte[]> bodies = List.of();
    while (bodies.isEmpty()) {
      bodies = bodies(encoder(addPath, 4096).encode(random.update(6, addPath)), 4096);
    }
    byte[] body = bodies.get(random.below(bodies.size()));
    int changes = 1 + random.below(4);
    for (int c = 0; c < changes; c++) {
      // Most of the damage goes to the front, where the lengths and the attributes are.
      int at = random.below(random.below(2) == 0 ? body.length : Math.min(60, body.length));
      body[at] = random.below(3) == 0 ? (byte) random.below(8) : (byte) random.below(256);
    }
    return body;
  }

  @Test
  void randomBytesNeverBreakASession() {
    Generator random = new Generator(9687);
    byte[] open = OpenCodec.encode(Speaker.overlay(2));
    for (int i = 0; i < 5_000; i++) {
      Speaker speaker = new Speaker(Speaker.overlay(1)).start().connected(1, false);
      int stage = random.below(3);
      if (stage > 0) {
        speaker.hears(1, open);
      }
      if (stage > 1) {
        speaker.hears(1, MessageType.KEEPALIVE.frame(19));
      }
      byte[] body = stage == 0 ? damagedOpen(random, open) : random.bytes(random.below(64));
      int type = stage == 0 ? 1 : 1 + random.below(5);
      speaker.hears(1, BgpMessages.message(type, body));
      assertThat(speaker.session.state()).isNotNull();
    }
  }

  private static byte[] damagedOpen(Generator random, byte[] open) {
    byte[] body = java.util.Arrays.copyOfRange(open, 19, open.length - random.below(20));
    for (int c = random.below(4); c >= 0; c--) {
      body[random.below(body.length)] = (byte) random.below(256);
    }
    return body;
  }

  @Test
  void theSetOfReceivedPrefixesAgreesWithARealSet() {
    Generator random = new Generator(4486);
    ReceivedPrefixes counted = new ReceivedPrefixes(1_000_000, bound -> 0);
    Set<Integer> real = new HashSet<>();
    for (int i = 0; i < 30_000; i++) {
      int number = random.below(3000);
      long fingerprint =
          ReceivedPrefixes.fingerprint(Family.IPV4_UNICAST, 32, Octets.u32(number), 0, number % 7);
      if (random.below(2) == 0) {
        counted.announced(fingerprint);
        real.add(number);
      } else {
        counted.withdrawn(fingerprint);
        real.remove(number);
      }
      assertThat(counted.size()).isEqualTo(real.size());
    }
  }

  @Test
  void oneSetOfAttributeBytesIsOneInstanceAcrossMessages() {
    UpdateDecoder<HostPrefix> decoder = decoder(false);
    byte[] first = BgpMessages.updateBody(Bytes.NONE, Bytes.GOOD, Bytes.HOST);
    byte[] other =
        BgpMessages.updateBody(
            Bytes.NONE, Octets.join(Bytes.GOOD, Bytes.attribute(0x80, 4, 0, 0, 0, 1)), Bytes.HOST);
    Optional<PathAttributes> a = attributes(decoder, first);
    attributes(decoder, other);
    assertThat(attributes(decoder, first).orElseThrow()).isSameAs(a.orElseThrow());
  }

  private static Optional<PathAttributes> attributes(
      UpdateDecoder<HostPrefix> decoder, byte[] body) {
    return ErrorRungTest.only(decoder.decode(body, 0, body.length)).attributes();
  }
}
