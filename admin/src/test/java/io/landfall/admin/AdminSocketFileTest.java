package io.landfall.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of the admin socket: whose it is, and what stands in its place. */
class AdminSocketFileTest {
  @TempDir Path temp;
  private final FakeBackend backend = new FakeBackend();
  private Path socket;
  private AdminServer server;

  @BeforeEach
  void start() throws IOException {
    socket = temp.resolve("run/a.sock");
    server = AdminServer.start(config(), backend, FakeMetrics::new);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private AdminServer.Listeners config() {
    return new AdminServer.Listeners(
        socket,
        Optional.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)),
        Optional.empty());
  }

  @Test
  void theSocketIsForItsOwnerAndGoesWithTheServer() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    server.close();
    assertThat(temp.resolve("run")).isEmptyDirectory();
  }

  @Test
  void aGroupMayUseTheSocketToo() throws IOException {
    server.close();
    GroupPrincipal own = Files.readAttributes(temp, PosixFileAttributes.class).group();
    server = AdminServer.start(forGroup(own.getName()), backend, FakeMetrics::new);
    PosixFileAttributes made = Files.readAttributes(socket, PosixFileAttributes.class);
    assertThat(PosixFilePermissions.toString(made.permissions())).isEqualTo("rw-rw----");
    assertThat(made.group()).isEqualTo(own);
  }

  @Test
  void aGroupThatThereIsNotOrThatIsNotOursEndsTheStartAndLeavesNothingBehind() {
    server.close();
    assertThatThrownBy(
            () -> AdminServer.start(forGroup("no-such-group"), backend, FakeMetrics::new))
        .hasMessage("this machine has no group 'no-such-group'; make it, or choose another one");
    assertThat(temp.resolve("run")).isEmptyDirectory();
  }

  private AdminServer.Listeners forGroup(String group) {
    return new AdminServer.Listeners(
        socket, Optional.of(group), Optional.empty(), Optional.empty(), Optional.empty());
  }

  @Test
  void aLiveSocketIsNotTaken() {
    assertThatThrownBy(() -> AdminServer.start(config(), backend, FakeMetrics::new))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is in use: another node is running with it");
  }

  @Test
  void aDeadSocketIsReplaced() throws IOException {
    server.close();
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    server = AdminServer.start(config(), backend, FakeMetrics::new);
    String request = UnixHttp.request("GET", "/v1/show/peers", "");
    assertThat(UnixHttp.exchange(UnixDomainSocketAddress.of(socket), request))
        .startsWith("HTTP/1.1 200 ");
  }

  @Test
  void whereNothingCanBeMadeTheFolderIsNamedAndNotWhatWasTried() {
    assertThatThrownBy(() -> SocketFile.replacing(Path.of("/proc/x.sock")))
        .hasMessage(
            "the admin socket /proc/x.sock cannot be created in /proc:"
                + " its file system takes no new ones");
    assertThatThrownBy(() -> AdminServer.refuseLive(Path.of("/proc/x.sock")))
        .hasMessage(
            "the admin socket /proc/x.sock cannot be created: no file can be made in /proc:"
                + " its file system takes no new ones; choose another admin.socket");
  }

  @Test
  void aFileThatIsNoSocketIsLeftAlone() throws IOException {
    server.close();
    Files.writeString(socket, "precious");
    assertThatThrownBy(() -> AdminServer.start(config(), backend, FakeMetrics::new))
        .hasMessageContaining("taken by a file that is no socket");
    assertThat(socket).hasContent("precious");
  }

  @Test
  void aFifoOrDeviceIsNoDeadSocketAndIsLeftAlone() throws Exception {
    server.close();
    assertThat(new ProcessBuilder("mkfifo", socket.toString()).start().waitFor()).isZero();
    assertThatThrownBy(() -> AdminServer.start(config(), backend, FakeMetrics::new))
        .hasMessageContaining("taken by a file that is no socket");
    assertThatThrownBy(() -> AdminServer.refuseLive(Path.of("/dev/full")))
        .hasMessageContaining("taken by a file that is no socket");
    assertThat(Files.readAttributes(socket, BasicFileAttributes.class).isOther()).isTrue();
  }
}
