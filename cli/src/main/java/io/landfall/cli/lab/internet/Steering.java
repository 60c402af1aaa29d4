package io.landfall.cli.lab.internet;

import io.landfall.cli.Main;
import io.landfall.cli.lab.Lab;
import io.landfall.cli.lab.LabFailure;
import io.landfall.cli.lab.LabPlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** The operator: the landfall command towards the nodes of a lab. */
record Steering(Lab lab) {
  /** Gives a site's node a command; its answer. */
  String tell(LabPlan.Site site, String... command) throws LabFailure {
    List<String> arguments =
        new ArrayList<>(List.of("--socket", lab.layout().socket(site).toString()));
    arguments.addAll(List.of(command));
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int exit = Main.run(writer, writer, arguments.toArray(String[]::new));
    writer.flush();
    if (exit != 0) {
      throw new LabFailure(
          site.name() + " refused " + String.join(" ", command) + ": " + text.toString().strip());
    }
    return text.toString();
  }
}
