package io.landfall.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the node is read and steered.
 *
 * @param socket the Unix socket of the admin API
 * @param socketGroup the group whose members may use the socket, too; empty for none
 * @param metrics the loopback address of the read-only TCP listener; empty for none
 * @param lookingGlass the loopback address of the looking glass's REST API; empty for none
 * @param purge the loopback address where purges are taken with a token; empty for none
 * @param stateFile where drains and withdrawals by command are kept over restarts
 */
public record AdminConfig(
    Path socket,
    Optional<String> socketGroup,
    Optional<InetSocketAddress> metrics,
    Optional<InetSocketAddress> lookingGlass,
    Optional<PurgeListener> purge,
    Path stateFile) {
  /**
   * Where purges are taken over TCP.
   *
   * @param listen the loopback address
   * @param tokenFile the file whose first line is the token
   */
  public record PurgeListener(InetSocketAddress listen, Path tokenFile) {
    /** The shortest token, in characters: no one guesses it. */
    public static final int MIN_TOKEN_BYTES = 32;

    /** The longest token, in characters. */
    public static final int MAX_TOKEN_BYTES = 256;
  }

  /** The socket when the config gives none. */
  public static final Path DEFAULT_SOCKET = Path.of("/run/landfall/landfall.sock");

  /**
   * The longest path of the socket in bytes: sun_path has 107, less the room that it takes to put
   * the socket there in one step.
   */
  public static final int MAX_SOCKET_PATH_BYTES = 96;
}
