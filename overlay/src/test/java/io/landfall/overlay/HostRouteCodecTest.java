package io.landfall.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec.Verdict;
import io.landfall.core.Addresses;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The codec takes hosts of its block and refuses all else by name. */
class HostRouteCodecTest {
  private static final Block V4 = Block.parse("10.32.0.0/23");
  private static final Block V6 = Block.parse("fd00:32::/112");

  private static Verdict<HostAddress> read(Block block, String address, int length) {
    byte[] bytes = Addresses.parseLiteral(address).orElseThrow();
    Family family = bytes.length == 4 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
    return new HostRouteCodec(block).read(family, length, bytes);
  }

  private static String rule(Block block, String address, int length) {
    return switch (read(block, address, length)) {
      case Verdict.Accepted<HostAddress>(HostAddress host) -> "accepted " + host;
      case Verdict.Refused<HostAddress>(String rule) -> rule;
    };
  }

  @Test
  void hostsOfTheBlockAreAccepted() {
    assertThat(rule(V4, "10.32.0.0", 32)).isEqualTo("accepted 10.32.0.0");
    assertThat(rule(V4, "10.32.1.255", 32)).isEqualTo("accepted 10.32.1.255");
    assertThat(rule(V6, "fd00:32::ffff", 128)).isEqualTo("accepted fd00:32::ffff");
  }

  @Test
  void eachThingThatIsNoHostOfTheBlockIsRefusedByName() {
    assertThat(rule(V4, "0.0.0.0", 0)).isEqualTo("default-route");
    assertThat(rule(V6, "::", 0)).isEqualTo("default-route");
    assertThat(rule(V4, "::", 0)).isEqualTo("default-route");
    assertThat(rule(V4, "10.32.0.0", 31)).isEqualTo("not-host-length");
    assertThat(rule(V4, "10.32.0.0", 23)).isEqualTo("not-host-length");
    assertThat(rule(V6, "fd00:32::", 32)).isEqualTo("not-host-length");
    assertThat(rule(V4, "10.32.2.0", 32)).isEqualTo("outside-block");
    assertThat(rule(V4, "10.31.255.255", 32)).isEqualTo("outside-block");
    assertThat(rule(V4, "192.0.2.1", 32)).isEqualTo("outside-block");
    assertThat(rule(V6, "fd00:32::1:0", 128)).isEqualTo("outside-block");
    assertThat(rule(V6, "fd00:33::1", 128)).isEqualTo("outside-block");
    assertThat(rule(V4, "fd00:32::1", 128)).isEqualTo("wrong-family");
    assertThat(rule(V6, "10.32.0.1", 32)).isEqualTo("wrong-family");
  }

  @Test
  void theExtremesOfBlockSizesWork() {
    assertThat(rule(Block.parse("10.0.0.0/8"), "10.255.255.255", 32)).startsWith("accepted");
    assertThat(rule(Block.parse("10.0.0.0/8"), "11.0.0.0", 32)).isEqualTo("outside-block");
    assertThat(rule(Block.parse("10.0.0.7/32"), "10.0.0.7", 32)).startsWith("accepted");
    assertThat(rule(Block.parse("10.0.0.7/32"), "10.0.0.6", 32)).isEqualTo("outside-block");
  }

  @Test
  void whatIsReadIsWrittenAsItWas() {
    for (Block block : new Block[] {V4, V6}) {
      HostRouteCodec codec = new HostRouteCodec(block);
      for (int offset : new int[] {0, 1, 255, 256, block.size() - 1}) {
        HostAddress host = block.host(offset);
        byte[] wire = new byte[20];
        Arrays.fill(wire, (byte) 0x55);
        assertThat(codec.writeAt(host, wire, 3)).isEqualTo(host.bytes().length);
        assertThat(wire).startsWith(0x55, 0x55, 0x55);
        assertThat(wire[3 + host.bytes().length]).isEqualTo((byte) 0x55);
        assertThat(codec.readAt(codec.family(host), codec.lengthBits(host), wire, 3))
            .isEqualTo(new Verdict.Accepted<>(host));
        assertThat(codec.address(host)).isEqualTo(host.bytes());
      }
    }
  }

  @Test
  void aHostOfAnotherBlockCannotLeave() {
    HostRouteCodec codec = new HostRouteCodec(V4);
    HostAddress foreign = Block.parse("10.33.0.0/23").host(1);
    assertThatThrownBy(() -> codec.address(foreign)).isInstanceOf(InvariantBroken.class);
    assertThatThrownBy(() -> codec.lengthBits(foreign)).isInstanceOf(InvariantBroken.class);
    assertThatThrownBy(() -> codec.family(foreign)).isInstanceOf(InvariantBroken.class);
    assertThatThrownBy(() -> codec.writeAt(foreign, new byte[20], 0))
        .isInstanceOf(InvariantBroken.class);
  }
}
