package io.landfall.node;

import io.landfall.admin.client.HttpCall;
import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.ConsoleView;
import io.landfall.admin.model.FleetView;
import io.landfall.config.NodeConfig;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The node that answers at an admin socket.
 *
 * @param name its name
 * @param identity its identity
 */
record LiveNode(String name, String identity) {
  private static final long TIMEOUT_MILLIS = 5_000;

  /** Asks who answers; empty without an answer, as of a node that still starts. */
  static Optional<LiveNode> at(Path socket) {
    try {
      HttpCall.Answer answer =
          HttpCall.get(
              UnixDomainSocketAddress.of(socket), "localhost", "/console/view", TIMEOUT_MILLIS);
      return answer.status() == 200
          ? JsonReader.read(answer.body(), FleetView.class).nodes().stream()
              .flatMap(member -> member.view().stream())
              .map(ConsoleView::about)
              .map(about -> new LiveNode(about.node(), about.identity()))
              .findFirst()
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether it may be the node of this config, which is about to have another name or identity. */
  boolean mayBeOf(NodeConfig config) {
    return name.equals(config.name().value()) || identity.equals(config.identity().toString());
  }

  @Override
  public String toString() {
    return name + " (" + identity + ")";
  }
}
