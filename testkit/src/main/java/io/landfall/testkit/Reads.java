package io.landfall.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/** The ways in which one stream of messages may arrive. */
public final class Reads {
  private Reads() {}

  /** All in one read. */
  public static List<byte[]> joined(List<byte[]> messages) {
    return List.of(Octets.join(messages));
  }

  /** In pieces of one length. */
  public static List<byte[]> pieces(byte[] stream, int length) {
    List<byte[]> reads = new ArrayList<>();
    for (int at = 0; at < stream.length; at += length) {
      reads.add(Arrays.copyOfRange(stream, at, Math.min(stream.length, at + length)));
    }
    return reads;
  }

  /** In pieces of any length, from one byte to several messages. */
  public static List<byte[]> split(byte[] stream, Random random) {
    List<byte[]> reads = new ArrayList<>();
    for (int at = 0; at < stream.length; ) {
      int end = Math.min(stream.length, at + 1 + random.nextInt(random.nextBoolean() ? 8 : 120));
      reads.add(Arrays.copyOfRange(stream, at, end));
      at = end;
    }
    return reads;
  }

  /** Every pair and every triple of messages. */
  public static void everyPairAndTriple(List<byte[]> messages, Consumer<List<byte[]>> each) {
    for (byte[] first : messages) {
      for (byte[] second : messages) {
        each.accept(List.of(first, second));
        messages.forEach(third -> each.accept(List.of(first, second, third)));
      }
    }
  }
}
