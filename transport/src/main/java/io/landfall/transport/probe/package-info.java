/** Probes with real sockets and processes, beside the service and nowhere else. */
@org.jspecify.annotations.NullMarked
package io.landfall.transport.probe;
