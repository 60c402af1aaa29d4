package io.landfall.cache.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Any bytes are a message or none: nothing is thrown, and what is a message is written back as the
 * same bytes. Inputs are messages with octets changed, cut and put together.
 */
class PurgeCodecFuzz {
  private static final int ROUNDS = 200_000;

  @Test
  void anyBytesAreAMessageOrNone() {
    Random random = new Random(9111);
    List<byte[]> seeds = new ArrayList<>();
    PurgeCodecTest.REQUESTS.forEach(each -> seeds.add(PurgeCodec.encode(each)));
    PurgeCodecTest.REPLIES.forEach(each -> seeds.add(PurgeCodec.encode(each)));
    int taken = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] input = changed(seeds.get(random.nextInt(seeds.size())), random);
      taken += PurgeCodec.request(input).map(m -> same(m, input)).orElse(0);
      taken += PurgeCodec.reply(input).map(m -> same(m, input)).orElse(0);
    }
    assertThat(taken).as("some are messages still").isPositive();
  }

  private static int same(PurgeMessage message, byte[] input) {
    assertThat(PurgeCodec.encode(message)).isEqualTo(input);
    return 1;
  }

  private static byte[] changed(byte[] seed, Random random) {
    int length = random.nextInt(4) == 0 ? random.nextInt(seed.length + 8) : seed.length;
    byte[] input = new byte[length];
    System.arraycopy(seed, 0, input, 0, Math.min(length, seed.length));
    for (int changes = random.nextInt(4); changes > 0 && length > 0; changes--) {
      int at = random.nextInt(length);
      input[at] = (byte) (random.nextBoolean() ? random.nextInt() : input[at] ^ 1);
    }
    return input;
  }
}
