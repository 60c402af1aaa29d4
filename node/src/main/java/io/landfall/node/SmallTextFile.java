package io.landfall.node;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Text files that people or this node write, of a size that is known not to be large. */
final class SmallTextFile {
  private SmallTextFile() {}

  /**
   * The text of a regular file.
   *
   * @param maxBytes the largest file that is read
   * @throws IOException when it is not there, not regular, too large, or not UTF-8; {@link #why}
   *     has the sentence
   */
  static String read(Path file, int maxBytes) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      // A pipe would hold the reader for as long as nothing is written to it.
      throw new IOException("it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(maxBytes + 1);
      if (bytes.length > maxBytes) {
        throw new IOException("it is larger than " + maxBytes + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  /** Why a file could not be read, for people; to stand behind its name. */
  static String why(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "cannot be read by this user";
      case CharacterCodingException _ -> "is not UTF-8 text";
      default -> "cannot be read: " + FailureText.of(failure);
    };
  }
}
