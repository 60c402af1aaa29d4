package io.landfall.node;

import io.landfall.core.FailureText;
import io.landfall.edge.tls.TicketKeys;
import io.landfall.trust.FileResult;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * A file with the keys of session tickets: one a line, base64 of 48 or 80 octets, or a single key
 * of so many octets as it is, as nginx's {@code ssl_session_ticket_key} reads it. Of 80 octets the
 * first 16 of each of the two keys are used: the TLS library takes AES-128.
 */
final class TicketKeyFile {
  /** The most that is read of a file. */
  private static final int MOST_BYTES = 4_096;

  private static final int LONG_BYTES = 80;
  private static final int PART = 16;

  private TicketKeyFile() {}

  /** Whether it is there and has no end that is known: a pipe would hold its reader for ever. */
  static boolean isPipe(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
  }

  /** Reads a file. */
  static FileResult<TicketKeys> read(Path file) {
    byte[] bytes;
    if (isPipe(file)) {
      return bad(file, 0, "it is not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (NoSuchFileException e) {
      return bad(file, 0, "there is no such file");
    } catch (IOException e) {
      return bad(file, 0, "it cannot be read: " + FailureText.of(e));
    }
    if (bytes.length > MOST_BYTES) {
      return bad(file, 0, "it is larger than " + MOST_BYTES + " bytes");
    }
    Optional<byte[]> asItIs = isText(bytes) ? Optional.empty() : key(bytes);
    if (asItIs.isPresent()) {
      return new FileResult.Good<>(TicketKeys.of(List.of(asItIs.get())));
    }
    List<byte[]> keys = new ArrayList<>();
    String[] lines = new String(bytes, StandardCharsets.ISO_8859_1).split("\n", -1);
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Optional<byte[]> key = decoded(line).flatMap(TicketKeyFile::key);
      if (key.isEmpty()) {
        return bad(file, i + 1, "this line is not the base64 of 48 or 80 bytes");
      }
      keys.add(key.get());
    }
    if (keys.isEmpty() || keys.size() > TicketKeys.MOST) {
      return bad(file, 0, "it has " + keys.size() + " keys; there are 1 to " + TicketKeys.MOST);
    }
    return new FileResult.Good<>(TicketKeys.of(keys));
  }

  private static boolean isText(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1)
        .chars()
        .allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t');
  }

  private static FileResult<TicketKeys> bad(Path file, int line, String why) {
    return new FileResult.Bad<>(file.toString(), line, why);
  }

  private static Optional<byte[]> decoded(String line) {
    try {
      return Optional.of(Base64.getDecoder().decode(line));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Name, key of the MAC, key of the cipher: nginx has the last two the other way in 48 octets. */
  private static Optional<byte[]> key(byte[] bytes) {
    if (bytes.length == TicketKeys.BYTES) {
      return Optional.of(bytes);
    }
    if (bytes.length != LONG_BYTES) {
      return Optional.empty();
    }
    byte[] key = Arrays.copyOf(bytes, TicketKeys.BYTES);
    System.arraycopy(bytes, 3 * PART, key, 2 * PART, PART);
    return Optional.of(key);
  }
}
