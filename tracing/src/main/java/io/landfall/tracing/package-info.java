/**
 * What becomes of a sampled request: spans by the semantic conventions of OpenTelemetry, in
 * batches, to one collector. Nothing here holds up a request, and a node without {@code tracing} in
 * its config loads none of it.
 */
@NullMarked
package io.landfall.tracing;

import org.jspecify.annotations.NullMarked;
