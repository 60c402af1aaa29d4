package io.landfall.transport.tcp;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** A TCP MD5 key from a file: its first line, without the line's end. */
public final class PasswordFile {
  /** A file longer than this is not a password file. */
  private static final int MAX_FILE_BYTES = 4096;

  private PasswordFile() {}

  /**
   * Reads the key.
   *
   * @throws IOException when the file cannot be read
   * @throws IllegalArgumentException when it holds no usable key
   */
  public static BgpTcpSpec.Md5Key read(Path file) throws IOException {
    byte[] all = new byte[MAX_FILE_BYTES + 1];
    int length;
    try (var in = Files.newInputStream(file)) {
      length = in.readNBytes(all, 0, all.length);
    }
    if (length > MAX_FILE_BYTES) {
      throw new IllegalArgumentException(file + " is too long to be a password file");
    }
    int end = 0;
    while (end < length && all[end] != '\n' && all[end] != '\r') {
      end++;
    }
    try {
      return new BgpTcpSpec.Md5Key(Arrays.copyOf(all, end));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + FailureText.of(e), e);
    }
  }
}
