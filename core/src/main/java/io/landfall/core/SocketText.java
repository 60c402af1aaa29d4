package io.landfall.core;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Addresses and failures of sockets as an operator writes and reads them. Java prints an address as
 * {@code /192.0.2.7:179}, Netty puts that into its messages after the name of the system call, and
 * some failures have no message at all.
 */
public final class SocketText {
  /** An address in Java's form: what was asked for, a slash, and what it is. */
  private static final Pattern JAVA_ADDRESS =
      Pattern.compile(
          "(?<![\\w./-])[\\w.-]*/(\\[[0-9a-fA-F:.%\\w]+\\]|\\d+(?:\\.\\d+){3})(:\\d+)?");

  private static final Pattern SYSTEM_CALL =
      Pattern.compile("\\w+\\(\\.\\.\\) failed(?: with error\\(-?\\d+\\))?: ");

  private SocketText() {}

  /** An address such as {@code 192.0.2.7:179}, {@code [2001:db8::7]:179} or a socket's path. */
  public static String of(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress socket) {
      return socket.isUnresolved()
          ? socket.getHostString() + ":" + socket.getPort()
          : Addresses.format(socket);
    }
    return address == null ? "unknown" : address.toString();
  }

  /** Why a socket failed; never empty. */
  public static String why(@Nullable Throwable cause) {
    String message = cause == null ? null : cause.getMessage();
    if (message != null && !message.isBlank()) {
      return clean(message);
    }
    if (cause instanceof ClosedChannelException) {
      return "the connection was closed";
    }
    return cause == null ? "unknown" : cause.getClass().getSimpleName();
  }

  /** A message of Java or Netty with its addresses as operators write them. */
  public static String clean(String message) {
    return JAVA_ADDRESS
        .matcher(SYSTEM_CALL.matcher(message.replace("/<unresolved>", "")).replaceAll(""))
        .replaceAll(SocketText::address);
  }

  private static String address(MatchResult found) {
    String host = found.group(1);
    String port = found.group(2) == null ? "" : found.group(2);
    if (!host.startsWith("[")) {
      return host + port;
    }
    // The zone means something on this machine only.
    String literal = host.substring(1, host.length() - 1).replaceFirst("%.*", "");
    return Addresses.parseLiteral(literal)
        .map(bytes -> "[" + Addresses.format(bytes) + "]" + port)
        .orElse(host.replace("$", "") + port);
  }
}
