package io.landfall.transport;

import io.landfall.core.ListeningSocket;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Listening sockets that a service manager, such as systemd, opened for this process and keeps open
 * over its restarts: sd_listen_fds(3). They are those of clients.
 */
public final class SocketActivation {
  /** Behind standard input, output and error (SD_LISTEN_FDS_START). */
  private static final int FIRST = 3;

  private static final String COUNT = "LISTEN_FDS";

  // Linux's numbers on the processors that there are builds for (socket.h, fcntl.h).
  private static final int SOL_SOCKET = 1;
  private static final int SO_ACCEPTCONN = 30;
  private static final int SO_DOMAIN = 39;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int O_NONBLOCK = 04000;

  private static final String NOT_LISTENING = "is no TCP socket that listens";

  private SocketActivation() {}

  /**
   * The sockets that the environment names, if it means this process.
   *
   * @param pid the number of this process
   * @throws IOException with a sentence when one of them is none that can be accepted from
   */
  public static List<ListeningSocket> sockets(Map<String, String> environment, long pid)
      throws IOException {
    return sockets(environment, pid, FIRST);
  }

  /** The same with descriptors from this one on. */
  static List<ListeningSocket> sockets(Map<String, String> environment, long pid, int first)
      throws IOException {
    String count = environment.getOrDefault(COUNT, "");
    // A program that a process with sockets starts has its variables, and not its sockets.
    if (count.isEmpty() || !Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
      return List.of();
    }
    if (!count.matches("[0-9]{1,4}")) {
      throw new IOException(COUNT + " is no number of sockets");
    }
    if (!Epoll.isAvailable()) {
      throw new IOException(COUNT + " needs Linux and its epoll");
    }
    List<ListeningSocket> sockets = new ArrayList<>();
    for (int each = first; each < first + Integer.parseInt(count); each++) {
      sockets.add(socket(each));
    }
    return sockets;
  }

  private static ListeningSocket socket(int descriptor) throws IOException {
    InetSocketAddress address = address(descriptor);
    if (address == null) {
      throw wrong(descriptor, NOT_LISTENING);
    }
    if (isBlocking(descriptor)) {
      throw wrong(descriptor, "blocks its reader; set NonBlocking=yes in the unit of the node");
    }
    return new ListeningSocket(ListeningSocket.Use.CLIENTS, address, descriptor);
  }

  private static @Nullable InetSocketAddress address(int descriptor) throws IOException {
    try {
      Socket socket = new Socket(descriptor);
      int family = socket.getIntOpt(SOL_SOCKET, SO_DOMAIN);
      // Sockets of UDP do not listen, nor do those that are connected; Unix sockets do.
      return (family == AF_INET || family == AF_INET6)
              && socket.getIntOpt(SOL_SOCKET, SO_ACCEPTCONN) == 1
          ? socket.localAddress()
          : null;
    } catch (IOException | ChannelException e) {
      throw wrong(descriptor, NOT_LISTENING, e);
    }
  }

  /** As proc_pid_fdinfo(5) has it: in octal. */
  private static boolean isBlocking(int descriptor) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/fdinfo/" + descriptor))) {
      if (line.startsWith("flags:")) {
        return (Integer.parseInt(line.substring("flags:".length()).strip(), 8) & O_NONBLOCK) == 0;
      }
    }
    throw wrong(descriptor, "has no flags in /proc/self/fdinfo");
  }

  private static IOException wrong(int descriptor, String what) {
    return wrong(descriptor, what, null);
  }

  private static IOException wrong(int descriptor, String what, @Nullable Throwable cause) {
    return new IOException(COUNT + ": file descriptor " + descriptor + " " + what, cause);
  }
}
