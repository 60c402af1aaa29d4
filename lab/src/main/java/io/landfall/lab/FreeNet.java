package io.landfall.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;

/**
 * Finds loopback addresses that are not in use, by binding them. One guard listener stays open for
 * as long as the lab lives, so that two labs that start at once cannot settle on the same ones.
 *
 * @param plan the plan with its addresses
 * @param guard keeps other labs away
 */
record FreeNet(LabPlan plan, ServerSocket guard) implements AutoCloseable {
  /** Where a lab that a person starts looks first: it has the same addresses the next time. */
  static final long USUAL = 91;

  private static final int FIRST = 10;
  private static final int COUNT = 240;
  private static final int GUARD_PORT = 7400;

  /**
   * The first free one from a starting point on.
   *
   * @param start the starting point; net 10 is 0
   * @return empty when there is none
   */
  static Optional<FreeNet> find(List<String> sites, long start) throws IOException {
    for (int i = 0; i < COUNT; i++) {
      int net = FIRST + (int) ((start + i) % COUNT);
      LabPlan plan = LabPlan.of(net, sites);
      ServerSocket guard = new ServerSocket();
      if (canBind(guard, new InetSocketAddress(guardAddress(net), GUARD_PORT))
          && plan.listeners().stream().allMatch(FreeNet::isFree)) {
        return Optional.of(new FreeNet(plan, guard));
      }
      guard.close();
    }
    return Optional.empty();
  }

  private static InetAddress guardAddress(int net) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, (byte) net, 0, 1});
  }

  private static boolean isFree(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      return canBind(socket, address);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean canBind(ServerSocket socket, InetSocketAddress address) {
    try {
      socket.setReuseAddress(true);
      socket.bind(address, 1);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    guard.close();
  }
}
