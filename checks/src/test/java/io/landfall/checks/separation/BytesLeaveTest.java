package io.landfall.checks.separation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.bgp.PrefixCodec;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.ingress.AnycastPrefix;
import io.landfall.overlay.HostRouteCodec;
import java.lang.reflect.Constructor;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Layer 5: the last look, as bytes leave and as they come in. Whatever the code above has come to
 * believe, the encoder of each plane refuses to write a prefix that is not its own, and its reader
 * gives no value to one.
 *
 * <p>Real sessions talk here. The types already forbid most of these calls; what gets past them is
 * a prefix that was made for another configuration, which is what a canary uses.
 */
class BytesLeaveTest {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final Block BLOCK6 = Block.parse("fd00:32::/112");
  private static final Block OTHER_BLOCK = Block.parse("10.99.0.0/23");
  private static final AnycastPrefix OURS = AnycastPrefix.parse("198.51.100.0/24", BLOCK);

  @Test
  void controlAConfiguredAnycastPrefixLeavesAsItIs() {
    Conversation<AnycastPrefix> upstream = ingress();
    upstream.announce(OURS);
    assertThat(upstream.heardByPeer).containsExactly("198.51.100.0/24");
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.101.0/24",
    "198.51.100.0/25",
    "198.51.0.0/16",
    "203.0.113.0/24",
    "2001:db8::/32"
  })
  void canaryAnyOtherPrefixDoesNotLeaveOnIngress(String text) {
    Conversation<AnycastPrefix> upstream = ingress();
    AnycastPrefix other = AnycastPrefix.parse(text, BLOCK);
    assertThatThrownBy(() -> upstream.announce(other))
        .isInstanceOf(InvariantBroken.class)
        .hasMessageContaining(text);
    assertThat(upstream.heardByPeer).isEmpty();
  }

  @Test
  void canaryAPrefixInsideTheBlockOfTheOverlayDoesNotLeaveOnIngressEither() {
    Conversation<AnycastPrefix> upstream = ingress();
    // Made in sight of another block, so that the type lets it pass.
    AnycastPrefix forged = AnycastPrefix.parse("10.32.1.0/24", OTHER_BLOCK);
    assertThatThrownBy(() -> upstream.announce(forged)).isInstanceOf(InvariantBroken.class);
    assertThat(upstream.heardByPeer).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0/0", "198.51.100.0/24", "203.0.113.0/24", "10.32.1.10/32", "::/0"})
  void ingressTakesNothingFromAnUpstreamAndStaysUp(String prefix) {
    Conversation<AnycastPrefix> upstream = ingress();
    upstream.peerAnnounces(prefix);
    assertThat(upstream.accepted).isEmpty();
    assertThat(upstream.refused).isNotEmpty();
    assertThat(upstream.isUp()).isTrue();
  }

  @Test
  void controlAHostOfTheBlockLeavesAsAHostRoute() {
    Conversation<HostAddress> peer = overlay(BLOCK);
    peer.announce(BLOCK.parseHost("10.32.1.10"));
    assertThat(peer.heardByPeer).containsExactly("10.32.1.10/32");
    Conversation<HostAddress> peer6 = overlay(BLOCK6);
    peer6.announce(BLOCK6.parseHost("fd00:32::a"));
    assertThat(peer6.heardByPeer).containsExactly("fd00:32::a/128");
  }

  @Test
  void canaryAHostOfAnotherBlockDoesNotLeaveOnTheOverlay() {
    for (Block foreign :
        List.of(OTHER_BLOCK, BLOCK6, Block.parse("10.32.0.0/22"), Block.parse("10.32.0.0/24"))) {
      Conversation<HostAddress> peer = overlay(BLOCK);
      assertThatThrownBy(() -> peer.announce(foreign.host(7)))
          .as(foreign.toString())
          .isInstanceOf(InvariantBroken.class);
      assertThat(peer.heardByPeer).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0,       default-route",
    "::/0,            default-route",
    "10.32.0.0/23,    not-host-length",
    "10.32.1.0/24,    not-host-length",
    "10.32.1.10/31,   not-host-length",
    "198.51.100.0/24, not-host-length",
    "10.32.2.0/32,    outside-block",
    "198.51.100.1/32, outside-block",
    "fd00:32::a/128,  wrong-family"
  })
  void theOverlayRefusesWhatIsNoHostOfItsBlockByRuleAndStaysUp(String prefix, String rule) {
    Conversation<HostAddress> peer = overlay(BLOCK);
    peer.peerAnnounces(prefix);
    peer.peerAnnounces("10.32.1.10/32");
    assertThat(peer.refused).containsExactly(rule);
    assertThat(peer.accepted).containsExactly("10.32.1.10");
    assertThat(peer.isUp()).isTrue();
  }

  private static Conversation<HostAddress> overlay(Block block) {
    return new Conversation<>(new HostRouteCodec(block), true);
  }

  /** The codec is hidden in its room, so this test goes in by reflection, as no room can. */
  @SuppressWarnings("unchecked")
  private static Conversation<AnycastPrefix> ingress() {
    try {
      Constructor<?> constructor =
          Class.forName("io.landfall.ingress.AnycastCodec")
              .getDeclaredConstructor(Collection.class);
      constructor.setAccessible(true);
      return new Conversation<>(
          (PrefixCodec<AnycastPrefix>) constructor.newInstance(List.of(OURS)), false);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the ingress room has its codec", e);
    }
  }
}
