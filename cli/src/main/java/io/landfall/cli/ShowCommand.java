package io.landfall.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code landfall show ...}: every view of a running node. */
@Command(
    name = "show",
    description = "Show what a running node knows and did.",
    footer = {
      "",
      "Examples:",
      "  landfall show routes",
      "  landfall --socket /tmp/lab/fra/admin.sock show peers",
      "  landfall show services --json | jq '.[].local.signal'"
    })
final class ShowCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  /** For picocli. */
  ShowCommand() {}

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "Show what? routes, peers, services, ingress, bfd, refused or decisions");
  }

  @Command(
      name = "routes",
      description = "The overlay table: hosts of the block, with every path; * is the best.",
      footer = {"", "Examples:", "  landfall show routes --json"})
  int routes() {
    return show("routes");
  }

  @Command(
      name = "peers",
      description = "Nodes that we speak to, and candidates that are no peers, with why.",
      footer = {"", "Examples:", "  landfall show peers"})
  int peers() {
    return show("peers");
  }

  @Command(
      name = "services",
      description = "Services: what each says of itself here and at other sites.",
      footer = {"", "Examples:", "  landfall show services"})
  int services() {
    return show("services");
  }

  @Command(
      name = "ingress",
      description = "The Internet plane: prefixes, upstream sessions, updates sent.",
      footer = {"", "Examples:", "  landfall show ingress"})
  int ingress() {
    return show("ingress");
  }

  @Command(
      name = "bfd",
      description = "BFD: whether the paths to nodes and upstream routers are alive, both ways.",
      footer = {"", "Examples:", "  landfall show bfd"})
  int bfd() {
    return show("bfd");
  }

  @Command(
      name = "refused",
      description = "Routes and peers that were refused, by peer and rule.",
      footer = {"", "Examples:", "  landfall show refused"})
  int refused() {
    return show("refused");
  }

  @Command(
      name = "decisions",
      description = "The last requests: served, forwarded or declined, and why.",
      footer = {"", "Examples:", "  landfall show decisions"})
  int decisions() {
    return show("decisions");
  }

  private int show(String view) {
    Landfall root = Landfall.of(spec);
    String body = root.client().get("/v1/show/" + view);
    PrintWriter out = spec.commandLine().getOut();
    if (root.json()) {
      out.print(body);
    } else {
      Views.print(view, Json.parse(body), out);
    }
    out.flush();
    return ExitCode.OK;
  }
}
