package io.landfall.node;

import io.landfall.core.FailureText;
import io.landfall.core.ListeningSocket;
import io.landfall.transport.SocketActivation;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service manager that started this process, such as systemd, and what it is sent:
 * sd_notify(3). A process that was started by none sends nothing. A message that cannot be sent is
 * logged once and changes nothing else.
 */
final class ServiceManager implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger("landfall.node");

  /** Two messages in the time in which one is due, as sd_watchdog_enabled(3) recommends. */
  private static final int PINGS_PER_LIMIT = 2;

  private final @Nullable Socket socket;
  private final byte[] path;
  private final OptionalLong watchdogMicros;
  private boolean failed;
  private boolean ready;

  private ServiceManager(@Nullable Socket socket, byte[] path, OptionalLong watchdogMicros) {
    this.socket = socket;
    this.path = path;
    this.watchdogMicros = watchdogMicros;
  }

  /** The one that the environment of this process names ({@code NOTIFY_SOCKET}). */
  static ServiceManager of(Map<String, String> environment) {
    String name = environment.getOrDefault("NOTIFY_SOCKET", "");
    boolean known = name.startsWith("/") || name.startsWith("@");
    if (!known || !Epoll.isAvailable()) {
      return new ServiceManager(null, new byte[0], OptionalLong.empty());
    }
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    if (path[0] == '@') {
      // Of Linux's abstract names; its first byte is zero.
      path[0] = 0;
    }
    return new ServiceManager(Socket.newSocketDomainDgram(), path, watchdog(environment));
  }

  private static OptionalLong watchdog(Map<String, String> environment) {
    String pid = environment.getOrDefault("WATCHDOG_PID", "");
    String micros = environment.getOrDefault("WATCHDOG_USEC", "");
    boolean meant = pid.isEmpty() || pid.equals(Long.toString(ProcessHandle.current().pid()));
    return meant && micros.matches("[1-9][0-9]{0,17}")
        ? OptionalLong.of(Long.parseLong(micros))
        : OptionalLong.empty();
  }

  /**
   * The listening sockets that it opened for this process.
   *
   * @throws IOException with a sentence when one of them is of no use
   */
  static List<ListeningSocket> sockets(Map<String, String> environment) throws IOException {
    return SocketActivation.sockets(environment, ProcessHandle.current().pid());
  }

  /** The node starts, for which it may need up to this time. */
  void starting(long mostMillis) {
    send("STATUS=starts\nEXTEND_TIMEOUT_USEC=" + mostMillis * 1_000);
  }

  /** The node serves, and knows what its overlay offers. */
  synchronized void ready(String node) {
    ready = true;
    send("READY=1\nSTATUS=node " + node + " serves");
  }

  /** Runs what reads the configuration again, and reports its begin and end, once ready. */
  void reloading(Runnable reload) {
    sendIfReady("RELOADING=1\nMONOTONIC_USEC=" + System.nanoTime() / 1_000);
    try {
      reload.run();
    } finally {
      sendIfReady("READY=1");
    }
  }

  private synchronized void sendIfReady(String message) {
    if (ready) {
      send(message);
    }
  }

  /** Another process has taken over, and is the one to be watched from now on. */
  void succeeded(int pid) {
    send("MAINPID=" + pid);
  }

  /**
   * The node leaves, for which it needs up to this time: longer than what a unit usually allows.
   */
  void stopping(long mostMillis) {
    send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + mostMillis * 1_000);
  }

  /** Reports from the control thread again and again that it works, if that is wanted. */
  void watch(ControlLoop control) {
    if (watchdogMicros.isPresent()) {
      ping(control, watchdogMicros.getAsLong() * 1_000 / PINGS_PER_LIMIT);
    }
  }

  private void ping(ControlLoop control, long everyNanos) {
    send("WATCHDOG=1");
    control.schedule(everyNanos, () -> ping(control, everyNanos));
  }

  private synchronized void send(String message) {
    Socket to = socket;
    if (to == null) {
      return;
    }
    byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    try {
      to.sendToDomainSocket(direct, 0, bytes.length, path);
    } catch (IOException e) {
      if (!failed) {
        failed = true;
        log.atWarn()
            .addKeyValue("why", FailureText.of(e))
            .log("the service manager gets no reports of this node (NOTIFY_SOCKET)");
      }
    }
  }

  @Override
  public synchronized void close() {
    Socket open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        log.atDebug().addKeyValue("why", FailureText.of(e)).log("NOTIFY_SOCKET not closed");
      }
    }
  }
}
