package io.landfall.checks.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.core.Addresses;
import io.landfall.core.Block;
import io.landfall.testkit.FuzzCorpus;
import io.landfall.trust.Endpoint;
import io.landfall.trust.FileResult;
import io.landfall.trust.Pem;
import io.landfall.trust.Revocations;
import io.landfall.trust.SpiffeId;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the texts in which trust and addresses come. The first byte chooses the parser.
 *
 * <p>What must hold: a text is taken or refused in the parser's own way, and what is taken means
 * the same once it was written and read again.
 */
public final class TrustFuzz {
  /** For JUnit. */
  public TrustFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyTextOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("TrustFuzz", TrustFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    String text = new String(Arrays.copyOfRange(data, 1, data.length), UTF_8);
    switch (data[0] % 7) {
      case 0 -> spiffe(text);
      case 1 -> endpoint(text);
      case 2 -> sentence(Pem.parseCertificates("file", text));
      case 3 -> sentence(Pem.parsePrivateKey("file", text));
      case 4 -> revocations(text);
      case 5 -> address(text);
      default -> block(text);
    }
  }

  private static void spiffe(String text) {
    if (SpiffeId.read(text) instanceof SpiffeId.Reading.Node(SpiffeId id)) {
      same(text, id.toString());
    }
  }

  private static void endpoint(String text) {
    try {
      Endpoint endpoint = Endpoint.parse(text);
      same(endpoint, Endpoint.parse(endpoint.toString()));
    } catch (IllegalArgumentException e) {
      mustSay(e.getMessage());
    }
  }

  private static void revocations(String text) {
    if (Revocations.parse("file", text) instanceof FileResult.Good<Revocations>(var list)) {
      StringBuilder again = new StringBuilder();
      list.serials().forEach(serial -> again.append("serial ").append(serial).append('\n'));
      list.keys().forEach(print -> again.append("key ").append(print).append('\n'));
      list.nodes().forEach(node -> again.append("node ").append(node).append('\n'));
      same(new FileResult.Good<>(list), Revocations.parse("file", again.toString()));
    } else {
      sentence(Revocations.parse("file", text));
    }
  }

  private static void address(String text) {
    Optional<byte[]> address = Addresses.parseLiteral(text);
    if (address.isPresent()) {
      byte[] again = Addresses.parseLiteral(Addresses.format(address.get())).orElseThrow();
      same(Arrays.toString(address.get()), Arrays.toString(again));
    }
  }

  private static void block(String text) {
    try {
      Block block = Block.parse(text);
      same(block, Block.parse(block.toString()));
    } catch (IllegalArgumentException e) {
      mustSay(e.getMessage());
    }
  }

  private static void sentence(FileResult<?> result) {
    if (result instanceof FileResult.Bad<?> bad) {
      mustSay(bad.why());
      mustSay(bad.sentence());
    }
  }

  private static void mustSay(@org.jspecify.annotations.Nullable String sentence) {
    if (sentence == null || sentence.isBlank()) {
      throw new AssertionError("a refusal without a word");
    }
  }

  private static void same(Object read, Object again) {
    if (!read.equals(again)) {
      throw new AssertionError(read + " became " + again);
    }
  }
}
