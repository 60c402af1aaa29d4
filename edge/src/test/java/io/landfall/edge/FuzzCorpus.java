package io.landfall.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/** The inputs of a fuzz target that are kept in the tree: seeds, and whatever once broke it. */
public final class FuzzCorpus {
  private static final Path ROOT = Path.of("src/test/resources/fuzz");

  private FuzzCorpus() {}

  /** One test for each file in the target's folder, of which there is at least one. */
  public static Stream<DynamicTest> replay(String target, Consumer<byte[]> run) {
    try (Stream<Path> files = Files.list(ROOT.resolve(target))) {
      List<Path> sorted = files.sorted().toList();
      if (sorted.isEmpty()) {
        throw new AssertionError("the corpus of " + target + " is empty");
      }
      return sorted.stream()
          .map(
              file ->
                  DynamicTest.dynamicTest(
                      file.getFileName().toString(), () -> run.accept(Files.readAllBytes(file))));
    } catch (IOException e) {
      throw new UncheckedIOException("the corpus of " + target, e);
    }
  }
}
