package io.landfall.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * The inputs of a fuzz target that are kept in the tree: seeds, and whatever once broke it. They
 * lie in {@code src/test/resources/fuzz/TARGET} of the target's room, where its tests run.
 */
public final class FuzzCorpus {
  private static final Path ROOT = Path.of("src/test/resources/fuzz");

  private FuzzCorpus() {}

  /**
   * One test for each file in the target's folder.
   *
   * @throws AssertionError when there is none
   */
  public static Stream<DynamicTest> replay(String target, Consumer<byte[]> run) {
    return replay(List.of(ROOT.resolve(target)), run);
  }

  /** As {@link #replay(String, Consumer)}, with the corpus of another room's target besides. */
  public static Stream<DynamicTest> replay(
      String target, String otherRoom, String otherTarget, Consumer<byte[]> run) {
    Path other = Path.of("..", otherRoom).resolve(ROOT).resolve(otherTarget);
    return replay(List.of(ROOT.resolve(target), other), run);
  }

  private static Stream<DynamicTest> replay(List<Path> folders, Consumer<byte[]> run) {
    List<DynamicTest> tests = new ArrayList<>();
    for (Path folder : folders) {
      try (Stream<Path> files = Files.list(folder)) {
        List<Path> sorted = files.sorted().toList();
        if (sorted.isEmpty()) {
          throw new AssertionError("the corpus " + folder + " is empty");
        }
        for (Path file : sorted) {
          tests.add(
              DynamicTest.dynamicTest(
                  file.getFileName().toString(), () -> run.accept(Files.readAllBytes(file))));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the corpus " + folder, e);
      }
    }
    return tests.stream();
  }
}
