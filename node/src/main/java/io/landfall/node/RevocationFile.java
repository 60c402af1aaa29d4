package io.landfall.node;

import io.landfall.trust.FileResult;
import io.landfall.trust.Revocations;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
      text = text(file);
    } catch (NoSuchFileException e) {
      return unreadable(file, "there is no such file");
    } catch (AccessDeniedException e) {
      return unreadable(file, "cannot be read by this user");
    } catch (CharacterCodingException e) {
      return unreadable(file, "is not UTF-8 text");
    } catch (IOException e) {
      return unreadable(file, "cannot be read: " + e.getMessage());
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

  private static String text(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // A pipe would hold the reader for as long as nothing is written to it.
      throw new IOException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        throw new IOException("it is larger than " + MAX_FILE_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }
}
