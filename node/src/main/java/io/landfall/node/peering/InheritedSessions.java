package io.landfall.node.peering;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Sessions of the process before that are to be gone on with, and how far that is. While one is
 * brought to where it was, nothing of what it writes goes to the router, which has had it.
 */
final class InheritedSessions {
  /** RFC 4486: Other Configuration Change. */
  static final int CONFIGURATION = 6;

  private static final int KEEPALIVE_BYTES = 19;
  private static final int KEEPALIVE_TYPE = 4;

  /** What confirms an OPEN (RFC 4271 section 4.4). */
  static final byte[] KEEPALIVE = keepalive();

  private final Map<String, PassedSession> waiting = new LinkedHashMap<>();
  private final Map<Long, Replay> replays = new LinkedHashMap<>();

  private static final class Replay {
    final byte[] sentOpen;
    final boolean knownPrefixes;
    boolean same;
    boolean opened;

    Replay(byte[] sentOpen, boolean knownPrefixes) {
      this.sentOpen = sentOpen;
      this.knownPrefixes = knownPrefixes;
    }
  }

  private static byte[] keepalive() {
    byte[] message = new byte[KEEPALIVE_BYTES];
    Arrays.fill(message, 0, 16, (byte) 0xff);
    message[17] = KEEPALIVE_BYTES;
    message[18] = KEEPALIVE_TYPE;
    return message;
  }

  /** One is to be gone on with. */
  void add(PassedSession session) {
    waiting.put(session.upstream(), session);
  }

  /**
   * An upstream is connected: the session of before, if that is its connection.
   *
   * @param prefixes those that are configured for it; what else it was sent has to go
   */
  Optional<PassedSession> begin(String upstream, long stream, Set<String> prefixes) {
    PassedSession session = waiting.remove(upstream);
    if (session != null) {
      replays.put(
          stream, new Replay(session.sentOpen(), prefixes.containsAll(session.announced())));
    }
    return Optional.ofNullable(session);
  }

  /** Whether what a session writes is what the router has had. */
  boolean swallows(long stream, byte[] bytes) {
    Replay replay = replays.get(stream);
    if (replay == null) {
      return false;
    }
    if (!replay.opened) {
      replay.opened = true;
      replay.same = replay.knownPrefixes && Arrays.equals(replay.sentOpen, bytes);
    }
    return true;
  }

  /** It is where it was; whether this process can go on with it: one OPEN, no other prefix. */
  boolean end(long stream) {
    Replay replay = replays.remove(stream);
    return replay != null && replay.same;
  }
}
