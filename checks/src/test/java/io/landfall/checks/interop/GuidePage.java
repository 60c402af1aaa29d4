package io.landfall.checks.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.UnaryOperator;

/**
 * The configurations in docs/operating-reflectors.md, so that what the guide says is what is run.
 */
final class GuidePage {
  private GuidePage() {}

  /** Writes the block that is fenced with a name into a file of that name. */
  static Path write(Path dir, String name) {
    return write(dir, name, UnaryOperator.identity());
  }

  /** The same with other addresses or names in it. */
  static Path write(Path dir, String name, UnaryOperator<String> change) {
    try {
      Path page = Path.of("docs/operating-reflectors.md");
      if (!Files.exists(page)) {
        page = Path.of("..").resolve(page); // tests run in the module's folder
      }
      String text = Files.readString(page);
      String fence = "```" + name + "\n";
      int from = text.indexOf(fence);
      if (from < 0) {
        throw new AssertionError("the guide has no block named " + name);
      }
      String block = text.substring(from + fence.length(), text.indexOf("\n```", from) + 1);
      Path file = Files.writeString(dir.resolve(name), change.apply(block));
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("the reflectors' guide", e);
    }
  }
}
