package io.landfall.node;

import io.landfall.control.RequestAdmission.Verdict;
import io.landfall.control.RequestConnections;
import io.landfall.control.RequestEffect;
import io.landfall.control.RequestEvent;
import io.landfall.control.RequestRule;
import io.landfall.core.HostAddress;
import io.landfall.core.InvariantBroken;
import io.landfall.core.NodeName;
import io.landfall.transport.Sockets;
import io.landfall.transport.StreamNumbers;
import io.landfall.trust.PeerIdentity;
import io.landfall.trust.Revocations;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives {@link RequestConnections} with real connections: reports them, and does at their doors
 * what it asks for. What one node may have open at all is settled here, before its connections
 * reach the control thread.
 *
 * <p>On the control thread, but for {@link #add} and {@link #size}.
 */
final class RequestChannels {
  /** The most connections of one node; its edge opens a few for each of its event loops. */
  static final int MAX_PER_PEER = 1024;

  /** The node has as many connections as it may have. */
  static final String TOO_MANY_CHANNELS = RequestRule.TOO_MANY_CHANNELS.label();

  private static final Logger log = LoggerFactory.getLogger("landfall.overlay.port");

  private final ControlLoop control;
  private final Driver<RequestEvent, RequestEffect> driver;

  /** Any thread: how many connections a node has. */
  private final Map<HostAddress, Integer> counts = new ConcurrentHashMap<>();

  /** By number; bounded by {@link #MAX_PER_PEER}. */
  private final Map<Long, Open> open = new LinkedHashMap<>();

  private NavigableSet<NodeName> lastCut = new TreeSet<>();

  /** What is done with a connection; on any thread. */
  interface Door {
    /** Its requests are served. */
    void open();

    /** Its requests are refused, and it ends when those under way are done. */
    void refuse();

    /** It was refused for a rule, which is to be counted and perhaps logged. */
    void refused(String rule, String sentence);
  }

  private record Open(Channel channel, Door door) {}

  /**
   * No connections yet.
   *
   * @param rules what becomes of the requests of a peer that connected from an address
   */
  RequestChannels(ControlLoop control, BiFunction<PeerIdentity, InetAddress, Verdict> rules) {
    this.control = control;
    this.driver =
        new Driver<>(
            new RequestConnections(rules),
            control,
            control,
            new RequestEvent.Tick(),
            this::carryOut);
  }

  /**
   * Takes note of a connection whose requests wait, and has it judged on the control thread; false
   * when its node has too many already. Any thread.
   */
  boolean add(Channel channel, PeerIdentity peer, Door door) {
    if (counts.merge(peer.identity(), 1, Integer::sum) > MAX_PER_PEER) {
      leave(peer);
      door.refused(TOO_MANY_CHANNELS, peer.label() + " has " + MAX_PER_PEER + " already");
      return false;
    }
    long number = StreamNumbers.next();
    InetAddress from =
        channel.remoteAddress() instanceof InetSocketAddress at
            ? at.getAddress()
            : InetAddress.getLoopbackAddress();
    control.execute(
        () -> {
          open.put(number, new Open(channel, door));
          driver.apply(new RequestEvent.Arrived(number, peer, from));
        });
    channel
        .closeFuture()
        .addListener(
            gone -> {
              leave(peer);
              control.execute(
                  () -> {
                    driver.apply(new RequestEvent.Gone(number));
                    open.remove(number);
                  });
            });
    return true;
  }

  private void leave(PeerIdentity peer) {
    counts.computeIfPresent(peer.identity(), (identity, count) -> count == 1 ? null : count - 1);
  }

  /** How many connections there are. */
  int size() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Something changed about a node: its connections are judged again. */
  void changed(HostAddress identity) {
    driver.apply(new RequestEvent.SenderChanged(identity));
  }

  /** The same for every node that has connections here. */
  void changed() {
    List.copyOf(counts.keySet()).forEach(this::changed);
  }

  /** The same for nodes whose routes changed, as offsets in the block of the identities. */
  void changed(int[] offsets) {
    driver.apply(new RequestEvent.RoutesChanged(offsets));
  }

  /**
   * Closes the connections of nodes that are revoked, or whose certificate has run out.
   *
   * @param list the list in force
   * @return whose connections were closed
   */
  NavigableSet<NodeName> cut(Revocations list, long wallMillis) {
    lastCut = new TreeSet<>();
    driver.apply(new RequestEvent.RightsChecked(list, wallMillis));
    return lastCut;
  }

  private void carryOut(RequestEffect effect) {
    switch (effect) {
      case RequestEffect.Serve(long number) -> at(number).door().open();
      case RequestEffect.Refuse(long number) -> at(number).door().refuse();
      case RequestEffect.Count(long number, String rule, String sentence) ->
          at(number).door().refused(rule, sentence);
      case RequestEffect.Cut(long number, NodeName peer) -> {
        lastCut.add(peer);
        log.atWarn()
            .addKeyValue("peer", peer)
            .addKeyValue("why", "its certificate is revoked or has expired")
            .log("requests cut");
        Sockets.closeAtOnce(at(number).channel());
      }
    }
  }

  private Open at(long number) {
    Open found = open.get(number);
    if (found == null) {
      throw new InvariantBroken("what is done with a connection is done before it is gone");
    }
    return found;
  }
}
