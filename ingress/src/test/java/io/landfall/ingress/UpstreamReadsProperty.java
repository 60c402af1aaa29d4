package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig;
import io.landfall.bgp.SessionConfig.Role;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Now;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import io.landfall.testkit.Reads;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** How the bytes of an upstream router are cut into reads changes nothing that it can cause. */
class UpstreamReadsProperty {
  static final String NAME = "192.0.2.1";
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final int ROUTER_AS = 64_500;
  private static final int ROUTER_ID = 0x01010101;
  private static final byte[] OPEN = BgpMessages.open(ROUTER_AS, ROUTER_ID);
  private static final byte[] KEEPALIVE = BgpMessages.keepalive();

  private static List<byte[]> everything() {
    List<byte[]> all = new ArrayList<>(BgpMessages.harmless().values());
    all.add(BgpMessages.announce(0x08080808, 0xc0000201, 2, 1, 0, 0, 0xfb, 0xf4));
    all.add(BgpMessages.announce(0x0a200001, 0xc0000201, 2, 1, 0, 0, 0xfb, 0xf4));
    all.addAll(BgpMessages.enders(BgpMessages.open(ROUTER_AS, ROUTER_ID)).values());
    return all;
  }

  @Test
  void everyPairAndTripleInOneReadDoesWhatItDoesInReadsOfTheirOwn() {
    Reads.everyPairAndTriple(
        everything(),
        messages -> {
          List<byte[]> start = List.of(OPEN, KEEPALIVE);
          String apart = outcome(start, messages);
          assertThat(outcome(start, Reads.joined(messages))).isEqualTo(apart);
          List<byte[]> withStart = new ArrayList<>(start);
          withStart.addAll(messages);
          assertThat(outcome(List.of(), Reads.joined(withStart))).isEqualTo(apart);
        });
  }

  @Test
  void whatComesBeforeTheSessionIsUpDoesSoToo() {
    Reads.everyPairAndTriple(
        everything(),
        messages -> {
          String apart = outcome(List.of(), messages);
          assertThat(outcome(List.of(), Reads.joined(messages))).isEqualTo(apart);
          String confirmed = outcome(List.of(OPEN), messages);
          assertThat(outcome(List.of(OPEN), Reads.joined(messages))).isEqualTo(confirmed);
        });
  }

  @Test
  void anyCutOfAnyStreamIntoReadsDoesTheSame() {
    Random random = new Random(8);
    List<byte[]> alphabet = everything();
    for (int i = 0; i < 2_000; i++) {
      List<byte[]> messages = new ArrayList<>(List.of(OPEN, KEEPALIVE));
      for (int length = random.nextInt(12); length > 0; length--) {
        messages.add(alphabet.get(random.nextInt(alphabet.size())));
      }
      byte[] stream = Octets.join(messages);
      String whole = outcome(List.of(), List.of(stream));
      assertThat(outcome(List.of(), Reads.split(stream, random))).isEqualTo(whole);
      assertThat(outcome(List.of(), Reads.pieces(stream, 1))).isEqualTo(whole);
    }
  }

  /** Plane one with one upstream, started. */
  static Ingress ingress() {
    Upstream upstream =
        new Upstream(
            IngressSettingsTest.address(NAME),
            Asn.of(64_496),
            new Asn(ROUTER_AS),
            Role.NONE,
            SessionConfig.RoleMode.LENIENT,
            TestUpstream.PLAIN,
            Upstream.Timing.DEFAULT);
    return new Ingress(
        new IngressSettings(
            List.of(AnycastPrefix.parse("198.51.100.0/24", BLOCK)),
            List.of(upstream),
            0x0a200001,
            IngressSettings.DEFAULT_DRAIN_MILLIS,
            0),
        bound -> bound - 1,
        0);
  }

  /** Everything that an upstream causes, in order, and what is left of it in the end. */
  static String outcome(List<byte[]> start, List<byte[]> reads) {
    Ingress ingress = ingress();
    List<IngressEvent> events = new ArrayList<>();
    events.add(new IngressEvent.Start(ListenerLiveness.ACCEPTING));
    events.add(new IngressEvent.Connected(NAME, 1, IngressSettingsTest.address("192.0.2.9")));
    start.forEach(read -> events.add(new IngressEvent.Received(NAME, 1, read.clone())));
    reads.forEach(read -> events.add(new IngressEvent.Received(NAME, 1, read.clone())));
    StringBuilder outcome = new StringBuilder();
    for (IngressEvent event : events) {
      for (IngressEffect effect : ingress.step(event, new Now(1_000_000_000L, 1_000))) {
        outcome.append(
            effect instanceof IngressEffect.Write(String to, long connection, byte[] bytes)
                ? "write " + connection + " " + HexFormat.of().formatHex(bytes)
                : effect.toString());
        outcome.append('\n');
      }
    }
    return outcome.append(ingress.view()).toString();
  }
}
