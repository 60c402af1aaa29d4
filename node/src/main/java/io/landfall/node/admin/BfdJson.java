package io.landfall.node.admin;

import io.landfall.bfd.BfdView;
import java.io.StringWriter;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** BFD sessions as JSON; written by hand, like {@link ViewJson}, since the names are a contract. */
final class BfdJson {
  private static final JsonFactory FACTORY = new JsonFactory();

  private BfdJson() {}

  static String rows(List<BfdRow> rows) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), text)) {
      json.writeStartArray();
      for (BfdRow row : rows) {
        json.writeStartObject();
        row(json, row);
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    return text.append('\n').toString();
  }

  private static void row(JsonGenerator json, BfdRow row) {
    BfdView session = row.session();
    json.writeStringProperty("peer", row.peer());
    json.writeStringProperty("address", row.address());
    json.writeStringProperty("state", session.state().word());
    json.writeStringProperty("remoteState", session.remoteState().word());
    json.writeStringProperty("path", session.path().name().toLowerCase(java.util.Locale.ROOT));
    json.writeStringProperty("since", row.since().toString());
    json.writeStringProperty("diagnostic", session.diagnostic().words());
    json.writeStringProperty("localDiscriminator", hex(session.localDiscriminator()));
    json.writeStringProperty("remoteDiscriminator", hex(session.remoteDiscriminator()));
    json.writeNumberProperty("transmitMillis", session.times().transmit() / 1_000);
    json.writeNumberProperty("receiveMillis", session.times().receive() / 1_000);
    json.writeNumberProperty("detectionMillis", session.times().detection() / 1_000);
    json.writeStringProperty("authentication", session.authentication());
    json.writeNumberProperty("packetsSent", session.counts().sent());
    json.writeNumberProperty("packetsReceived", session.counts().received());
    json.writeNumberProperty("ups", session.counts().ups());
    json.writeNumberProperty("downs", session.counts().downs());
    json.writeObjectPropertyStart("discarded");
    for (BfdView.Discards discards : session.counts().discarded()) {
      json.writeNumberProperty(discards.rule().word(), discards.count());
    }
    json.writeEndObject();
    json.writeStringProperty("lastDown", session.lastDown());
  }

  private static String hex(int discriminator) {
    return String.format("0x%08x", discriminator);
  }
}
