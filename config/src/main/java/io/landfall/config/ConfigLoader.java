package io.landfall.config;

import io.landfall.core.FailureText;
import io.landfall.core.InvariantBroken;
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
 * From a YAML file to a {@link NodeConfig}, or to every problem in it.
 *
 * <p>Three passes, each reporting all it finds: the text becomes a tree that knows its lines, the
 * tree becomes records by strict rules, and the records are checked against each other. Nothing is
 * started, resolved or connected to; the files that the config names are looked at.
 */
public final class ConfigLoader {
  /** The largest config that is read; a real one has a few kilobytes. */
  public static final long MAX_FILE_BYTES = 1 << 20;

  private ConfigLoader() {}

  /** Reads and checks a config file. Never throws for what a file may contain. */
  public static ConfigResult load(Path file) {
    Problems problems = new Problems(file.toString());
    Optional<String> read = text(file, problems);
    Optional<NodeConfig> config =
        read.flatMap(text -> parse(file.toAbsolutePath(), text, problems));
    if (!problems.isEmpty()) {
      return new ConfigResult.Invalid(problems.inOrder());
    }
    return new ConfigResult.Valid(
        config.orElseThrow(
            () -> new InvariantBroken("a config without a problem gives a config, " + file)),
        problems.warningsInOrder(),
        read.orElseThrow());
  }

  /**
   * The line on which a key stands, for a problem that is found after the config was read.
   *
   * @param key a dotted path, such as {@code trust.key} or {@code edge.listen[0].tls}
   * @return from 1; that of the nearest key above it where the key itself is not there, and 0 where
   *     the file cannot be read any more
   */
  public static int lineOf(Path file, String key) {
    Problems unused = new Problems(file.toString());
    Optional<Yaml> tree = text(file, unused).flatMap(text -> YamlReader.read(text, unused));
    int line = 0;
    for (String step : key.replace("[", ".").replace("]", "").split("\\.", -1)) {
      switch (tree.orElse(null)) {
        case Yaml.Mapping mapping -> {
          Yaml.Entry entry = mapping.entries().get(step);
          line = entry == null ? line : entry.keyLine();
          tree = Optional.ofNullable(entry).map(Yaml.Entry::value);
        }
        case Yaml.Sequence list -> {
          tree = itemOf(list, step);
          line = tree.map(Yaml::line).orElse(line);
        }
        case null, default -> {
          return line;
        }
      }
    }
    return line;
  }

  /** The file may be another one by now, with a list where there was none. */
  private static Optional<Yaml> itemOf(Yaml.Sequence list, String step) {
    int digits = step.length();
    boolean isIndex = digits > 0 && digits < 7 && step.chars().allMatch(c -> c >= '0' && c <= '9');
    int index = isIndex ? Integer.parseInt(step) : list.items().size();
    return index < list.items().size() ? Optional.of(list.items().get(index)) : Optional.empty();
  }

  private static Optional<NodeConfig> parse(Path file, String text, Problems problems) {
    Optional<Yaml> tree = YamlReader.read(text, problems);
    if (tree.isEmpty() && problems.isEmpty()) {
      problems.add(1, "", "the file is empty", "start from the example in the README");
    }
    return tree.flatMap(yaml -> Section.of(problems, yaml))
        .flatMap(top -> new NodeReader(file, problems).read(top));
  }

  private static byte[] start(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes((int) MAX_FILE_BYTES + 1);
    }
  }

  private static Optional<String> text(Path file, Problems problems) {
    try {
      if (Files.isDirectory(file)) {
        problems.add(0, "", "is a folder", "name the config file in it");
        return Optional.empty();
      }
      // Not by its size: that of a device or a pipe is 0, whatever it gives.
      byte[] read = start(file);
      if (read.length > MAX_FILE_BYTES) {
        problems.add(0, "", "is larger than " + MAX_FILE_BYTES + " bytes", "name a config file");
        return Optional.empty();
      }
      ByteBuffer bytes = ByteBuffer.wrap(read);
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes).toString());
    } catch (NoSuchFileException e) {
      problems.add(0, "", "there is no such file", "check the path");
    } catch (AccessDeniedException e) {
      problems.add(0, "", "cannot be read by this user", "run as its owner, or change its mode");
    } catch (CharacterCodingException e) {
      problems.add(0, "", "is not UTF-8 text", "name a YAML file, or convert it to UTF-8");
    } catch (IOException e) {
      problems.add(0, "", "cannot be read: " + FailureText.of(e), "check the file");
    }
    return Optional.empty();
  }
}
