package io.landfall.checks.interop;

import io.landfall.checks.Rooms;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.UnaryOperator;

/** The configurations that a page of docs prints, so that what the page prints is what is run. */
public enum GuidePage {
  /** Reflectors, ours and others. */
  REFLECTORS("docs/operating-reflectors.md"),
  /** Daemons on a service host. */
  SERVICE_HOSTS("docs/services-that-speak-bgp.md"),
  /** Upstream routers. */
  UPSTREAMS("docs/upstreams.md");

  private final String page;

  GuidePage(String page) {
    this.page = page;
  }

  /** The block that is fenced with a name. */
  public String block(String name) {
    try {
      String text = Files.readString(Rooms.root().resolve(page));
      String fence = "```" + name + "\n";
      int from = text.indexOf(fence);
      if (from < 0) {
        throw new AssertionError(page + " has no block named " + name);
      }
      return text.substring(from + fence.length(), text.indexOf("\n```", from) + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(page, e);
    }
  }

  /** Writes a block into a file of its name. */
  Path write(Path dir, String name) {
    return write(dir, name, UnaryOperator.identity());
  }

  /** The same with other addresses or names in it. */
  Path write(Path dir, String name, UnaryOperator<String> change) {
    return writePrivate(dir.resolve(name), change.apply(block(name)));
  }

  /** Writes a file that only its owner may read: some daemons refuse any other. */
  static Path writePrivate(Path file, String text) {
    try {
      Files.writeString(file, text);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(file.toString(), e);
    }
  }
}
