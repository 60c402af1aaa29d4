package io.landfall.lab.internet;

import io.landfall.admin.client.HttpCall;
import io.landfall.core.FailureText;
import io.landfall.lab.Lab;
import io.landfall.lab.LabFailure;
import io.landfall.lab.LabPlan;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The operator: commands to the nodes of a lab, over their admin sockets. */
record Steering(Lab lab) {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int OK = 200;

  /** As long as the landfall command waits for an answer. */
  private static final long TIMEOUT_MILLIS = 10_000;

  /** Drains a site's node; its answer. */
  String drain(LabPlan.Site site) throws LabFailure {
    return command(site, "POST", "/v1/drain", "{\"node\":true}");
  }

  /** Takes a drain back; the node's answer. */
  String undrain(LabPlan.Site site) throws LabFailure {
    return command(site, "POST", "/v1/undrain", "{\"node\":true}");
  }

  /** Withdraws a service at a site. */
  void withdraw(LabPlan.Site site, LabPlan.Service service) throws LabFailure {
    command(site, "DELETE", "/v1/services/" + service.name(), "");
  }

  /** Announces a service at a site, without end. */
  void announce(LabPlan.Site site, LabPlan.Service service) throws LabFailure {
    command(site, "PUT", "/v1/services/" + service.name(), "");
  }

  private String command(LabPlan.Site site, String method, String target, String body)
      throws LabFailure {
    String what = method + " " + target;
    try {
      HttpCall.Answer answer =
          HttpCall.send(
              UnixDomainSocketAddress.of(lab.layout().socket(site)),
              HttpCall.Request.json(method, "localhost", target, body),
              TIMEOUT_MILLIS);
      if (answer.status() != OK) {
        throw new LabFailure(site.name() + " refused " + what + ": " + answer.body().strip());
      }
      return message(answer.body());
    } catch (IOException e) {
      throw new LabFailure(site.name() + " did not answer " + what + ": " + FailureText.of(e));
    } catch (JacksonException e) {
      throw new LabFailure(
          site.name() + " did not answer " + what + " with JSON: " + e.getOriginalMessage());
    }
  }

  private static String message(String json) {
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING && "message".equals(parser.currentName())) {
          return parser.getString();
        }
      }
    }
    return "";
  }
}
