package io.landfall.edge.proxy;

import io.landfall.testkit.FuzzCorpus;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzz target: the first bytes of a connection that has to begin with a PROXY header.
 *
 * <p>What must hold: a header, a fault or more is needed; the pieces in which it arrives change
 * nothing but when; at most {@link ProxyHeader#MAX_BYTES} are waited for; and what stands behind a
 * header is left.
 */
public final class ProxyHeaderFuzz {
  private static final int MAX_INPUT_BYTES = 10_000;

  /** For JUnit. */
  public ProxyHeaderFuzz() {}

  @TestFactory
  Stream<DynamicTest> everyHeaderOfTheCorpusKeepsTheRules() {
    return FuzzCorpus.replay("ProxyHeaderFuzz", ProxyHeaderFuzz::fuzzerTestOneInput);
  }

  /** A fixed seed: the same headers with some bytes changed, in each build. */
  @Test
  void changedHeadersKeepTheRules() {
    Random random = new Random(22);
    byte[][] seeds = {
      ProxyHeaders.ipv4(ProxyHeaders.tlv(2, new byte[9]), ProxyHeaders.tlv(5, new byte[3])),
      ProxyHeaders.withChecksum(true),
      ProxyHeaders.v2(0x21, 0x21, new byte[50]),
      "PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\nGET /"
          .getBytes(java.nio.charset.StandardCharsets.US_ASCII)
    };
    for (int round = 0; round < 20_000; round++) {
      byte[] changed = seeds[round % seeds.length].clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      fuzzerTestOneInput(changed);
    }
  }

  /** What Jazzer calls. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length > MAX_INPUT_BYTES) {
      return;
    }
    String whole = ProxyHeaderTest.read(data);
    if (whole.equals("more") && data.length >= ProxyHeader.MAX_BYTES) {
      throw new AssertionError("more than the bound is waited for");
    }
    String early = "more";
    int length = 0;
    while (early.equals("more") && length < data.length) {
      length++;
      early = ProxyHeaderTest.read(Arrays.copyOf(data, length));
    }
    // A fault may show before the rest has come, and a header is the same however it comes.
    if (!whole.equals(early)) {
      throw new AssertionError(whole + " in one piece, " + early + " after " + length);
    }
    leavesTheRest(data, length, early);
  }

  private static void leavesTheRest(byte[] data, int length, String early) {
    ByteBuf in = Unpooled.wrappedBuffer(data);
    try {
      boolean taken = ProxyHeader.read(in) != null;
      if (taken && in.readerIndex() != length) {
        throw new AssertionError(early + ": " + in.readerIndex() + " bytes, not " + length);
      }
    } catch (BadProxyHeader e) {
      // Its connection is closed.
    }
  }
}
