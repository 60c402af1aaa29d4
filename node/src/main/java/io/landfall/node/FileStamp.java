package io.landfall.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * What shows that a file has changed without reading it: of the file that a path leads to, through
 * symbolic links as Kubernetes turns them. Also a file that is replaced by one of the same size and
 * time is another one.
 *
 * @param path where it is looked for
 * @param what its size, the time of its last change, and its number on its file system; or that
 *     there is none
 */
record FileStamp(Path path, String what) {
  /** Looks at a file. Blocks as long as the disk does. */
  static FileStamp of(Path path) {
    try {
      BasicFileAttributes found = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileStamp(
          path,
          found.size()
              + " "
              + found.lastModifiedTime()
              + " "
              + Objects.requireNonNullElse(found.fileKey(), "-"));
    } catch (IOException e) {
      return new FileStamp(path, "absent");
    }
  }
}
