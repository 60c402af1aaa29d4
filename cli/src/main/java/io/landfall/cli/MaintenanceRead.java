package io.landfall.cli;

import io.landfall.admin.json.JsonObject;
import io.landfall.admin.json.JsonReader;
import io.landfall.admin.json.JsonWriter;
import io.landfall.admin.model.ServiceStatus;
import java.io.PrintWriter;
import java.util.List;

/** The services that are in maintenance at a node, and who holds them there. */
record MaintenanceRead() implements Read {
  /**
   * One of them.
   *
   * @param service its name
   * @param by who holds it in maintenance
   */
  private record Held(String service, String by) {}

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    List<Held> held =
        JsonReader.readAll(client.get("/v1/show/services"), ServiceStatus.class).stream()
            .filter(service -> service.maintenance().isPresent())
            .map(service -> new Held(service.name(), service.maintenance().orElseThrow()))
            .toList();
    if (json) {
      out.print(
          JsonWriter.text(
              held.stream()
                  .map(each -> new JsonObject().put("service", each.service()).put("by", each.by()))
                  .toList()));
    } else {
      Table table = new Table("SERVICE", "IN MAINTENANCE");
      held.forEach(each -> table.row(each.service(), each.by()));
      table.print(out, "no service is in maintenance at this node");
    }
    out.flush();
    return ExitCode.OK;
  }
}
