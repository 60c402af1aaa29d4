package io.landfall.acme;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What nodes tell each other of pending challenges, as bytes and back (docs/protocol.md): all that
 * the sender has, in place of what it has sent before; and the answer, the names whose challenges
 * were not taken. What is not exactly one is none.
 */
public final class ChallengeMessage {
  /** The first byte, by which it is told from other questions between nodes. */
  public static final byte MARK = 'A';

  /** The most challenges of one node. */
  public static final int MAX_CHALLENGES = 256;

  /** The longest answer: all names. */
  public static final int MAX_ANSWER_BYTES = MAX_CHALLENGES * (PendingChallenge.MAX_NAME + 1) + 16;

  private static final String CHALLENGES = "ACME 1";
  private static final String ANSWER = "TAKEN 1";
  private static final int PARTS = 4;

  private ChallengeMessage() {}

  /** The bytes of a message with all challenges of the sender. */
  public static byte[] encode(List<PendingChallenge> all) {
    StringBuilder out = new StringBuilder(CHALLENGES).append('\n');
    for (PendingChallenge each : all) {
      out.append(each.type().wire())
          .append(' ')
          .append(each.name())
          .append(' ')
          .append(each.token())
          .append(' ')
          .append(each.keyAuthorization())
          .append('\n');
    }
    return out.toString().getBytes(US_ASCII);
  }

  /** The challenges of a message; empty if it is none. */
  public static Optional<List<PendingChallenge>> decode(byte[] bytes) {
    List<String> lines = lines(bytes, CHALLENGES);
    if (lines.isEmpty() || lines.size() > MAX_CHALLENGES + 1) {
      return Optional.empty();
    }
    List<PendingChallenge> all = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] parts = line.split(" ", -1);
      Optional<ChallengeType> type = ChallengeType.of(parts[0]);
      if (parts.length != PARTS || type.isEmpty()) {
        return Optional.empty();
      }
      try {
        all.add(new PendingChallenge(type.get(), parts[1], parts[2], parts[3]));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.of(all);
  }

  /** The bytes of an answer with the names whose challenges were not taken. */
  public static byte[] answer(List<String> busy) {
    StringBuilder out = new StringBuilder(ANSWER).append('\n');
    new TreeSet<>(busy).forEach(name -> out.append(name).append('\n'));
    return out.toString().getBytes(US_ASCII);
  }

  /** The names of an answer; empty if it is none. */
  public static Optional<List<String>> busy(byte[] bytes) {
    List<String> lines = lines(bytes, ANSWER);
    if (lines.isEmpty() || !lines.stream().skip(1).allMatch(PendingChallenge::isName)) {
      return Optional.empty();
    }
    return Optional.of(lines.subList(1, lines.size()));
  }

  private static List<String> lines(byte[] bytes, String head) {
    String text = new String(bytes, US_ASCII);
    List<String> lines = text.endsWith("\n") ? text.lines().toList() : List.of();
    return lines.isEmpty() || !lines.getFirst().equals(head) ? List.of() : lines;
  }
}
