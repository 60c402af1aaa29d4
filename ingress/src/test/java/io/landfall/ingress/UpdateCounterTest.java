package io.landfall.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.bgp.SessionEffect;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Messages are told apart by the lengths in their headers (RFC 4271 section 4.1). */
class UpdateCounterTest {
  private static final int UPDATE = 2;
  private static final int KEEPALIVE = 4;

  /** A header, and a body of zeros. */
  private static byte[] message(int type, int length) {
    byte[] message = new byte[length];
    Arrays.fill(message, 0, 16, (byte) 0xff);
    message[16] = (byte) (length >> 8);
    message[17] = (byte) length;
    message[18] = (byte) type;
    return message;
  }

  private static SessionEffect.Write<AnycastPrefix> write(byte[]... messages) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] message : messages) {
      bytes.writeBytes(message);
    }
    return new SessionEffect.Write<>(1, bytes.toByteArray());
  }

  @Test
  void everyUpdateOfAWriteIsCountedAndNothingElse() {
    byte[] keepalive = message(KEEPALIVE, 19);
    assertThat(UpdateCounter.updatesIn(List.of())).isZero();
    assertThat(UpdateCounter.updatesIn(List.of(write(keepalive)))).isZero();
    for (int length : new int[] {23, 200, 300, 4_096}) {
      byte[] update = message(UPDATE, length);
      assertThat(
              UpdateCounter.updatesIn(
                  List.of(write(update, keepalive, update, update), write(keepalive, update))))
          .as("UPDATEs of %s bytes", length)
          .isEqualTo(4);
    }
  }

  @Test
  void bytesThatAreNoMessageEndTheCount() {
    byte[] update = message(UPDATE, 23);
    byte[] noLength = message(UPDATE, 23);
    noLength[17] = 18;
    assertThat(UpdateCounter.updatesIn(List.of(write(update, noLength, update)))).isEqualTo(1);
    assertThat(UpdateCounter.updatesIn(List.of(write(update, new byte[18])))).isEqualTo(1);
  }
}
