package io.landfall.core;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Listening sockets that this process was given, open, by the one that it takes over from. Each is
 * taken once, and is then owned by who took it. Any thread may call.
 */
public final class GivenSockets {
  private final List<ListeningSocket> left;
  private final boolean keptByGiver;

  /** These. */
  public GivenSockets(List<ListeningSocket> sockets) {
    this(sockets, false);
  }

  /**
   * These.
   *
   * @param keptByGiver whether the giver keeps them open for good, so that none of these addresses
   *     can be opened anew
   */
  public GivenSockets(List<ListeningSocket> sockets, boolean keptByGiver) {
    this.left = new ArrayList<>(sockets);
    this.keptByGiver = keptByGiver;
  }

  /** Whether one that is taken must not be closed as long as it may be wanted again. */
  public boolean areKeptByGiver() {
    return keptByGiver;
  }

  /** None, as for a process that takes over from nobody: each listener opens its own. */
  public static GivenSockets none() {
    return new GivenSockets(List.of());
  }

  /**
   * Takes those that listen for this at an address.
   *
   * @return their file descriptors; empty when there is none, so that one has to be opened
   */
  public List<Integer> take(ListeningSocket.Use use, InetSocketAddress address) {
    return takeWhole(use, address).stream().map(ListeningSocket::descriptor).toList();
  }

  /** The same with all that is known of them. */
  public synchronized List<ListeningSocket> takeWhole(
      ListeningSocket.Use use, InetSocketAddress address) {
    List<ListeningSocket> taken = new ArrayList<>();
    left.removeIf(each -> each.use() == use && each.address().equals(address) && taken.add(each));
    return taken;
  }

  /** Takes what nobody has taken: this process does not listen there. */
  public synchronized List<Integer> takeRest() {
    List<Integer> rest = left.stream().map(ListeningSocket::descriptor).toList();
    left.clear();
    return rest;
  }
}
