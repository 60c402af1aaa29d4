package io.landfall.admin;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * {@code POST /v1/configure/apply}, {@code confirm}, {@code undo} and {@code diff}: the config that
 * the node runs with. The node reads the file itself, as its own user.
 */
final class ConfigureApi {
  /** What all paths begin with. */
  static final String PATH = "/v1/configure/";

  /** The longest time to confirm a change. */
  static final long MAX_CONFIRM_SECONDS = 86_400;

  private static final String FILE = "file";
  private static final String CONFIRM = "confirmSeconds";

  private final ConfigureBackend backend;

  ConfigureApi(ConfigureBackend backend) {
    this.backend = backend;
  }

  /** The view of the config in force. */
  AdminAnswer show() {
    return AdminAnswer.json(backend.status());
  }

  /**
   * What an order does.
   *
   * @param order the path behind {@link #PATH}
   */
  CommandResult command(String order, String body, String actor) throws CommandBody.Wrong {
    return switch (order) {
      case "apply" -> {
        CommandBody asked = CommandBody.read(body, List.of(FILE, CONFIRM));
        OptionalLong confirm =
            asked.has(CONFIRM)
                ? OptionalLong.of(1_000 * asked.number(CONFIRM, 1, MAX_CONFIRM_SECONDS))
                : OptionalLong.empty();
        yield backend.apply(file(asked), confirm, actor);
      }
      case "confirm" -> {
        CommandBody.read(body, List.of());
        yield backend.confirm(actor);
      }
      case "undo" -> {
        CommandBody.read(body, List.of());
        yield backend.undo(actor);
      }
      default ->
          new CommandResult.NotFound(
              "there is no " + PATH + order + "; there are apply, confirm, undo and diff");
    };
  }

  /** What a file has differently. */
  AdminAnswer diff(String body) throws CommandBody.Wrong {
    return AdminAnswer.json(backend.diff(file(CommandBody.read(body, List.of(FILE)))));
  }

  private static Path file(CommandBody body) throws CommandBody.Wrong {
    String text = body.text(FILE);
    try {
      Path file = Path.of(text);
      if (file.isAbsolute()) {
        return file;
      }
    } catch (InvalidPathException e) {
      throw new CommandBody.Wrong("'" + FILE + "' is no path");
    }
    throw new CommandBody.Wrong("'" + FILE + "' must be an absolute path, not '" + text + "'");
  }
}
