package io.landfall.overlay;

import io.landfall.core.Asn;
import io.landfall.core.Block;
import io.landfall.core.HostAddress;
import io.landfall.core.NodeName;
import io.landfall.core.Signal;
import io.landfall.overlay.OverlayNet.Node;
import io.landfall.overlay.PeerInfo.Relation;
import io.landfall.testkit.BgpMessages;
import io.landfall.testkit.FuzzCorpus;
import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the body of an UPDATE that a peer sends to a node which has routes of it and of
 * another, through the plane's codec, the import policy and the table. Bit 0 of the first byte
 * chooses an IPv6 block, bit 1 a peer that reflects.
 *
 * <p>What must hold: nothing is thrown; what comes into the table is a host of the block whose
 * bytes stand in the message; what goes is of that peer and stands in the message too, unless the
 * session ended; the other peer's routes stay, and it is sent nothing.
 */
public final class OverlayFuzz {
  private static final int MAX_BODY_BYTES = 4_000;

  /** For JUnit. */
  public OverlayFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyUpdateOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("OverlayFuzz", OverlayFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 5 || data.length > MAX_BODY_BYTES) {
      return;
    }
    Block block = Block.parse((data[0] & 1) == 0 ? "10.32.0.0/23" : "fd00:32::/112");
    Relation relation = (data[0] & 2) == 0 ? Relation.MESH : Relation.REFLECTOR;
    new Case(block, relation).hear(Arrays.copyOfRange(data, 1, data.length));
  }

  /** One node with two peers, of which the first sends the message. */
  private static final class Case {
    private final Block block;
    private final OverlayNet net = new OverlayNet();
    private final Node here;
    private final Node peer;
    private final Node other;
    private final long link;

    Case(Block block, Relation relation) {
      this.block = block;
      for (int service = 256; service < 300; service++) {
        net.services.add(block.host(service));
      }
      here = node("fra", 1);
      peer = node("nyc", 2);
      other = node("sin", 3);
      peer.originate(block.host(260), Signal.UP, 0);
      other.originate(block.host(261), Signal.UP, 0);
      link = net.join(here, peer, relation, Relation.MESH);
      net.join(here, other);
      net.settle();
      here.seen.clear();
    }

    private Node node(String name, int offset) {
      return net.add(
          OverlayNet.meshMember(new NodeName(name), block.host(offset), new Asn(OverlayNet.ASN)));
    }

    void hear(byte[] body) {
      SortedSet<String> before = paths();
      byte[] message = BgpMessages.message(BgpMessages.UPDATE, body);
      here.step(new OverlayEvent.Bytes(peer.identity, link, message));
      SortedSet<String> after = paths();
      boolean up = here.seen(OverlayEffect.PeerDown.class).isEmpty();
      for (String path : after) {
        must(before.contains(path) || up, "a route came with a message that ended the session");
        must(before.contains(path) || names(body, path), "it came unnamed: " + path);
      }
      for (String path : before) {
        must(
            after.contains(path) || path.contains(" from nyc"),
            "a route of another is gone: " + path);
        must(after.contains(path) || !up || names(body, path), "it went unnamed: " + path);
        must(up || !after.contains(path) || !path.contains(" from nyc"), "it outlived: " + path);
      }
      for (OverlayEffect.Write write : here.seen(OverlayEffect.Write.class)) {
        must(write.peer().equals(peer.identity), "the other peer was sent something");
      }
    }

    private SortedSet<String> paths() {
      SortedSet<String> paths = new TreeSet<>();
      for (RouteView route : here.overlay.routes()) {
        for (RouteView.PathView path : route.paths()) {
          paths.add(
              route.host()
                  + " by "
                  + path.nextHop()
                  + " from "
                  + path.learned().from().map(NodeName::value).orElse("-")
                  + " id "
                  + path.learned().pathId()
                  + " "
                  + path.signal()
                  + path.tier());
        }
      }
      return paths;
    }

    /** Whether the bytes of a path's host stand anywhere in a message. */
    private boolean names(byte[] body, String path) {
      HostAddress host = block.parseHost(path.substring(0, path.indexOf(' ')));
      byte[] wanted = host.bytes();
      for (int at = 0; at + wanted.length <= body.length; at++) {
        if (Arrays.equals(wanted, 0, wanted.length, body, at, at + wanted.length)) {
          return true;
        }
      }
      return false;
    }

    private static void must(boolean holds, String what) {
      if (!holds) {
        throw new AssertionError(what);
      }
    }
  }
}
