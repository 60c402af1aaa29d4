package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.landfall.core.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hit ratios of the last days over a restart. */
class UsualRatiosTest {
  private static final ServiceName SHOP = new ServiceName("shop");
  private static final ServiceName BLOG = new ServiceName("blog");

  @TempDir Path folder;

  private UsualRatios read() {
    return UsualRatios.read(folder.resolve("hits-fra"), Runnable::run);
  }

  @Test
  void whatWasCountedIsThereAfterARestart() {
    UsualRatios ratios = read();
    assertThat(ratios.percent(SHOP)).isEmpty();
    ratios.add(SHOP, 20_786, 900, 100);
    ratios.add(BLOG, 20_786, 100, 900);
    ratios.write();
    assertThat(read().percent(SHOP)).hasValue(90);
    assertThat(read().percent(BLOG)).hasValue(10);
  }

  @Test
  void aFileThatIsNoneIsNotTakenAndAFolderThatIsNoneStopsNothing() throws IOException {
    Files.writeString(folder.resolve("hits-fra"), "shop 20786 9000 1000\nshop what\n");
    UsualRatios ratios = read();
    assertThat(ratios.percent(SHOP)).isEmpty();
    UsualRatios nowhere =
        UsualRatios.read(folder.resolve("none").resolve("hits-fra"), Runnable::run);
    nowhere.add(SHOP, 1, 1_000, 0);
    nowhere.write();
    assertThat(nowhere.percent(SHOP)).hasValue(100);
  }
}
