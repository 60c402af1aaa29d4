package io.landfall.trust;

import io.landfall.core.FailureText;
import io.landfall.core.NodeName;
import java.util.Collections;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Certificates, keys and nodes that are no longer believed, whatever their CA signed: a small file
 * that the operator hands to every node.
 *
 * <pre>
 * # one entry a line
 * serial 4f2a91
 * key    9c56cc51b374c3ba189210d5b6d4bf57790d351c96c47c02190ecf1e430635ab
 * node   nyc
 * </pre>
 *
 * <p>A serial number matches the certificate of a node, of whichever CA. A key, by the SHA-256 of
 * its SubjectPublicKeyInfo, matches every chain in which it occurs: a node's own, an intermediate
 * CA's, a configured CA's. A name matches every certificate of that node. All three are covered by
 * the CA's signature. The hash of a whole certificate is not taken, since it covers the signature
 * too, which the certificate's holder can rewrite; see {@link Fingerprints}.
 *
 * @param serials serial numbers, lower-case hex without leading zeros
 * @param keys SHA-256 fingerprints of public keys, 64 lower-case hex digits
 * @param nodes names of nodes, every certificate of which is revoked
 */
public record Revocations(
    SortedSet<String> serials, SortedSet<String> keys, SortedSet<NodeName> nodes) {
  /** The most entries that a list may have. */
  public static final int MAX_ENTRIES = 10_000;

  /** Of how many bad lines the rule is reported; of further ones their number. */
  static final int MAX_REPORTED = 20;

  /** The list that revokes nothing. */
  public static final Revocations NONE =
      new Revocations(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());

  private static final String NOT_BY_CERTIFICATE =
      "the hash of a whole certificate does not bind the holder of the certificate; write 'key HEX',"
          + " the SHA-256 of its public key ('landfall ca fingerprint FILE'), or its serial";

  private static final int FINGERPRINT_DIGITS = 64;
  private static final int MAX_SERIAL_DIGITS = 40;

  /** Copies the sets. */
  public Revocations {
    serials = Collections.unmodifiableSortedSet(new TreeSet<>(serials));
    keys = Collections.unmodifiableSortedSet(new TreeSet<>(keys));
    nodes = Collections.unmodifiableSortedSet(new TreeSet<>(nodes));
  }

  /**
   * Reads the text of a list. A list with one bad line is bad as a whole: the caller keeps the list
   * it has. Every bad line is reported, the first {@value #MAX_REPORTED} with their rules.
   *
   * @param source the file's name, for the error
   */
  public static FileResult<Revocations> parse(String source, String text) {
    TreeSet<String> serials = new TreeSet<>();
    TreeSet<String> keys = new TreeSet<>();
    TreeSet<NodeName> nodes = new TreeSet<>();
    BadLines bad = new BadLines();
    String[] lines = text.split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      String[] words = line.split("\\s+");
      Optional<String> problem =
          switch (words.length == 2 ? words[0] : "") {
            case "" -> Optional.of("write 'serial HEX', 'key HEX' or 'node NAME', nothing else");
            case "serial" -> addHex(serials, words[1], 1, MAX_SERIAL_DIGITS);
            case "key" -> addHex(keys, words[1], FINGERPRINT_DIGITS, FINGERPRINT_DIGITS);
            case "node" -> addNode(nodes, words[1]);
            case "sha256" -> Optional.of(NOT_BY_CERTIFICATE);
            default -> Optional.of(Printable.text(words[0]) + " is none of serial, key and node");
          };
      if (problem.isPresent()) {
        bad.add(i + 1, problem.get());
      } else if (serials.size() + keys.size() + nodes.size() > MAX_ENTRIES) {
        bad.add(i + 1, "more than " + MAX_ENTRIES + " entries");
        break;
      }
    }
    return bad.count == 0
        ? new FileResult.Good<>(new Revocations(serials, keys, nodes))
        : new FileResult.Bad<>(source, bad.first, bad.text());
  }

  /** The lines that break a rule, the first of which stands in front of its rule. */
  private static final class BadLines {
    private final StringBuilder rules = new StringBuilder();
    private int first;
    private int count;

    void add(int line, String rule) {
      count++;
      if (count == 1) {
        first = line;
        rules.append(rule);
      } else if (count <= MAX_REPORTED) {
        rules.append("; line ").append(line).append(": ").append(rule);
      }
    }

    String text() {
      int unreported = count - MAX_REPORTED;
      return unreported <= 0
          ? rules.toString()
          : rules + "; and " + unreported + " further bad " + (unreported == 1 ? "line" : "lines");
    }
  }

  private static Optional<String> addHex(SortedSet<String> to, String word, int min, int max) {
    // Tools print serials and keys with colons and in upper case.
    String hex = word.replace(":", "").toLowerCase(Locale.ROOT);
    boolean good = hex.length() >= min && hex.length() <= max;
    for (int i = 0; good && i < hex.length(); i++) {
      char c = hex.charAt(i);
      good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }
    if (!good) {
      return Optional.of(
          Printable.text(word)
              + " is not "
              + (min == max ? min + "" : min + " to " + max)
              + " hex digits");
    }
    to.add(min == max ? hex : withoutLeadingZeros(hex));
    return Optional.empty();
  }

  private static String withoutLeadingZeros(String hex) {
    int start = 0;
    while (start < hex.length() - 1 && hex.charAt(start) == '0') {
      start++;
    }
    return hex.substring(start);
  }

  private static Optional<String> addNode(SortedSet<NodeName> to, String word) {
    try {
      to.add(new NodeName(word));
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(FailureText.of(e));
    }
  }

  /** How many entries there are. */
  public int size() {
    return serials.size() + keys.size() + nodes.size();
  }

  /** Whether this list has every entry of another. */
  public boolean covers(Revocations other) {
    return serials.containsAll(other.serials)
        && keys.containsAll(other.keys)
        && nodes.containsAll(other.nodes);
  }

  /** Why a peer is revoked, or empty when it is not. */
  public Optional<String> reasonFor(PeerIdentity peer) {
    if (nodes.contains(peer.name())) {
      return Optional.of("the list names node " + peer.name());
    }
    if (serials.contains(peer.serial())) {
      return Optional.of("the list names serial " + peer.serial());
    }
    for (int i = 0; i < peer.keys().size(); i++) {
      if (keys.contains(peer.keys().get(i))) {
        return Optional.of(
            "the list names key " + peer.keys().get(i) + (i == 0 ? "" : ", of a CA above it"));
      }
    }
    return Optional.empty();
  }
}
