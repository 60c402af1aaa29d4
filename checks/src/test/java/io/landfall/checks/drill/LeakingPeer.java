package io.landfall.checks.drill;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A process that connects to a BGP speaker, says a file, and listens until the other side ends. */
final class LeakingPeer {
  private static final int BGP_PORT = 179;

  private LeakingPeer() {}

  /** The command that runs it. */
  static List<String> command(String speaker, Path stream) {
    // Surefire hides the class path behind a jar of its own.
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path", ""));
    return List.of(
        Path.of(System.getProperty("java.home", ""), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-cp",
        classPath,
        LeakingPeer.class.getName(),
        speaker,
        stream.toString());
  }

  /** Arguments: the speaker's address, the file. */
  public static void main(String[] arguments) throws IOException {
    try (Socket socket = new Socket(InetAddress.ofLiteral(arguments[0]), BGP_PORT);
        InputStream heard = socket.getInputStream();
        OutputStream said = socket.getOutputStream()) {
      Files.copy(Path.of(arguments[1]), said);
      said.flush();
      long bytes = heard.transferTo(OutputStream.nullOutputStream());
      System.out.println("the other side ended it after " + bytes + " bytes");
    }
  }
}
