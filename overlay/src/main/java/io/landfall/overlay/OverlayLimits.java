package io.landfall.overlay;

/**
 * Every bound of the room, by name.
 *
 * @param holdTimeSeconds the hold time to propose; keepalives go at a third of it
 * @param sendHoldTimeSeconds the send hold time (RFC 9687)
 * @param acceptPaths how many paths of one peer are kept; the excess is dropped and counted
 * @param receivePrefixes how many prefixes one peer may send before filtering; more ends its
 *     session
 * @param peers how many peers are remembered, live or not; a live one is never forgotten
 * @param recentRefusals how many refused routes of one peer are kept for {@code show refused}
 * @param pendingWithdrawals how many withdrawals may wait for peers that read slowly, over all
 *     peers together; beyond it the slowest peers are cut off
 * @param routesPerDrain how many routes leave in one step, for all peers together
 * @param barrierMillis how long a drain's barrier waits for a peer's answer
 */
public record OverlayLimits(
    int holdTimeSeconds,
    int sendHoldTimeSeconds,
    int acceptPaths,
    int receivePrefixes,
    int peers,
    int recentRefusals,
    int pendingWithdrawals,
    int routesPerDrain,
    int barrierMillis) {
  /**
   * How many communities and clusters a route may carry together. Landfall's own have three, and
   * each reflector on the way adds one; with a message's worth of them per route a peer could make
   * a table of its {@link #acceptPaths} take gigabytes.
   */
  public static final int ATTRIBUTE_ITEMS = 128;

  /**
   * How many paths of one host a peer may have that sends its own routes only (RFC 7911). It needs
   * one, and two while it changes the identifier; every further one is work for each reader of the
   * host.
   */
  public static final int PATHS_PER_HOST_OF_A_NODE = 16;

  /**
   * How many paths of one host a peer may have that sends routes of others: one for each node that
   * offers the host, and no more nodes are known than {@link #peers}.
   */
  public static final int PATHS_PER_HOST_OF_A_REFLECTOR = 4_096;

  /**
   * How much memory the distinct attribute sets of a peer that sends its own routes only may
   * occupy, for each path that it may have: 2 MiB of 65,536. Its paths share sets: there is one for
   * each signal and tier, of some 1,000 bytes.
   */
  static final int ATTRIBUTE_BYTES_PER_PATH_OF_A_NODE = 32;

  /**
   * The same of a peer that sends routes of others: 16 MiB of 65,536 paths, which is enough for
   * 4,000 nodes with four sets each, or for some 3,300 routes that carry {@link #ATTRIBUTE_ITEMS}
   * each and share nothing.
   */
  static final int ATTRIBUTE_BYTES_PER_PATH_OF_A_REFLECTOR = 256;

  /** What a peer may have however few paths it may have. */
  static final int FEWEST_ATTRIBUTE_BYTES = 256 << 10;

  /** How many bytes the distinct attribute sets of a peer may occupy. */
  static int attributeBytes(boolean speaksForOthers, int acceptedPaths) {
    int each =
        speaksForOthers
            ? ATTRIBUTE_BYTES_PER_PATH_OF_A_REFLECTOR
            : ATTRIBUTE_BYTES_PER_PATH_OF_A_NODE;
    long bytes = Math.max(FEWEST_ATTRIBUTE_BYTES, (long) each * acceptedPaths);
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }

  /** RFC 9687 section 3: the send hold time must exceed the hold time; its default is twice it. */
  public static int sendHoldFor(int holdTimeSeconds) {
    return 2 * holdTimeSeconds;
  }

  /** The defaults: hold 9 s, 65,536 accepted paths and 262,144 received prefixes per peer. */
  public static OverlayLimits usual() {
    return new OverlayLimits(9, 18, 65_536, 262_144, 4_096, 64, 1_048_576, 16_384, 2_000);
  }

  /** The same with other limits on what one peer may send. */
  public OverlayLimits withPathLimits(int acceptedPaths, int receivedPrefixes) {
    return new OverlayLimits(
        holdTimeSeconds,
        sendHoldTimeSeconds,
        acceptedPaths,
        receivedPrefixes,
        peers,
        recentRefusals,
        pendingWithdrawals,
        routesPerDrain,
        barrierMillis);
  }
}
