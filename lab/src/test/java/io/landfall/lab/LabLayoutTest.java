package io.landfall.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabLayoutTest {
  private static final LabPlan PLAN = LabPlan.of(10, List.of("fra", "nyc"));

  @TempDir private Path directory = Path.of("");

  @Test
  void socketsStandInTheSitesFolderWhereTheyFit() throws Exception {
    LabLayout layout = LabLayout.prepare(directory, PLAN);

    assertThat(layout.socket(PLAN.site("fra"))).isEqualTo(directory.resolve("fra/admin.sock"));
  }

  @Test
  void aLongFolderGetsItsSocketsInAShortPrivateOneThatIsRemoved() throws Exception {
    Path deep = Files.createDirectories(directory.resolve("x".repeat(100)));
    LabLayout layout = LabLayout.prepare(deep, PLAN);
    Path socket = layout.socket(PLAN.site("nyc"));

    assertThat(socket.toString().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(107);
    assertThat(socket.getParent()).isDirectory();
    Files.createFile(socket);
    layout.leave(PLAN);
    assertThat(socket.getParent()).doesNotExist();
  }

  @Test
  void whatAnOlderLabLeftDoesNotStandInTheWay() throws Exception {
    LabLayout older = LabLayout.prepare(directory, PLAN);
    LabCredentials.write(PLAN, older, System.currentTimeMillis());
    Files.writeString(older.json(), "{}");
    Files.writeString(directory.resolve("mine.txt"), "keep");

    LabLayout newer = LabLayout.prepare(directory, PLAN);
    LabCredentials.write(PLAN, newer, System.currentTimeMillis());

    assertThat(newer.json()).doesNotExist();
    assertThat(directory.resolve("mine.txt")).hasContent("keep");
  }
}
