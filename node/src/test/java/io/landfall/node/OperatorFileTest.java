package io.landfall.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.landfall.core.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatorFileTest {
  private static final ServiceName SHOP = new ServiceName("shop");

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("fra.state");
  }

  @Test
  void whatWasAskedForIsReadAgainAndNoFileIsLeftWhenItIsTakenBack() throws Exception {
    OperatorFile first = OperatorFile.read(file());
    assertThat(first.shown()).isEmpty();
    assertThat(first.change(state -> state.drained(true))).isEmpty();
    assertThat(first.change(state -> state.draining(SHOP, true))).isEmpty();
    assertThat(first.change(state -> state.withdrawn(SHOP, true))).isEmpty();
    OperatorState.Backend backend = new OperatorState.Backend(SHOP, "http://10.0.0.7:8080");
    assertThat(first.change(state -> state.draining(backend, true))).isEmpty();
    ServiceName blog = new ServiceName("blog");
    assertThat(first.change(state -> state.maintained(SHOP, true, 120))).isEmpty();
    assertThat(first.change(state -> state.maintained(blog, true, 0))).isEmpty();

    OperatorFile second = OperatorFile.read(file());
    assertThat(second.shown())
        .contains(
            "drain, drain shop, withdraw shop, drain backend shop http://10.0.0.7:8080,"
                + " maintenance blog, maintenance shop 120s (kept in "
                + file()
                + ")");
    assertThat(second.maintained()).isEqualTo(Map.of(SHOP, 120L, blog, 0L));
    second.change(state -> state.maintained(SHOP, false, 0));
    second.change(state -> state.maintained(blog, false, 0));
    second.change(state -> state.drained(false));
    second.change(state -> state.draining(SHOP, false));
    second.change(state -> state.withdrawn(SHOP, false));
    second.change(state -> state.draining(backend, false));
    try (var left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }

  /** A change of the config between the command and the disk asks for what holds by then. */
  @Test
  void whatIsAskedForHoldsBeforeItIsOnTheDisk() throws Exception {
    OperatorFile kept = OperatorFile.read(file());
    kept.change(state -> state.withdrawn(SHOP, true));
    kept.ask(state -> state.withdrawn(SHOP, false));
    assertThat(kept.changes(state -> state.withdrawn(SHOP, false))).isFalse();
    assertThat(file()).exists();
    assertThat(kept.keep()).isEmpty();
    assertThat(file()).doesNotExist();
  }

  @Test
  void aCommandIsKeptOnceItsFolderHasTheNewNameOnTheDisk() throws Exception {
    List<Boolean> there = new ArrayList<>();
    OperatorFile kept =
        OperatorFile.read(
            file(),
            synced -> {
              assertThat(synced.toRealPath()).isEqualTo(folder.toRealPath());
              there.add(Files.exists(file()));
            });
    kept.change(state -> state.drained(true));
    kept.change(state -> state.drained(false));
    assertThat(there)
        .as("after it was put there, and after it was removed")
        .containsExactly(true, false);
  }

  @Test
  void aFolderThatCannotBeWrittenToTheDiskIsReported() throws Exception {
    OperatorFile kept =
        OperatorFile.read(
            file(),
            synced -> {
              throw new IOException("Input/output error");
            });
    assertThat(kept.change(state -> state.drained(true)))
        .contains(file() + " cannot be written: Input/output error");
    assertThat(kept.shown())
        .hasValueSatisfying(text -> assertThat(text).contains("not for a restart"));
  }

  @Test
  void aFileThatCannotBeReadStopsTheStartAndNamesItself() throws Exception {
    for (String text :
        List.of(
            "stop\n",
            "drain Shop_1\n",
            "withdraw\n",
            "drain backend shop\n",
            "drain backend shop \n",
            "drain backend shop http://a b\n",
            "maintenance\n",
            "maintenance \n",
            "maintenance shop 0s\n",
            "maintenance shop 86401s\n",
            "maintenance shop 120\n",
            "maintenance shop 1s x\n")) {
      Files.writeString(file(), text);
      assertThatThrownBy(() -> OperatorFile.read(file()))
          .isInstanceOf(StartFailed.class)
          .hasMessageContaining(file().toString())
          .hasMessageContaining("remove it");
    }
    Files.write(file(), new byte[OperatorFile.MAX_FILE_BYTES + 1]);
    assertThatThrownBy(() -> OperatorFile.read(file())).hasMessageContaining("larger");
    Files.delete(file());
    Files.createDirectory(file());
    assertThatThrownBy(() -> OperatorFile.read(file())).hasMessageContaining("regular");
  }

  @Test
  void aPlaceThatCannotBeWrittenIsToldAndTheCommandHoldsUntilTheRestart() throws Exception {
    OperatorFile nowhere = OperatorFile.read(folder.resolve("no/such/folder.state"));
    assertThat(nowhere.change(state -> state.drained(true)).orElse(""))
        .contains("cannot be written");
    assertThat(nowhere.shown().orElse(""))
        .contains("drain (not for a restart:")
        .contains("no/such");
  }

  @Test
  void whatTheFileStillHasAgainstTheOperatorsWordIsShown() throws Exception {
    OperatorFile kept = OperatorFile.read(file());
    assertThat(kept.change(state -> state.drained(true))).isEmpty();
    Files.delete(file());
    // What is not empty cannot be removed as a file.
    Files.createDirectories(file().resolve("in-the-way"));
    assertThat(kept.change(state -> state.drained(false))).isPresent();
    assertThat(kept.shown().orElse("")).startsWith("nothing (not for a restart: ");
  }
}
