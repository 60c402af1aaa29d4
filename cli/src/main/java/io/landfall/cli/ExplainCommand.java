package io.landfall.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code landfall explain URL}: what would happen to a request, and why. */
@Command(
    name = "explain",
    description = {
      "Say what this node would do with a GET for a URL now, and why.",
      "Exit code 0 when it would be answered, 1 when it would be declined."
    },
    footer = {
      "",
      "Examples:",
      "  landfall explain http://shop.lab/x",
      "  landfall explain shop.lab --json"
    })
final class ExplainCommand implements Callable<Integer> {
  @Parameters(paramLabel = "URL", description = "With or without http:// in front.")
  private String url = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ExplainCommand() {}

  @Override
  public Integer call() {
    Landfall root = Landfall.of(spec);
    String body = root.client().get("/v1/explain?url=" + URLEncoder.encode(url, UTF_8));
    Json json = Json.parse(body);
    PrintWriter out = spec.commandLine().getOut();
    if (root.json()) {
      out.print(body);
    } else {
      Views.explain(json, out);
    }
    out.flush();
    return json.text("outcome").equals("decline") ? ExitCode.NO : ExitCode.OK;
  }
}
