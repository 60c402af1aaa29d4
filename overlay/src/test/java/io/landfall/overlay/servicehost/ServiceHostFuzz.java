package io.landfall.overlay.servicehost;

import io.landfall.overlay.RawMessages;
import io.landfall.overlay.Reads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the byte stream of a service host, through the session and its owner.
 *
 * <p>The first byte encodes how far the session is and how the rest becomes a stream, as for the
 * session alone ({@code SessionFuzz}, whose corpus is replayed here too). What must hold: nothing
 * is thrown, and the reads in which a stream arrives change nothing that the owner does.
 */
public final class ServiceHostFuzz {
  private static final Path OWN = Path.of("src/test/resources/fuzz/ServiceHostFuzz");
  private static final Path OF_SESSIONS = Path.of("../bgp/src/test/resources/fuzz/SessionFuzz");
  private static final int MAX_STREAM_BYTES = 8_000;
  private static final List<byte[]> START =
      List.of(RawMessages.open(65_007, 7), RawMessages.message(RawMessages.KEEPALIVE));

  /** For JUnit. */
  public ServiceHostFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyStreamOfTheCorpusKeepsTheRules() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path corpus : List.of(OWN, OF_SESSIONS)) {
      try (Stream<Path> each = Files.list(corpus)) {
        files.addAll(each.sorted().toList());
      }
    }
    return files.stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> run(file)));
  }

  private static void run(Path file) {
    try {
      fuzzerTestOneInput(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length < 2 || data.length > MAX_STREAM_BYTES) {
      return;
    }
    int options = data[0];
    byte[] rest = Arrays.copyOfRange(data, 1, data.length);
    byte[] stream = (options & 4) == 0 ? rest : framed(rest);
    List<byte[]> start = START.subList(0, Math.min(2, options & 3));
    List<byte[]> whole = List.of(stream);
    List<byte[]> pieces = Reads.pieces(stream, 1 + ((options >> 3) & 31));
    // The start of the session in the same read, too.
    List<byte[]> all = new ArrayList<>(start);
    all.add(stream);
    List<byte[]> joined = Reads.joined(all);
    boolean dials = (options & 0x40) != 0;
    String expected = ServiceHostReadsProperty.outcome(dials, start, whole);
    same(expected, ServiceHostReadsProperty.outcome(dials, start, pieces));
    same(expected, ServiceHostReadsProperty.outcome(dials, List.of(), joined));
  }

  private static void same(String whole, String other) {
    if (!whole.equals(other)) {
      throw new AssertionError("whole: " + whole + "\nin other reads: " + other);
    }
  }

  private static byte[] framed(byte[] rest) {
    List<byte[]> messages = new ArrayList<>();
    int at = 0;
    while (at + 2 <= rest.length) {
      int length = Math.min(rest[at + 1] & 0xff, rest.length - at - 2);
      int[] body = new int[length];
      for (int i = 0; i < length; i++) {
        body[i] = rest[at + 2 + i];
      }
      messages.add(RawMessages.message(rest[at] & 7, body));
      at += 2 + length;
    }
    return RawMessages.concat(messages);
  }
}
