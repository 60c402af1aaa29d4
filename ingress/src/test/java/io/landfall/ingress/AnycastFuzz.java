package io.landfall.ingress;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.landfall.bgp.Family;
import io.landfall.bgp.PrefixCodec.Verdict;
import io.landfall.core.Block;
import io.landfall.core.InvariantBroken;
import io.landfall.testkit.FuzzCorpus;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: an anycast prefix as text, and the codec of plane one.
 *
 * <p>What must hold: a text is refused with a sentence, or it is a prefix that reads the same after
 * writing, is no default route, and shares no address with the block. Of what comes in the codec
 * takes nothing; what is not configured does not leave, and what is leaves as it was written.
 */
public final class AnycastFuzz {
  private static final Block BLOCK = Block.parse("10.32.0.0/23");
  private static final AnycastPrefix CONFIGURED = AnycastPrefix.parse("198.51.100.0/24", BLOCK);
  private static final AnycastCodec CODEC = new AnycastCodec(List.of(CONFIGURED));

  /** For JUnit. */
  public AnycastFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyTextOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("AnycastFuzz", AnycastFuzz::fuzzerTestOneInput);
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    text(new String(data, UTF_8));
    if (data.length >= 17) {
      Family family = (data[0] & 1) == 0 ? Family.IPV4_UNICAST : Family.IPV6_UNICAST;
      int bits = (data[0] & 0xff) >>> 1;
      byte[] address = Arrays.copyOfRange(data, 1, 1 + family.maxLengthBits() / 8);
      Verdict<AnycastPrefix> verdict =
          CODEC.read(family, Math.min(bits, family.maxLengthBits()), address);
      must(verdict instanceof Verdict.Refused<AnycastPrefix>, "something was imported");
    }
  }

  private static void text(String text) {
    AnycastPrefix prefix;
    try {
      prefix = AnycastPrefix.parse(text, BLOCK);
    } catch (IllegalArgumentException refused) {
      must(String.valueOf(refused.getMessage()).length() > 20, "refused without a sentence");
      return;
    }
    must(prefix.equals(AnycastPrefix.parse(prefix.toString(), BLOCK)), "it reads otherwise");
    must(prefix.lengthBits() > 0, "a default route");
    must(!BLOCK.overlaps(prefix.network(), prefix.lengthBits()), "inside the block");
    boolean leaves;
    try {
      byte[] wire = new byte[16];
      int size = CODEC.writeAt(prefix, wire, 0);
      must(
          Arrays.equals(wire, 0, size, prefix.network(), 0, size)
              && size == (prefix.lengthBits() + 7) / 8,
          "other bytes leave");
      leaves = true;
    } catch (InvariantBroken notConfigured) {
      leaves = false;
    }
    must(leaves == prefix.equals(CONFIGURED), "exactly what is configured leaves");
  }

  private static void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
