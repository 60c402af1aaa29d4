package io.landfall.config;

import io.landfall.core.FailureText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * From the text of a file to a {@link Yaml} tree.
 *
 * <p>It reads the parser's events and stops there: no node graph, no types guessed from how a value
 * looks (so {@code no} is never false and {@code 1_0} never ten), no tags, no anchors. What a
 * config does not need and what can surprise is refused: anchors and aliases (one line that means
 * another), tags, a second document, a key twice, a key that is not a plain text. The parser is the
 * one below Jackson's YAML module; used directly, it spares every start of a node the loading of
 * jackson-databind, which that module requires.
 */
final class YamlReader {
  /** How deep a config may nest; the format needs six. */
  static final int MAX_DEPTH = 16;

  private final Problems problems;
  private final Iterator<Event> events;

  private YamlReader(Problems problems, Iterator<Event> events) {
    this.problems = problems;
    this.events = events;
  }

  /** The one document in the text; empty when there is none or it is not YAML. */
  static Optional<Yaml> read(String text, Problems problems) {
    LoadSettings settings = LoadSettings.builder().setUseMarks(true).build();
    try {
      Iterator<Event> events = new ParserImpl(settings, new StreamReader(settings, text));
      return new YamlReader(problems, events).document();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(YamlReader::line).orElse(0);
      problems.add(
          line,
          "",
          "is not YAML: " + e.getProblem().strip(),
          "check indentation (spaces, no tabs), brackets and quotes on this line and the one"
              + " before");
    } catch (YamlEngineException e) {
      problems.add(0, "", "is not YAML: " + FailureText.of(e), "check the file's bytes");
    }
    return Optional.empty();
  }

  private Optional<Yaml> document() {
    Optional<Yaml> document = Optional.empty();
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent) {
        if (document.isPresent()) {
          problems.add(
              line(event),
              "",
              "a second document starts here",
              "keep one config in a file and remove the '---'");
          return Optional.empty();
        }
        document = Optional.of(node(events.next(), "", 0));
      }
    }
    return document;
  }

  private Yaml node(Event event, String path, int depth) {
    int line = line(event);
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      problems.add(
          line, path, "uses a YAML anchor or alias", "write the value out where it is used");
    }
    if (depth > MAX_DEPTH) {
      throw new YamlEngineException("nested deeper than " + MAX_DEPTH + " levels, line " + line);
    }
    return switch (event) {
      case MappingStartEvent start -> {
        refuseTag(start.getTag(), line, path);
        yield mapping(line, path, depth);
      }
      case SequenceStartEvent start -> {
        refuseTag(start.getTag(), line, path);
        yield sequence(line, path, depth);
      }
      case ScalarEvent scalar -> {
        refuseTag(scalar.getTag(), line, path);
        yield isNothing(scalar) ? new Yaml.Nothing(line) : new Yaml.Text(line, scalar.getValue());
      }
      default -> new Yaml.Nothing(line);
    };
  }

  private Yaml mapping(int line, String path, int depth) {
    LinkedHashMap<String, Yaml.Entry> entries = new LinkedHashMap<>();
    while (true) {
      Event key = events.next();
      if (key instanceof MappingEndEvent) {
        return new Yaml.Mapping(line, entries);
      }
      int keyLine = line(key);
      String name;
      if (key instanceof ScalarEvent scalar && !isNothing(scalar)) {
        name = scalar.getValue();
      } else {
        problems.add(keyLine, path, "has a key that is not a plain text", "write 'key: value'");
        node(key, path, depth + 1);
        node(events.next(), path, depth + 1);
        continue;
      }
      String keyPath = path.isEmpty() ? name : path + "." + name;
      Yaml value = node(events.next(), keyPath, depth + 1);
      Yaml.Entry first = entries.putIfAbsent(name, new Yaml.Entry(keyLine, value));
      if (first != null) {
        problems.add(
            keyLine,
            keyPath,
            "this key is here twice, first on line " + first.keyLine(),
            "keep one of the two");
      }
    }
  }

  private Yaml sequence(int line, String path, int depth) {
    List<Yaml> items = new ArrayList<>();
    while (true) {
      Event item = events.next();
      if (item instanceof SequenceEndEvent) {
        return new Yaml.Sequence(line, items);
      }
      items.add(node(item, path + "[" + items.size() + "]", depth + 1));
    }
  }

  private void refuseTag(Optional<String> tag, int line, String path) {
    if (tag.isPresent()) {
      problems.add(line, path, "has the YAML tag '" + tag.get() + "'", "remove the tag");
    }
  }

  private static boolean isNothing(ScalarEvent scalar) {
    String value = scalar.getValue();
    return scalar.isPlain() && (value.isEmpty() || value.equals("~") || value.equals("null"));
  }

  private static int line(Event event) {
    return event.getStartMark().map(YamlReader::line).orElse(0);
  }

  private static int line(Mark mark) {
    return mark.getLine() + 1;
  }
}
