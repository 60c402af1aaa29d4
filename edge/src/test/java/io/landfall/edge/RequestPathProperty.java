package io.landfall.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A backend that decodes a path and resolves it sees the path that was routed, or it is refused.
 */
class RequestPathProperty {
  private static final int PATHS = 20_000;
  private static final String[] PIECES = {
    "/", "/", "a", ".", ".", "%2e", "%2E", "%2f", "%5C", ";x", "%61", "%25", "?", "~"
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aPathIsRefusedExactlyIfOneOfItsDecodedSegmentsIsADotSegment(long seed) {
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    for (int i = 0; i < PATHS; i++) {
      StringBuilder path = new StringBuilder("/");
      for (int left = random.nextInt(8); left > 0; left--) {
        path.append(PIECES[random.nextInt(PIECES.length)]);
      }
      String target = path.toString();
      assertThat(RequestPath.hasDotSegment(target)).as(target).isEqualTo(resolves(target));
      String routed = RequestPath.forRouting(target);
      assertThat(decoded(routed)).as(target).isEqualTo(decoded(target));
      assertThat(RequestPath.forRouting(routed)).as(target).isEqualTo(routed);
    }
  }

  /** What a backend might do: decode all, cut at slashes of both kinds, drop parameters. */
  private static boolean resolves(String target) {
    for (String segment : decoded(target).split("[/\\\\]", -1)) {
      String name = segment.replaceFirst(";.*", "");
      if (name.equals(".") || name.equals("..")) {
        return true;
      }
    }
    return false;
  }

  private static String decoded(String target) {
    String path = target.replaceFirst("\\?.*", "");
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < path.length(); i++) {
      String code = path.substring(i, Math.min(i + 3, path.length()));
      if (code.matches("%[0-9a-fA-F]{2}")) {
        byte[] one = {(byte) Integer.parseInt(code.substring(1), 16)};
        out.append(new String(one, StandardCharsets.ISO_8859_1));
        i += 2;
      } else {
        out.append(path.charAt(i));
      }
    }
    return out.toString();
  }

  @Test
  void whatNeedsNoEncodingIsRoutedAsIfItHadNone() {
    assertThat(RequestPath.forRouting("/%61pi/%2Fx%20%7e?%61")).isEqualTo("/api/%2Fx%20~?%61");
    assertThat(RequestPath.forRouting("/plain//?%61")).isEqualTo("/plain//?%61");
    assertThat(RequestPath.hasDotSegment("*")).isFalse();
  }
}
