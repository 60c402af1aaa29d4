package io.landfall.lab.host;

import java.nio.file.Path;
import java.util.List;

/**
 * The control socket of a BIRD, asked as an operator would. A Unix socket is reached from every
 * network namespace.
 *
 * @param birdc the program that asks
 * @param socket the control socket
 */
public record BirdControl(Path birdc, Path socket) {
  /** With birdc where Debian has it. */
  public static BirdControl at(Path socket) {
    return new BirdControl(Command.find("birdc").orElse(Path.of("birdc")), socket);
  }

  /** The command that runs a BIRD in the foreground with this control socket. */
  public List<String> daemon(Path bird, Path config) {
    return List.of(
        bird.toString(),
        "-f",
        "-c",
        config.toString(),
        "-s",
        socket.toString(),
        "-P",
        socket.resolveSibling(socket.getFileName() + ".pid").toString());
  }

  /** Asks one thing, such as {@code show protocols all}; the answer, or what is wrong. */
  public String ask(String query) {
    return Command.run(birdc.toString(), "-s", socket.toString(), query).text();
  }
}
