package io.landfall.ca;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/** New files for certificates and keys: made with their final mode, never over an old file. */
final class NewFiles {
  private NewFiles() {}

  static void write(Path certificateFile, String certificate, Path keyFile, String key)
      throws IOException {
    for (Path file : new Path[] {certificateFile, keyFile}) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(
            file.toString(), null, "it exists, and is not overwritten; remove it first");
      }
    }
    // The key first: a certificate without its key is of no use, and the key's mode is what
    // matters.
    write(keyFile, key, "rw-------");
    write(certificateFile, certificate, "rw-r--r--");
  }

  private static void write(Path file, String text, String mode) throws IOException {
    FileAttribute<Set<PosixFilePermission>> attribute =
        PosixFilePermissions.asFileAttribute(EnumSet.copyOf(PosixFilePermissions.fromString(mode)));
    TreeSet<StandardOpenOption> options =
        new TreeSet<>(EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
    try (FileChannel channel = FileChannel.open(file, options, attribute)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }
}
