package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig;
import io.landfall.core.Asn;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.MedMapping;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.Octets;
import io.landfall.testkit.Reads;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** How the bytes of a service host are cut into reads changes nothing that it can cause. */
class ServiceHostReadsProperty {
  private static final int HOST_AS = 65_007;
  private static final int HOST_ID = 7;
  private static final int SHOP = 0x0a200100;
  private static final int FOREIGN = 0x0a200101;
  private static final int NEXT_HOP = 0x0a000007;
  private static final byte[] OPEN = BgpMessages.open(HOST_AS, HOST_ID);
  private static final byte[] KEEPALIVE = BgpMessages.keepalive();

  private static List<byte[]> everything() {
    List<byte[]> all = new ArrayList<>(BgpMessages.harmless().values());
    all.add(BgpMessages.announce(SHOP, NEXT_HOP, 2, 1, 0, 0, 0xfd, 0xef));
    all.add(BgpMessages.announce(SHOP, NEXT_HOP, 2, 1, 0, 0, 0, 9));
    all.add(BgpMessages.announce(FOREIGN, NEXT_HOP, 2, 1, 0, 0, 0xfd, 0xef));
    all.add(BgpMessages.withdraw(SHOP));
    all.addAll(BgpMessages.enders(BgpMessages.open(HOST_AS, HOST_ID)).values());
    return all;
  }

  @Test
  void everyPairAndTripleInOneReadDoesWhatItDoesInReadsOfTheirOwn() {
    for (boolean dials : List.of(false, true)) {
      Reads.everyPairAndTriple(
          everything(),
          messages -> {
            List<byte[]> start = List.of(OPEN, KEEPALIVE);
            String apart = outcome(dials, start, messages);
            assertThat(outcome(dials, start, Reads.joined(messages))).isEqualTo(apart);
            List<byte[]> withStart = new ArrayList<>(start);
            withStart.addAll(messages);
            assertThat(outcome(dials, List.of(), Reads.joined(withStart))).isEqualTo(apart);
          });
    }
  }

  @Test
  void whatComesBeforeTheSessionIsUpDoesSoToo() {
    Reads.everyPairAndTriple(
        everything(),
        messages -> {
          String apart = outcome(false, List.of(), messages);
          assertThat(outcome(false, List.of(), Reads.joined(messages))).isEqualTo(apart);
          String confirmed = outcome(false, List.of(OPEN), messages);
          assertThat(outcome(false, List.of(OPEN), Reads.joined(messages))).isEqualTo(confirmed);
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
      boolean dials = random.nextBoolean();
      String whole = outcome(dials, List.of(), List.of(stream));
      assertThat(outcome(dials, List.of(), Reads.split(stream, random))).isEqualTo(whole);
      assertThat(outcome(dials, List.of(), Reads.pieces(stream, 1))).isEqualTo(whole);
    }
  }

  /** Everything that a host causes, in order, and what is left of it in the end. */
  static String outcome(boolean dials, List<byte[]> start, List<byte[]> reads) {
    HostAddress shop = HostWire.BLOCK.parseHost("10.32.1.0");
    TreeMap<HostAddress, MedMapping> services = new TreeMap<>();
    services.put(shop, MedMapping.DEFAULT);
    ServiceHosts speakers =
        new ServiceHosts(
            new ServiceHostsSettings(
                HostWire.BLOCK,
                new Asn(HostWire.OVERLAY_AS),
                HostWire.LOCAL_ID,
                9,
                List.of(
                    new ServiceHost(
                        "web7",
                        new Asn(HOST_AS),
                        dials ? SessionConfig.Opening.ACTIVE : SessionConfig.Opening.PASSIVE,
                        services))),
            bound -> bound - 1);
    StringBuilder outcome = new StringBuilder();
    List<ServiceHostEvent> events = new ArrayList<>();
    events.add(new ServiceHostEvent.Start());
    events.add(
        new ServiceHostEvent.Connected("web7", 1, dials ? Direction.OUTGOING : Direction.INCOMING));
    start.forEach(read -> events.add(new ServiceHostEvent.Received("web7", 1, read.clone())));
    reads.forEach(read -> events.add(new ServiceHostEvent.Received("web7", 1, read.clone())));
    for (ServiceHostEvent event : events) {
      for (ServiceHostEffect effect : speakers.step(event, 1_000_000_000L)) {
        outcome.append(
            effect instanceof ServiceHostEffect.Write(String host, long connection, byte[] bytes)
                ? "write " + connection + " " + HexFormat.of().formatHex(bytes)
                : effect.toString());
        outcome.append('\n');
      }
    }
    ServiceHostDetail left = speakers.details().getFirst();
    return outcome
        .append(left.view())
        .append('\n')
        .append(left.counters())
        .append(left.endOfRibReceived() ? " has told all" : "")
        .toString();
  }
}
