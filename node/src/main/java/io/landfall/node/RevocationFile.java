package io.landfall.node;

import io.landfall.trust.FileResult;
import io.landfall.trust.Revocations;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The file of {@code trust.revoked} as one read found it.
 *
 * @param text what it holds; empty when it cannot be read
 * @param result the list, or the line and the rule that it breaks
 */
record RevocationFile(Optional<String> text, FileResult<Revocations> result) {
  /** The largest file that is read: the most entries a list may have, and as much in comments. */
  static final int MAX_FILE_BYTES = 4 << 20;

  /** Reads the file as a whole; never throws for what may be there. */
  static RevocationFile read(Path file) {
    return read(file, Optional.empty());
  }

  /** The same, which gives back {@code last} when its text has not changed since. */
  static RevocationFile read(Path file, Optional<RevocationFile> last) {
    String text;
    try {
      text = SmallTextFile.read(file, MAX_FILE_BYTES);
    } catch (IOException e) {
      return unreadable(file, SmallTextFile.why(e));
    }
    if (last.flatMap(RevocationFile::text).filter(text::equals).isPresent()) {
      return last.get();
    }
    return new RevocationFile(Optional.of(text), Revocations.parse(file.toString(), text));
  }

  private static RevocationFile unreadable(Path file, String why) {
    return new RevocationFile(
        Optional.empty(), new FileResult.Bad<Revocations>(file.toString(), 0, why));
  }
}
