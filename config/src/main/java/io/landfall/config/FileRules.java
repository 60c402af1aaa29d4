package io.landfall.config;

import io.landfall.core.FailureText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Rules for files that a config names; a relative path starts at the config file's folder. */
final class FileRules {
  /** What a file of {@link #password} is for, in the reference of the config. */
  static final String PASSWORD_SENTENCE =
      "TCP MD5 key: the file's first line, 1 to " + UpstreamConfig.MAX_PASSWORD_BYTES + " bytes.";

  private final Path folder;

  FileRules(Path folder) {
    this.folder = folder;
  }

  /** A path, whether something is there or not. */
  Path path(String text) throws BadValue {
    try {
      return folder.resolve(ValueRules.text(text)).normalize();
    } catch (InvalidPathException e) {
      throw new BadValue("'" + text + "' is not a path", "write the path of a file");
    }
  }

  /** A file that can be read. */
  Path readable(String text) throws BadValue {
    Path path = path(text);
    if (!Files.exists(path)) {
      throw new BadValue(
          "there is no file " + path,
          "create it, or correct the path (relative paths start at " + folder + ")");
    }
    if (Files.isDirectory(path)) {
      throw new BadValue(path + " is a folder", "name the file in it");
    }
    if (!Files.isRegularFile(path)) {
      throw new BadValue(
          path + " is a pipe, a device or a socket", "name a regular file, which has an end");
    }
    if (!Files.isReadable(path)) {
      throw new BadValue(
          path + " cannot be read by this user", "run as its owner, or change its mode");
    }
    return path;
  }

  /** The first line of a file; of a longer one no more than shows that it is too long. */
  private static String firstLine(Path file, int mostBytes) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String text = new String(in.readNBytes(mostBytes + 2), StandardCharsets.ISO_8859_1);
      return text.lines().findFirst().orElse("");
    }
  }

  /** A file whose first line is a TCP MD5 key. */
  Path password(String text) throws BadValue {
    Path path = readable(text);
    try {
      int length = firstLine(path, UpstreamConfig.MAX_PASSWORD_BYTES).length();
      if (length < 1 || length > UpstreamConfig.MAX_PASSWORD_BYTES) {
        throw new BadValue(
            "the first line of " + path + " has " + length + " bytes",
            "put the key of 1 to "
                + UpstreamConfig.MAX_PASSWORD_BYTES
                + " bytes on its first line");
      }
    } catch (IOException e) {
      throw new BadValue(path + " cannot be read: " + FailureText.of(e), "check the file");
    }
    return path;
  }

  /** A file whose first line is a token. */
  Path token(String text) throws BadValue {
    Path path = readable(text);
    try {
      String token = firstLine(path, AdminConfig.PurgeListener.MAX_TOKEN_BYTES);
      boolean fits =
          token.length() >= AdminConfig.PurgeListener.MIN_TOKEN_BYTES
              && token.length() <= AdminConfig.PurgeListener.MAX_TOKEN_BYTES;
      if (!fits || token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
        throw new BadValue(
            "the first line of " + path + " is no token",
            "put "
                + AdminConfig.PurgeListener.MIN_TOKEN_BYTES
                + " to "
                + AdminConfig.PurgeListener.MAX_TOKEN_BYTES
                + " visible characters there, such as those of 'openssl rand -hex 32'");
      }
    } catch (IOException e) {
      throw new BadValue(path + " cannot be read: " + FailureText.of(e), "check the file");
    }
    return path;
  }

  /** A page that is small enough to be kept. */
  Path page(String text) throws BadValue {
    Path path = readable(text);
    try {
      long bytes = Files.size(path);
      if (bytes < 1 || bytes > TrafficConfig.Maintenance.MAX_PAGE_BYTES) {
        throw new BadValue(
            path + " has " + bytes + " bytes",
            "name a page of 1 to "
                + TrafficConfig.Maintenance.MAX_PAGE_BYTES
                + " bytes, with its styles and images in it or elsewhere");
      }
    } catch (IOException e) {
      throw new BadValue(path + " cannot be read: " + FailureText.of(e), "check the file");
    }
    return path;
  }

  /** A path that fits into a Unix socket's address. */
  Path socket(String text) throws BadValue {
    Path path = path(text);
    int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (bytes > AdminConfig.MAX_SOCKET_PATH_BYTES) {
      throw new BadValue(
          path + " has " + bytes + " bytes, more than a Unix socket's path may have",
          "use a path of at most " + AdminConfig.MAX_SOCKET_PATH_BYTES + " bytes");
    }
    return path;
  }

  /** A program: a path that can be executed, or a bare name that is looked up on PATH. */
  String program(String text) throws BadValue {
    if (ValueRules.text(text).indexOf('/') < 0) {
      return text;
    }
    Path path = path(text);
    if (!Files.isExecutable(path) || Files.isDirectory(path)) {
      throw new BadValue(
          path + " is not a program that this user can run",
          text.indexOf(' ') < 0
              ? "check the path and its mode"
              : "write a program with arguments as a list, such as [/bin/check, -v]; no shell splits"
                  + " it");
    }
    return path.toString();
  }
}
