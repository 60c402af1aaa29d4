package io.landfall.overlay.servicehost;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionConfig;
import io.landfall.core.Addresses;
import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.Direction;
import io.landfall.core.HostAddress;
import io.landfall.core.MedMapping;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The same in an IPv6 block: /128s in MP_REACH_NLRI and MP_UNREACH_NLRI (RFC 4760). */
class Ipv6ServiceHostTest {
  private static final Block BLOCK = Block.parse("fd00:32::/112");
  private static final HostAddress SHOP = BLOCK.parseHost("fd00:32::110");
  private static final int HOST_AS = 65_010;

  private final List<String> facts = new ArrayList<>();
  private final List<byte[]> heard = new ArrayList<>();
  private final ServiceHosts speakers =
      new ServiceHosts(
          new ServiceHostsSettings(
              BLOCK,
              new Asn(HostWire.OVERLAY_AS),
              1,
              9,
              List.of(
                  new ServiceHost(
                      "web7",
                      new Asn(HOST_AS),
                      SessionConfig.Opening.PASSIVE,
                      new TreeMap<>(Map.of(SHOP, MedMapping.DEFAULT))))),
          bound -> bound - 1);

  private void step(ServiceHostEvent event) {
    for (ServiceHostEffect effect : speakers.step(event, 1_000_000_000L)) {
      switch (effect) {
        case ServiceHostEffect.HostAdvertised(
                String host,
                HostAddress service,
                HostSignal signal) ->
            facts.add("advertised " + service + " " + signal.signal());
        case ServiceHostEffect.HostWithdrawn(String host, HostAddress service, String why) ->
            facts.add("silent " + service);
        case ServiceHostEffect.Write(String host, long number, byte[] bytes) -> heard.add(bytes);
        default -> {}
      }
    }
  }

  private void hear(int type, byte[] body) {
    ByteBuffer out = ByteBuffer.allocate(19 + body.length);
    out.putLong(-1).putLong(-1).putShort((short) out.capacity()).put((byte) type).put(body);
    step(new ServiceHostEvent.Received("web7", 1, out.array()));
  }

  private static byte[] nlri(String address, int bits) {
    byte[] bytes = Addresses.parseLiteral(address).orElseThrow();
    return ByteBuffer.allocate(1 + bits / 8).put((byte) bits).put(bytes, 0, bits / 8).array();
  }

  private static byte[] reach(byte[] nlri) {
    ByteArrayOutputStream value = new ByteArrayOutputStream();
    value.writeBytes(new byte[] {0, 2, 1, 16});
    value.writeBytes(Addresses.parseLiteral("2001:db8::7").orElseThrow());
    value.write(0);
    value.writeBytes(nlri);
    ByteArrayOutputStream attributes = new ByteArrayOutputStream();
    attributes.writeBytes(HostWire.attribute(0x40, 1, 0));
    attributes.writeBytes(HostWire.asPath(HOST_AS));
    attributes.writeBytes(new byte[] {(byte) 0x80, 14, (byte) value.size()});
    attributes.writeBytes(value.toByteArray());
    return withAttributes(attributes.toByteArray());
  }

  private static byte[] unreach(byte[] nlri) {
    ByteArrayOutputStream attributes = new ByteArrayOutputStream();
    attributes.writeBytes(new byte[] {(byte) 0x80, 15, (byte) (3 + nlri.length), 0, 2, 1});
    attributes.writeBytes(nlri);
    return withAttributes(attributes.toByteArray());
  }

  private static byte[] withAttributes(byte[] attributes) {
    return ByteBuffer.allocate(4 + attributes.length)
        .putShort((short) 0)
        .putShort((short) attributes.length)
        .put(attributes)
        .array();
  }

  @Test
  void aHostRouteOf128BitsIsAWordLikeAnyOther() {
    step(new ServiceHostEvent.Start());
    step(new ServiceHostEvent.Connected("web7", 1, Direction.INCOMING));
    ByteBuffer open = ByteBuffer.allocate(24);
    open.put((byte) 4).putShort((short) HOST_AS).putShort((short) 90).putInt(7);
    open.put((byte) 14).put((byte) 2).put((byte) 12);
    open.put(new byte[] {1, 4, 0, 2, 0, 1, 65, 4}).putInt(HOST_AS);
    hear(1, java.util.Arrays.copyOf(open.array(), open.position()));
    hear(4, new byte[0]);
    byte[] endOfRib = heard.getLast();
    assertThat(endOfRib).as("End-of-RIB of IPv6 unicast").endsWith(3, 0, 2, 1);

    hear(2, reach(nlri("fd00:32::110", 128)));
    hear(2, reach(nlri("fd00:32::111", 128)));
    hear(2, reach(nlri("fd00:32::", 112)));
    hear(2, reach(nlri("2001:db8::1", 128)));
    assertThat(facts).containsExactly("advertised fd00:32::110 UP");
    Map<String, Long> refused = new TreeMap<>();
    speakers.view().getFirst().refused().forEach(r -> refused.put(r.rule(), r.count()));
    assertThat(refused)
        .isEqualTo(
            new TreeMap<>(
                Map.of(
                    "not-configured-for-this-host",
                    1L,
                    "not-host-length",
                    1L,
                    "outside-block",
                    1L)));

    hear(2, unreach(nlri("fd00:32::110", 128)));
    assertThat(facts).containsExactly("advertised fd00:32::110 UP", "silent fd00:32::110");
    assertThat(heard.getLast()).as("nothing more was advertised to it").isEqualTo(endOfRib);
  }
}
