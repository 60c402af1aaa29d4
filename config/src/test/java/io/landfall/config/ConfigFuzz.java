package io.landfall.config;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file contains, loading it gives a config or problems, never an exception. */
class ConfigFuzz {
  private static final int ROUNDS = 400;
  private static final String SPICE = "{}[]:,-#&*!|>'\"%@`~ \t\n\u00e90.1/x";

  @TempDir Path temp;

  @Test
  void aDamagedConfigNeverThrows() {
    ConfigFolder folder = new ConfigFolder(temp);
    SplittableRandom random = new SplittableRandom(20_261_123);
    for (int round = 0; round < ROUNDS; round++) {
      StringBuilder text = new StringBuilder(ConfigFolder.GOOD);
      int edits = 1 + random.nextInt(4);
      for (int edit = 0; edit < edits; edit++) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, SPICE.charAt(random.nextInt(SPICE.length())));
          case 2 -> text.setCharAt(at, SPICE.charAt(random.nextInt(SPICE.length())));
          default -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
        }
      }
      String damaged = text.toString();
      assertThatCode(() -> folder.problems(damaged)).as(damaged).doesNotThrowAnyException();
    }
  }
}
