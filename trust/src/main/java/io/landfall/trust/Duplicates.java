package io.landfall.trust;

import io.landfall.core.HostAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every clash over one identity that this node knows of, for views, a counter and the log.
 *
 * <p>A row is one pair of who is live and who was refused; {@link #MAX_ROWS} are kept, the one that
 * was quiet longest goes first. A line in the log is due at the 1st, 2nd, 4th, 8th ... clash over
 * an identity, however many addresses and certificates take part. Single-threaded; wall-clock
 * milliseconds since 1970.
 */
public final class Duplicates {
  /** How many rows are kept. */
  public static final int MAX_ROWS = 64;

  /** Over how many identities the log is written; a clash over any other is only counted. */
  public static final int MAX_IDENTITIES = 4096;

  private static final String IDENTITY_TAKEN = "duplicate identity ";
  private static final String NAME_TAKEN = "duplicate name ";

  /** Who refused whom. */
  public enum Kind {
    /** This node refused a second holder of a live peer's identity. */
    OF_A_PEER,
    /** This node refused a peer that has the name of a live one, and another identity. */
    OF_A_NAME,
    /** Another node has this node's own identity. */
    OF_OURSELVES,
    /** A peer refused this node, because another node holds this node's identity there. */
    REFUSED_THERE
  }

  /**
   * One pair.
   *
   * @param kind who refused whom
   * @param identity the identity that both claim; of a name, the identity of who was refused
   * @param live who holds it; empty when that is this node, or known by the peer's NOTIFICATION
   *     only
   * @param refused who does not get it; empty when that is this node
   * @param sentence both, for people
   * @param count how often
   * @param firstMillis when first
   * @param lastMillis when last
   */
  public record Row(
      Kind kind,
      HostAddress identity,
      Optional<Holder> live,
      Optional<Holder> refused,
      String sentence,
      long count,
      long firstMillis,
      long lastMillis) {}

  /**
   * A clash that was counted.
   *
   * @param row what is known of it by now
   * @param log whether a line in the log is due
   */
  public record Noted(Row row, boolean log) {}

  private record Key(Kind kind, HostAddress identity, String certificate, String place) {}

  private final Map<Key, Row> rows = new LinkedHashMap<>();
  private final Map<HostAddress, Long> perIdentity = new TreeMap<>();
  private long total;

  /** No clash is known. */
  public Duplicates() {}

  /** The text for the node that is refused. */
  public static String rejection(Holder live) {
    return IDENTITY_TAKEN + live.certificate().identity() + ": live at " + live.text();
  }

  /** The text for the node that is refused because of its name. */
  public static String nameRejection(Holder live) {
    return NAME_TAKEN
        + live.certificate().name()
        + ": live as "
        + live.certificate().identity()
        + " at "
        + live.text();
  }

  /** Whether the text of a peer's NOTIFICATION is that for a duplicate. */
  public static boolean isRejection(String words) {
    return words.contains(IDENTITY_TAKEN) || words.contains(NAME_TAKEN);
  }

  /** A newcomer was refused, since a node of another identity is live under its name. */
  public Noted refusedForItsName(Holder live, Holder newcomer, long wallMillis) {
    return note(
        Kind.OF_A_NAME,
        newcomer.certificate().identity(),
        Optional.of(live),
        Optional.of(newcomer),
        nameSentence(live, newcomer),
        wallMillis);
  }

  /** Both of a pair with one name, for people. */
  public static String nameSentence(Holder live, Holder newcomer) {
    return "two nodes have one name: "
        + newcomer.certificate().label()
        + " at "
        + newcomer.text()
        + " is refused; "
        + live.certificate().label()
        + " at "
        + live.text()
        + " is live";
  }

  /** A newcomer was refused, since another node is live with its identity. */
  public Noted refused(Holder live, Holder newcomer, long wallMillis) {
    return note(
        Kind.OF_A_PEER,
        newcomer.certificate().identity(),
        Optional.of(live),
        Optional.of(newcomer),
        sentence(live, newcomer),
        wallMillis);
  }

  /** Both of a pair, for people. */
  public static String sentence(Holder live, Holder newcomer) {
    boolean same = live.certificate().fingerprint().equals(newcomer.certificate().fingerprint());
    return "two nodes have one identity: "
        + newcomer.certificate().label()
        + " at "
        + newcomer.text()
        + " is refused; "
        + live.certificate().label()
        + " at "
        + live.text()
        + " is live and has "
        + (same ? "the same certificate at another address" : "another certificate");
  }

  /** A peer showed a certificate with this node's identity. */
  public Noted ofOurselves(Holder other, long wallMillis) {
    String sentence =
        "another node has this node's identity: "
            + other.certificate().label()
            + " at "
            + other.text()
            + " is refused";
    return note(
        Kind.OF_OURSELVES,
        other.certificate().identity(),
        Optional.empty(),
        Optional.of(other),
        sentence,
        wallMillis);
  }

  /**
   * A peer refused this node as a duplicate.
   *
   * @param own this node's identity
   * @param peer the peer
   * @param words the text of its NOTIFICATION
   */
  public Noted refusedThere(HostAddress own, Holder peer, String words, long wallMillis) {
    String sentence =
        peer.certificate().label() + " at " + peer.at() + " refused this node: " + words;
    return note(Kind.REFUSED_THERE, own, Optional.of(peer), Optional.empty(), sentence, wallMillis);
  }

  private Noted note(
      Kind kind,
      HostAddress identity,
      Optional<Holder> live,
      Optional<Holder> refused,
      String sentence,
      long wallMillis) {
    total++;
    Holder other = refused.or(() -> live).orElseThrow();
    Key key = new Key(kind, identity, other.certificate().fingerprint(), other.at().host());
    Row before = rows.remove(key);
    if (before == null && rows.size() >= MAX_ROWS) {
      rows.remove(rows.keySet().iterator().next());
    }
    Row row =
        new Row(
            kind,
            identity,
            live,
            refused,
            sentence,
            before == null ? 1 : before.count() + 1,
            before == null ? wallMillis : before.firstMillis(),
            wallMillis);
    // Last, so that the first of the map is the one that was quiet longest.
    rows.put(key, row);
    return new Noted(row, isLogDue(identity));
  }

  private boolean isLogDue(HostAddress identity) {
    if (!perIdentity.containsKey(identity) && perIdentity.size() >= MAX_IDENTITIES) {
      return false;
    }
    return Long.bitCount(perIdentity.merge(identity, 1L, Long::sum)) == 1;
  }

  /** How many clashes there were since the start. */
  public long total() {
    return total;
  }

  /** Every row, the quietest first. */
  public List<Row> rows() {
    return new ArrayList<>(rows.values());
  }
}
