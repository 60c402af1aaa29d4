package io.landfall.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.ListeningSocket;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sockets of the environment are taken, and the reason for those that are not. */
class SocketActivationTest {
  private static final long PID = 4711;
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final List<FileDescriptor> open = new ArrayList<>();

  @BeforeAll
  static void loadNetty() {
    Epoll.ensureAvailability();
  }

  @AfterEach
  void close() throws IOException {
    for (FileDescriptor each : open) {
      each.close();
    }
  }

  private Socket stream(boolean listens) throws IOException {
    Socket socket = Socket.newSocketStream();
    open.add(socket);
    socket.bind(ANY);
    if (listens) {
      socket.listen(1);
    }
    return socket;
  }

  private static Map<String, String> named(long pid, String count) {
    return Map.of("LISTEN_PID", Long.toString(pid), "LISTEN_FDS", count);
  }

  private static void assertRefused(int descriptor, String why) {
    assertThatThrownBy(() -> SocketActivation.sockets(named(PID, "1"), PID, descriptor))
        .isInstanceOf(IOException.class)
        .hasMessage("LISTEN_FDS: file descriptor " + descriptor + " " + why);
  }

  @Test
  void itIsASocketOfClientsWithTheAddressThatItListensAt() throws IOException {
    Socket socket = stream(true);
    assertThat(SocketActivation.sockets(named(PID, "1"), PID, socket.intValue()))
        .containsExactly(
            new ListeningSocket(
                ListeningSocket.Use.CLIENTS, socket.localAddress(), socket.intValue()));
  }

  @Test
  void thoseOfAnotherProcessAreNotTaken() throws IOException {
    int descriptor = stream(true).intValue();
    assertThat(SocketActivation.sockets(Map.of(), PID, descriptor)).isEmpty();
    assertThat(SocketActivation.sockets(Map.of("LISTEN_FDS", "1"), PID, descriptor)).isEmpty();
    assertThat(SocketActivation.sockets(named(PID + 1, "1"), PID, descriptor)).isEmpty();
  }

  @Test
  void aCountThatIsNoneIsRefused() {
    for (String count : List.of("x", "-1", "1 ", "99999")) {
      assertThatThrownBy(() -> SocketActivation.sockets(named(PID, count), PID))
          .isInstanceOf(IOException.class)
          .hasMessage("LISTEN_FDS is no number of sockets");
    }
  }

  @Test
  void whatCannotBeAcceptedFromIsRefused(@TempDir Path folder) throws IOException {
    assertRefused(stream(false).intValue(), "is no TCP socket that listens");
    Socket datagrams = Socket.newSocketDgram();
    open.add(datagrams);
    datagrams.bind(ANY);
    assertRefused(datagrams.intValue(), "is no TCP socket that listens");
    Socket local = Socket.newSocketDomain();
    open.add(local);
    local.bind(new DomainSocketAddress(folder.resolve("s").toFile()));
    local.listen(1);
    assertRefused(local.intValue(), "is no TCP socket that listens");
    FileDescriptor file = FileDescriptor.from(Files.createFile(folder.resolve("file")).toFile());
    open.add(file);
    assertRefused(file.intValue(), "is no TCP socket that listens");
    assertRefused(1_000_000, "is no TCP socket that listens");
  }

  @Test
  void oneThatBlocksIsRefusedWithWhatToSet() throws IOException {
    try (ServerSocket blocking = new ServerSocket()) {
      blocking.bind(ANY);
      assertRefused(
          descriptor(blocking.getLocalPort()),
          "blocks its reader; set NonBlocking=yes in the unit of the node");
    }
  }

  /** The descriptor in this process of what listens at a port of IPv4 or IPv6. */
  private static int descriptor(int port) throws IOException {
    String hexPort = ":%04X".formatted(port);
    for (String table : List.of("/proc/self/net/tcp", "/proc/self/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] words = line.strip().split("\\s+");
        if (words[1].endsWith(hexPort) && words[3].equals("0A")) {
          return ofInode(words[9]);
        }
      }
    }
    throw new IllegalStateException("nothing listens at " + port);
  }

  private static int ofInode(String inode) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : all.toList()) {
        if (Files.isSymbolicLink(each)
            && Files.readSymbolicLink(each).toString().equals("socket:[" + inode + "]")) {
          return Integer.parseInt(each.getFileName().toString());
        }
      }
    }
    throw new IllegalStateException("no descriptor has inode " + inode);
  }
}
