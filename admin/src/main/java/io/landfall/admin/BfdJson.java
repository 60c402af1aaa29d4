package io.landfall.admin;

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
    BfdRow.Session session = row.session();
    json.writeStringProperty("peer", row.peer());
    json.writeStringProperty("address", row.address());
    json.writeStringProperty("state", session.states().local());
    json.writeStringProperty("remoteState", session.states().remote());
    json.writeStringProperty("path", session.states().path());
    json.writeStringProperty("since", row.since().toString());
    json.writeStringProperty("diagnostic", session.diagnostic());
    json.writeStringProperty("localDiscriminator", hex(session.discriminators().local()));
    json.writeStringProperty("remoteDiscriminator", hex(session.discriminators().remote()));
    json.writeNumberProperty("transmitMillis", session.times().transmit());
    json.writeNumberProperty("receiveMillis", session.times().receive());
    json.writeNumberProperty("detectionMillis", session.times().detection());
    json.writeStringProperty("authentication", session.authentication());
    json.writeNumberProperty("packetsSent", session.counts().sent());
    json.writeNumberProperty("packetsReceived", session.counts().received());
    json.writeNumberProperty("ups", session.counts().ups());
    json.writeNumberProperty("downs", session.counts().downs());
    json.writeObjectPropertyStart("discarded");
    for (BfdRow.Discards discards : session.counts().discarded()) {
      json.writeNumberProperty(discards.rule(), discards.count());
    }
    json.writeEndObject();
    json.writeStringProperty("lastDown", session.lastDown());
  }

  private static String hex(int discriminator) {
    return String.format("0x%08x", discriminator);
  }
}
