package io.landfall.checks.e2e;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The socket of a service manager, to which the node below it reports (sd_notify(3)): abstract, so
 * that any user reaches it.
 */
public final class NotifySocket implements AutoCloseable {
  private static final Pattern MAIN = Pattern.compile("MAINPID=(\\d+)\n");
  private static final int MESSAGE_BYTES = 512;

  private final String name;
  private final Socket socket;
  private final StringBuilder messages = new StringBuilder();

  private NotifySocket(String name, Socket socket) {
    this.name = name;
    this.socket = socket;
  }

  /**
   * Opens it.
   *
   * @param name its name, which no other process on this machine may use
   * @throws IOException when it is taken
   */
  public static NotifySocket open(String name) throws IOException {
    Epoll.ensureAvailability();
    Socket socket = Socket.newSocketDomainDgram();
    try {
      socket.bind(new DomainSocketAddress("\0" + name));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
    return new NotifySocket(name, socket);
  }

  /** The value of NOTIFY_SOCKET for the node. */
  public String address() {
    return "@" + name;
  }

  /** What it was sent so far, a line for each assignment. */
  public String sent() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE_BYTES);
    try {
      for (var from = socket.recvFromDomainSocket(buffer, 0, MESSAGE_BYTES);
          from != null;
          from = socket.recvFromDomainSocket(buffer, 0, MESSAGE_BYTES)) {
        byte[] bytes = new byte[from.receivedAmount()];
        buffer.get(0, bytes);
        messages.append(new String(bytes, StandardCharsets.UTF_8)).append('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return messages.toString();
  }

  /** The main process that was named last; empty if none was. */
  public OptionalLong mainPid() {
    Matcher main = MAIN.matcher(sent());
    OptionalLong pid = OptionalLong.empty();
    while (main.find()) {
      pid = OptionalLong.of(Long.parseLong(main.group(1)));
    }
    return pid;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
