package io.landfall.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the node is read and steered.
 *
 * @param socket the Unix socket of the admin API
 * @param metrics the loopback address of the read-only TCP listener; empty for none
 * @param lookingGlass the loopback address of the looking glass's REST API; empty for none
 * @param stateFile where drains and withdrawals by command are kept over restarts
 */
public record AdminConfig(
    Path socket,
    Optional<InetSocketAddress> metrics,
    Optional<InetSocketAddress> lookingGlass,
    Path stateFile) {
  /** The socket when the config gives none. */
  public static final Path DEFAULT_SOCKET = Path.of("/run/landfall/landfall.sock");

  /**
   * The longest path of the socket in bytes: sun_path has 107, less the room that it takes to put
   * the socket there in one step.
   */
  public static final int MAX_SOCKET_PATH_BYTES = 96;
}
