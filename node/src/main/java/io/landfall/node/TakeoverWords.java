package io.landfall.node;

import io.landfall.config.NodeConfig;
import io.landfall.core.ListeningSocket;
import io.landfall.core.ServiceName;
import io.landfall.core.SocketText;
import io.landfall.node.peering.PassedSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The lines that two processes of a node exchange when one takes over (decision 0029). Each begins
 * with a word; the version stands in the first.
 */
final class TakeoverWords {
  /** Begins the conversation, and names what it is. */
  static final String HELLO = "landfall-takeover/1";

  /** The process that runs lets the other one begin. */
  static final String WELCOME = "welcome";

  /** It does not, and why. */
  static final String NO = "no";

  /** The listening sockets are wanted. */
  static final String SOCKETS = "sockets";

  /** The process that runs is to leave the overlay. */
  static final String YIELD = "yield";

  /** It has left. */
  static final String YIELDED = "yielded";

  /** The other process is in sync, and is to have the upstreams. */
  static final String FINISH = "finish";

  /** What is to be known of their sessions, and then: their sockets are wanted. */
  static final String SESSIONS = "sessions";

  /** The other process accepts clients. */
  static final String DONE = "done";

  /** The process that ran accepts none any more. */
  static final String BYE = "bye";

  private static final String SUFFIX = ".takeover";

  private TakeoverWords() {}

  /** Where a node lets another process take over: beside its admin socket. */
  static Path socket(NodeConfig config) {
    Path admin = config.operation().admin().socket().toAbsolutePath();
    return admin.resolveSibling(admin.getFileName() + SUFFIX);
  }

  /** A line of a word and what follows it. */
  static String line(String word, String rest) {
    return rest.isEmpty() ? word : word + " " + rest;
  }

  /**
   * What follows a word.
   *
   * @throws IOException when a line has another one
   */
  static String rest(String line, String word) throws IOException {
    if (line.equals(word)) {
      return "";
    }
    if (line.startsWith(word + " ")) {
      return line.substring(word.length() + 1);
    }
    String shown = line.substring(0, Math.min(line.length(), 80));
    throw new IOException("'" + word + "' was to come, and not '" + shown + "'");
  }

  /** Which node it is, in a word. */
  static String node(NodeConfig config) {
    return config.name() + "/" + config.identity() + "/" + config.trust().domain();
  }

  /** Listening sockets, without their descriptors; behind a slash whose TCP MD5 keys they have. */
  static String of(List<ListeningSocket> sockets) {
    return sockets.stream().map(TakeoverWords::of).collect(Collectors.joining(" "));
  }

  private static String of(ListeningSocket socket) {
    String keyed =
        socket.keyed().stream()
            .map(InetAddress::getHostAddress)
            .sorted()
            .collect(Collectors.joining(","));
    return socket.use()
        + "="
        + SocketText.of(socket.address())
        + (keyed.isEmpty() ? "" : "/" + keyed);
  }

  /**
   * A listening socket of {@link #of(List)}, whose descriptor is to come.
   *
   * @throws IOException when it is no such text
   */
  static ListeningSocket listening(String word) throws IOException {
    int at = word.indexOf('=');
    int keys = word.indexOf('/');
    String where = keys < 0 ? word : word.substring(0, keys);
    int port = where.lastIndexOf(':');
    if (at < 0 || port < at) {
      throw new IOException("'" + word + "' is no listening socket");
    }
    String host = where.substring(at + 1, port).replace("[", "").replace("]", "");
    try {
      Set<InetAddress> keyed = new HashSet<>();
      if (keys >= 0) {
        for (String neighbor : word.substring(keys + 1).split(",", -1)) {
          keyed.add(InetAddress.ofLiteral(neighbor));
        }
      }
      return new ListeningSocket(
          ListeningSocket.Use.valueOf(word.substring(0, at)),
          new InetSocketAddress(
              InetAddress.ofLiteral(host), Integer.parseInt(where.substring(port + 1))),
          -1,
          keyed);
    } catch (IllegalArgumentException e) {
      throw new IOException("'" + word + "' is no listening socket", e);
    }
  }

  /** For how long leases last, in milliseconds. */
  static String of(Map<ServiceName, Long> leasesMillis) {
    return new TreeMap<>(leasesMillis)
        .entrySet().stream()
            .map(each -> each.getKey() + "=" + each.getValue())
            .collect(Collectors.joining(" "));
  }

  /**
   * Leases, in milliseconds, of {@link #of(Map)}.
   *
   * @throws IOException when it is no such text
   */
  static Map<ServiceName, Long> leases(String text) throws IOException {
    Map<ServiceName, Long> leases = new TreeMap<>();
    try {
      for (String each : words(text)) {
        int at = each.indexOf('=');
        leases.put(new ServiceName(each.substring(0, at)), Long.parseLong(each.substring(at + 1)));
      }
      return leases;
    } catch (RuntimeException e) {
      throw new IOException("what was to be leases is none", e);
    }
  }

  /** Sessions with upstreams. */
  static String ofSessions(List<PassedSession> sessions) {
    return sessions.stream().map(PassedSession::toText).collect(Collectors.joining(" "));
  }

  /**
   * Sessions of {@link #ofSessions}.
   *
   * @throws IOException when it is no such text
   */
  static List<PassedSession> sessions(String text) throws IOException {
    List<PassedSession> sessions = new ArrayList<>();
    for (String each : words(text)) {
      Optional<PassedSession> session = PassedSession.parse(each);
      sessions.add(session.orElseThrow(() -> new IOException("what was to be a session is none")));
    }
    return sessions;
  }

  /** The words of a text, which may be empty. */
  static List<String> words(String text) {
    return text.isBlank() ? List.of() : List.of(text.strip().split(" "));
  }
}
