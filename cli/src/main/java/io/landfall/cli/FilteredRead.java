package io.landfall.cli;

import io.landfall.admin.json.JsonReader;
import io.landfall.admin.model.DecisionView;
import io.landfall.admin.model.ServiceStatus;
import java.io.PrintWriter;

/**
 * A view, or a part of it, which the node picks: so JSON has that part too.
 *
 * @param view {@code services} or {@code decisions}
 * @param query which part; empty for the whole
 */
record FilteredRead(String view, QueryText query) implements Read {
  /** The view of services. */
  static final String SERVICES = "services";

  /** The view of the last requests. */
  static final String DECISIONS = "decisions";

  @Override
  public int run(AdminClient client, boolean json, PrintWriter out) {
    String path = query.of("/v1/show/" + view);
    String body = query.isEmpty() ? client.get(path) : client.look(path);
    if (json) {
      out.print(body);
    } else if (!query.isEmpty() && isEmpty(body)) {
      out.println(view.equals(SERVICES) ? "no services match" : "no requests match");
    } else {
      ViewTables.print(view, body, out);
    }
    out.flush();
    return ExitCode.OK;
  }

  private boolean isEmpty(String body) {
    return view.equals(SERVICES)
        ? JsonReader.readAll(body, ServiceStatus.class).isEmpty()
        : JsonReader.readAll(body, DecisionView.class).isEmpty();
  }
}
