package io.landfall.edge.cache.coding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import io.landfall.cache.Coding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Encoders of content codings, and machines on which one cannot be loaded. */
class EncodersTest {
  private static InputStream decoder(Coding coding, byte[] bytes) throws IOException {
    InputStream in = new ByteArrayInputStream(bytes);
    return switch (coding) {
      case GZIP -> new GZIPInputStream(in);
      case BROTLI -> new BrotliInputStream(in);
      case ZSTD -> new ZstdInputStreamNoFinalizer(in);
    };
  }

  private static byte[] encoded(Coding coding, int level, byte[] bytes, int piece)
      throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (OutputStream out = Encoders.open(coding, level, all)) {
      for (int at = 0; at < bytes.length; at += piece) {
        out.write(bytes, at, Math.min(piece, bytes.length - at));
      }
    }
    return all.toByteArray();
  }

  @ParameterizedTest
  @EnumSource
  void theDecoderReadsWhatWasEncodedAtEachLevel(Coding coding) throws IOException {
    assertThat(Encoders.OF_PROCESS.available(List.of(coding))).containsExactly(coding);
    Random random = new Random(coding.token().length());
    for (int level : new int[] {1, 3, 6, 9}) {
      for (int length : new int[] {1, 1_000, 65_536, 200_001}) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
          bytes[i] = (byte) (i < 50_000 ? 'a' + random.nextInt(4) : random.nextInt());
        }
        byte[] encoded = encoded(coding, level, bytes, 1 + random.nextInt(20_000));
        try (InputStream in = decoder(coding, encoded)) {
          assertThat(in.readAllBytes()).as(level + " " + length).isEqualTo(bytes);
        }
        assertThat(encoded(coding, level, bytes, 16_384))
            .as("the same each time")
            .isEqualTo(encoded(coding, level, bytes, 16_384));
      }
    }
  }

  @Test
  void canaryWhatWasChangedIsNotReadAsTheSame() throws IOException {
    byte[] bytes = new byte[5_000];
    byte[] encoded = encoded(Coding.GZIP, 6, bytes, 1_000);
    encoded[encoded.length - 5] ^= 1;
    try (InputStream in = decoder(Coding.GZIP, encoded)) {
      assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatCannotBeLoadedIsLeftOutAndTheOthersAreThere() {
    AtomicInteger tried = new AtomicInteger();
    Encoders some =
        new Encoders(
            coding -> {
              tried.incrementAndGet();
              switch (coding) {
                case BROTLI -> throw new UnsatisfiedLinkError("no brotli in java.library.path");
                case ZSTD -> throw new ExceptionInInitializerError("no zstd");
                case GZIP -> {}
              }
            });
    for (int i = 0; i < 2; i++) {
      assertThat(some.available(List.of(Coding.BROTLI, Coding.ZSTD, Coding.GZIP)))
          .containsExactly(Coding.GZIP);
    }
    assertThat(tried).hasValue(6);
    Encoders forbidden =
        new Encoders(
            coding -> {
              throw new IllegalCallerException("native access is not enabled");
            });
    assertThat(forbidden.available(Coding.ALL)).isEmpty();
  }
}
